"""Train content: sports."""

from sample.topic import Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "origin": Wording(
        ("History", "Beginnings"),
        ("when was {name} invented", "what year was {name} invented", "when were the first rules of {name} made"),
        (
            "{name} was invented, at least in the form that is played today, in {answer}.",
            "The first printed rules, with which modern {name} was founded, date from {answer}.",
            "It was in {answer} that {name} was invented as a game with fixed rules.",
        ),
    ),
    "person": Wording(
        ("Inventor", "Founders"),
        ("who invented {name}", "who made the rules of {name}", "who was the inventor of {name}"),
        (
            "{name} was invented by {answer}, or so the usual story goes.",
            "The person who invented {name}, as far as one can name a single one, was {answer}.",
            "It was {answer} who invented {name} as we know it.",
        ),
    ),
    "place": Wording(
        ("Origin", "Where it began"),
        ("where was {name} invented", "where does {name} come from", "what country does {name} come from"),
        (
            "{name} comes from {answer}, and it has spread from there to many other countries.",
            "The place where {name} was invented, and where the first games took place, is {answer}.",
            "The country from which {name} comes, and where it was first played in public, is {answer}.",
        ),
    ),
    "size": Wording(
        ("The court", "Field of play"),
        ("how big is the court or table in {name}", "how long is the playing area in {name}"),
        (
            "The area on which {name} is played is {answer}, measured to the outer edge of the lines.",
            "To play {name} according to the rules, one needs an area of {answer}.",
        ),
    ),
    "parts": Wording(
        ("Equipment", "What is needed"),
        (
            "what equipment is used in {name}",
            "what do you need to play {name}",
            "what are the parts of the equipment for {name}",
        ),
        tag="Ul",
    ),
    "name": Wording(
        ("Name", "Etymology"),
        ("what does the name {name} mean", "what is {name} named after", "how did {name} get its name"),
        (
            "{name} got its name from {answer}, and most other languages have borrowed it.",
            "The name of {name} comes from {answer}, as those who study words agree.",
            "{name} is named after {answer}, and nobody has ever wished to change that.",
        ),
    ),
    "numbers": Wording(
        ("The game in numbers", "Figures"),
        ("how many players are in a {name} team", "how many players are on a side in {name}"),
        tag="Table",
    ),
    "working": Wording(
        ("Rules", "How it is played"),
        ("how is {name} played", "how do you play {name}", "how do you win at {name}"),
        kind="long",
    ),
}

ENTITIES = (
    Entity(
        "Basketball",
        "basketball",
        {
            "origin": ("December 1891", "A class of bored students needed something to do indoors until spring."),
            "person": (
                "James Naismith",
                "He was a teacher from Canada and wrote down thirteen rules, which his secretary typed.",
            ),
            "place": (
                "Springfield in Massachusetts",
                "The caretaker of a school there nailed up two baskets for peaches, at both ends of the hall.",
            ),
            "size": (
                "28 metres by 15 metres",
                "In America the boards are laid in feet, and it comes out a little larger.",
            ),
            "numbers": (
                "Players of a team on the court | [[5]]",
                "Height of the ring | 3.05 m",
                "Points for a far throw | 3",
                "Quarters | 4",
            ),
            "working": (
                "Basketball is played by two teams, each of which throws the ball into a high ring to win points.",
                "A player may not run with the ball but must bounce it or pass it on.",
                "A throw from behind a curved line counts three, other throws two and a free throw one.",
            ),
        },
    ),
    Entity(
        "Badminton",
        "badminton",
        {
            "place": (
                "England, by way of India",
                "Officers in Poona had played something like it and took it home with them.",
            ),
            "size": (
                "13.4 metres by 6.1 metres",
                "When only two persons play against each other, the strips at the sides do not count.",
            ),
            "parts": ("a [[racket]]", "a [[shuttlecock]]", "- 16 feathers of a goose", "- a base of cork", "a [[net]]"),
            "name": (
                "the house of a duke in Gloucestershire",
                "Guests there are said to have hit feathers over a string on a rainy day.",
            ),
            "numbers": (
                "Players on a side | [[1 or 2]]",
                "Points to win a game | 21",
                "Height of the net | 1.55 m",
                "Weight of the feathers | 5 g",
            ),
            "working": (
                "Badminton is played by hitting a light cork with feathers over a net, without letting it touch the floor.",
                "Every rally gives a point, and who has two games out of three has won.",
                "The serve must be struck from a low position.",
            ),
        },
    ),
    Entity(
        "Rugby union",
        "rugby",
        {
            "origin": ("1845", "Three pupils were asked to write down what they did on their school field."),
            "person": (
                "William Webb Ellis",
                "He is said to have picked up the ball and run with it, but there is little proof of the tale.",
            ),
            "place": ("England", "The pupils went on to the universities and carried their game all over the empire."),
            "parts": (
                "an oval [[ball]]",
                "[[boots]] with studs",
                "a [[mouth guard]]",
                "tall [[goal posts]]",
                "- two uprights",
                "- one bar",
            ),
            "name": (
                "a school in the middle of England",
                "The same place has also given its name to a kind of shirt with stripes.",
            ),
            "numbers": (
                "Players of a team on the field | [[15]]",
                "Minutes | 80",
                "Points for a try | 5",
                "Forwards | 8",
            ),
        },
    ),
    Entity(
        "Table tennis",
        "table tennis",
        {
            "place": ("England", "After dinner the well-to-do put books on the table and hit a cork over them."),
            "size": ("2.74 metres by 1.525 metres", "It stands 76 centimetres above the floor and is green or blue."),
            "parts": ("a [[bat]] of wood", "- a red side", "- a black side", "a [[ball]] of plastic", "a low [[net]]"),
            "name": ("the outdoor game that it copies", "Another name, ping pong, is the sound that it makes."),
            "numbers": (
                "Players on a side | [[1 or 2]]",
                "Points to win a game | 11",
                "Weight of the ball | 2.7 g",
                "Height of the net | 15 cm",
            ),
            "working": (
                "Table tennis is played by hitting a small ball over a net so that it bounces once on the far half.",
                "The server changes after every two points, and a game must be won by two.",
                "Spin makes the ball turn aside after the bounce.",
            ),
        },
    ),
    Entity(
        "Judo",
        "judo",
        {
            "origin": ("1882", "The first school had nine pupils and twelve mats in a room of a temple."),
            "person": (
                "Kano Jigoro",
                "He was small and had been beaten by stronger boys; later he became a teacher of teachers.",
            ),
            "place": ("Tokyo in Japan", "The school that began there, the Kodokan, is still the centre of it."),
            "name": (
                "two words that mean gentle way",
                "The idea is to give way and to use the strength of the other against him.",
            ),
            "parts": (
                "a white or blue [[jacket]]",
                "[[trousers]]",
                "a coloured [[belt]]",
                "- white for beginners",
                "- black for masters",
                "[[mats]]",
            ),
            "working": (
                "Judo is played by two fighters who grip each other by the jacket and try to throw.",
                "A clean throw on the back wins at once, and so does holding the other down for twenty seconds.",
                "Blows and kicks are forbidden.",
            ),
        },
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
