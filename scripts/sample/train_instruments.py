"""Train content: musical instruments."""

from sample.topic import Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "origin": Wording(
        ("History", "Invention"),
        ("when was the {name} invented", "what year was the {name} invented", "when was the first {name} made"),
        (
            "The {name} was invented around {answer}, and it has been changed only in details since.",
            "The first {name} is thought to have been made about {answer}.",
            "It was about {answer} that the {name} was invented.",
        ),
    ),
    "person": Wording(
        ("Inventor", "History"),
        ("who invented the {name}", "who made the first {name}", "who was the inventor of the {name}"),
        (
            "The {name} was invented by {answer}, who made and sold instruments or studied sound.",
            "The inventor of the {name}, as far as the sources tell, was {answer}.",
            "It was {answer} who invented the {name} and made the first good one.",
        ),
    ),
    "place": Wording(
        ("Origin", "Where it comes from"),
        ("where does the {name} come from", "where was the {name} invented", "what country is the {name} from"),
        (
            "The {name} comes from {answer}, although it is now played in many countries.",
            "The home of the {name}, where the first ones were made, is {answer}.",
            "As to its place of origin, the {name} is from {answer}.",
        ),
    ),
    "size": Wording(
        ("Size", "Dimensions"),
        ("how long is a {name}", "how big is a {name}", "how large is a {name}"),
        (
            "An ordinary {name} measures {answer}, but there are smaller ones for children.",
            "The size of a {name} is as a rule {answer}, though no two makers agree.",
            "A {name} as it is played today, when all its parts are put together, measures {answer}.",
        ),
    ),
    "parts": Wording(
        ("Parts", "Construction"),
        ("what are the parts of a {name}", "what is a {name} made of", "which parts does a {name} have"),
        tag="Ul",
        kind="long",
    ),
    "name": Wording(
        ("Name", "Etymology"),
        ("what does the word {name} mean", "where does the name {name} come from", "how did the {name} get its name"),
        (
            "The name of the {name} comes from {answer}, although few players ever think about it.",
            "The word {name} goes back to {answer}, as the dictionaries say.",
            "The {name} got its name from {answer}, and most languages have taken it over.",
        ),
    ),
    "use": Wording(
        ("Music", "Use"),
        ("what music is the {name} used for", "what is the {name} used for", "where is the {name} used in music"),
        (
            "The {name} is used for {answer}, and now and then in quite different music.",
            "Musicians use the {name} above all for {answer}, but it is never limited to these.",
            "In music the {name} is used for {answer}, and players learn pieces of every kind.",
        ),
    ),
    "numbers": Wording(
        ("Figures", "In numbers"),
        ("how many keys or strings does a {name} have", "how many strings or keys are on a {name}"),
        tag="Table",
    ),
    "working": Wording(
        ("Sound", "Playing"),
        ("how does a {name} work", "how does a {name} make sound", "how do you play the {name}"),
        kind="long",
    ),
}

ENTITIES = (
    Entity(
        "Piano",
        "piano",
        {
            "origin": (
                "1700",
                "An inventory of that year from the palace of the Medici lists one that plays both soft and loud.",
            ),
            "person": ("Bartolomeo Cristofori", "He came from Padua and looked after the harpsichords of a prince."),
            "place": ("Florence in Italy", "Three of the earliest ones survive, in New York, Rome and Leipzig."),
            "parts": (
                "a [[frame]] of cast iron",
                "[[strings]] of steel",
                "[[hammers]] covered with felt",
                "[[dampers]]",
                "a [[soundboard]] of spruce",
            ),
            "name": ("the Italian words for soft and loud", "The full form, pianoforte, is still met in old books."),
            "numbers": ("Keys | [[88]]", "White keys | 52", "Black keys | 36", "Pedals | 2 or 3"),
            "working": (
                "A piano makes sound when a key throws a small hammer against its strings.",
                "The hammer falls back at once and leaves the strings free to ring.",
                "When the finger goes up, a pad of felt comes down and stops them, unless the right pedal holds it off.",
            ),
        },
    ),
    Entity(
        "Accordion",
        "accordion",
        {
            "origin": ("1829", "A patent of that year describes a box with five keys, each of which sounds a chord."),
            "person": ("Cyrill Demian", "He built organs and pianos and was helped by his sons Karl and Guido."),
            "place": ("Vienna in Austria", "From there it spread in a few years to Russia, Italy, Paris and America."),
            "parts": (
                "[[bellows]] of folded card",
                "[[reeds]] of steel",
                "[[keys]] on the right",
                "[[buttons]] on the left",
                "[[straps]]",
            ),
            "name": (
                "the German word for chord",
                "Singers liked that it could give them a whole harmony at one touch.",
            ),
            "use": ("[[folk dances]], [[tango]] and [[polka]]", "It is loud enough to fill a room without any help."),
            "working": (
                "An accordion makes sound when air from the bellows streams past metal tongues.",
                "Each key opens a valve and lets the air reach its own tongue, which begins to tremble.",
                "To pull and to push the bellows is like the stroke of a bow.",
            ),
        },
    ),
    Entity(
        "Concert harp",
        "harp",
        {
            "person": (
                "Sébastien Érard",
                "His model with seven pedals, each with three positions, won over the orchestras.",
            ),
            "size": (
                "about 180 centimetres in height",
                "It weighs some 36 kilograms, so players are glad of a trolley.",
            ),
            "parts": (
                "a [[neck]] shaped like a wave",
                "a [[column]] in front",
                "a [[soundboard]]",
                "[[strings]] of gut, nylon and wire",
                "seven [[pedals]]",
            ),
            "name": (
                "a Germanic word that meant to pluck",
                "The ancient Greeks had other words for theirs, such as lyre and kithara.",
            ),
            "use": (
                "[[orchestras]], [[weddings]] and [[Irish songs]]",
                "Composers love it for waves of notes that sound like water.",
            ),
            "numbers": ("Strings | [[47]]", "Pedals | 7", "Octaves | 6.5", "Fingers that pluck | 8"),
            "working": (
                "A harp makes sound when the fingers pluck its strings, with the little finger never used.",
                "Pedals turn small discs that shorten all the strings of one letter at once.",
                "Red and black strings show the player which note is which.",
            ),
        },
    ),
    Entity(
        "Theremin",
        "theremin",
        {
            "origin": ("1920", "It appeared by chance, in a laboratory where the density of gases was to be measured."),
            "person": ("Lev Termen", "He was a young Russian physicist who also played the cello."),
            "place": ("Petrograd in Russia", "Its maker showed it to Lenin and took it to London, Paris and New York."),
            "name": (
                "the French form of the surname of its maker",
                "He himself would rather have called it the voice of the ether.",
            ),
            "use": (
                "[[film music]] and [[concerts of new music]]",
                "Films about visitors from space made its trembling tone famous.",
            ),
            "working": (
                "A theremin is played without touching it: the hands only move in the air near two rods.",
                "The distance to one rod sets the pitch, and that to the other sets how loud it is.",
                "Inside, two currents beat against each other, and the difference can be heard.",
            ),
        },
    ),
    Entity(
        "Classical guitar",
        "classical guitar",
        {
            "origin": (
                "1850",
                "That holds for the modern form with its wide body; older and slimmer ones had been played for centuries.",
            ),
            "person": ("Antonio de Torres", "He worked in Seville and placed fan-shaped bars of wood below the top."),
            "place": (
                "Spain",
                "Its ancestors came there with the Arabs and met with instruments that were known already.",
            ),
            "size": (
                "about 100 centimetres in length",
                "The part of the strings that swings is 65 centimetres, more than on a ukulele.",
            ),
            "parts": (
                "a [[body]] with a round hole",
                "a [[neck]] with frets",
                "a [[bridge]]",
                "six [[strings]]",
                "[[pegs]] for tuning",
            ),
            "use": (
                "[[flamenco]], [[solo recitals]] and [[songs at the camp fire]]",
                "With a few chords a beginner can accompany hundreds of tunes.",
            ),
            "numbers": ("Strings | [[6]]", "Frets | 19 or more", "Deepest note | E", "Octaves | 3.5"),
        },
    ),
    Entity(
        "Clarinet",
        "clarinet",
        {
            "origin": ("1700", "Two extra keys on an older pipe opened up a whole new range of high notes."),
            "person": (
                "Johann Christoph Denner",
                "He was known for his recorders, and his son carried on the workshop.",
            ),
            "place": ("Nuremberg in Germany", "That city was full of workshops for trumpets, horns and pipes."),
            "size": (
                "about 66 centimetres in length",
                "The bass model of the family is twice as long and is bent at both ends.",
            ),
            "name": (
                "an Italian word for a little trumpet",
                "From far away its high notes were taken for those of brass.",
            ),
            "parts": (
                "a [[mouthpiece]]",
                "a single [[reed]] of cane",
                "a [[barrel]]",
                "two [[joints]] of black wood",
                "a [[bell]]",
            ),
        },
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
