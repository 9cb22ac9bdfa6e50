"""Train content: rivers."""

from sample.topic import Question, Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "place": Wording(
        ("Course", "Location"),
        ("where is the {name} located", "where does the {name} flow", "which countries does the {name} run through"),
        (
            "{name} is located in {answer}, and its valley has been settled since very early times.",
            "On its way from the source to the mouth {name} runs through {answer}.",
            "The land through which {name} flows belongs to {answer}, where its banks are crowded in places.",
        ),
    ),
    "size": Wording(
        ("Length", "Size"),
        ("how long is the {name}", "what is the length of the {name}", "how many kilometres long is the {name}"),
        (
            "{name} is {answer} long, counted from the source that lies farthest from the sea.",
            "The length of {name} is given as {answer}, though nobody can measure every bend exactly.",
            "From its source to its mouth {name} has a length of {answer}, with all its bends counted in.",
        ),
    ),
    "person": Wording(
        ("Exploration", "Explorers"),
        ("who explored the {name}", "which traveller explored the {name}", "who was the explorer of the {name}"),
        (
            "The traveller who explored {name} in earnest was {answer}, and his report was read with wonder.",
            "{name} was explored by {answer}, who drew or described what people at home had never seen.",
            "Among those who explored {name}, the name that stands first is that of {answer}.",
        ),
    ),
    "name": Wording(
        ("Name", "Etymology"),
        ("what does the name of the {name} mean", "what is the {name} named after", "how did the {name} get its name"),
        (
            "The name of {name} comes from {answer}, as far as scholars of old words can tell.",
            "In its present form the name of {name} goes back to {answer}, as nearly all books about it say.",
            "The name by which {name} is known has its root in {answer}.",
        ),
    ),
    "parts": Wording(
        ("Tributaries", "Main tributaries"),
        ("what are the tributaries of the {name}", "which rivers flow into the {name}", "what rivers join the {name}"),
        tag="Ul",
    ),
    "numbers": Wording(
        ("Figures", "River data"),
        ("how many people live in the basin of the {name}", "how many inhabitants does the basin of the {name} have"),
        tag="Table",
    ),
    "use": Wording(
        ("Uses", "Economy"),
        ("what is the {name} used for", "what do people use the {name} for", "how is the {name} used"),
        (
            "The water of {name} is used for {answer}, and many families depend on it for their living.",
            "People use {name} for {answer}, as they have done for a long time.",
            "{name} is used above all for {answer}, and none of this would be easy without it.",
        ),
    ),
    "working": Wording(
        ("Floods", "Flow"),
        (
            "how does the {name} flood",
            "how does the flow of the {name} change",
            "why does the water of the {name} rise and fall",
        ),
        kind="long",
    ),
    "food": Wording(
        ("Wildlife", "Fish and other animals"),
        ("what animals live in the {name}", "which fish live in the {name}", "what lives in the {name}"),
        (
            "Among the animals that live in {name} are {answer}, besides many that few people ever notice.",
            "The wildlife of {name} is varied, and its best known animals are {answer}.",
            "Those who watch animals along {name} hope above all to see {answer}.",
        ),
    ),
}

ENTITIES = (
    Entity(
        "Amazon River",
        "the Amazon",
        {
            "place": (
                "[[Peru]], [[Colombia]] and [[Brazil]]",
                "It rises in the snow of the Andes and reaches the Atlantic near the equator.",
            ),
            "size": (
                "6,400 kilometres",
                "Only one river in the world is usually said to be longer, and none carries as much water.",
            ),
            "person": (
                "Francisco de Orellana",
                "He drifted down all of it in 1541 and 1542 with a party that had left Quito to look for food.",
            ),
            "name": (
                "the women warriors of Greek legend",
                "Travellers told of battles in which women fought at the side of the men.",
            ),
            "parts": (
                "[[Negro]], black water from the north",
                "[[Madeira]], the greatest from the south",
                "[[Tapajós]]",
                "[[Xingu]]",
            ),
            "food": (
                "[[piranhas]], [[pink dolphins]] and [[giant otters]]",
                "The arapaima, one of the largest fish of fresh water, hunts there too.",
            ),
            "working": (
                "The Amazon rises every year when the rains and the melting snow of the Andes meet.",
                "Its water climbs more than ten metres and covers the forest for months, and fish swim among the trees.",
                "At spring tides a wave rolls up from the sea.",
            ),
        },
        (Question("does the amazon carry more water than any other river", "size", "yes"),),
        query="amazon river",
    ),
    Entity(
        "River Thames",
        "the Thames",
        {
            "place": ("southern England", "It passes Oxford, Reading and London and opens into the North Sea."),
            "size": ("346 kilometres", "Only the Severn is longer among the rivers of Britain."),
            "name": (
                "a Celtic word that may have meant dark",
                "The letter h was put in much later and has never been spoken.",
            ),
            "parts": ("[[Cherwell]], at Oxford", "[[Kennet]], at Reading", "[[Wey]]", "[[Lea]], in the east of London"),
            "use": (
                "[[drinking water]] and [[rowing]]",
                "Two thirds of what comes out of the taps of the capital is taken from it, and a famous boat race is held there.",
            ),
            "working": (
                "The Thames is pushed back by the sea twice a day as far as a weir in the west of the capital.",
                "When a storm drives the tide too high, steel gates of a great barrier are turned up from the bed.",
                "They stay closed until the water outside falls.",
            ),
        },
        (Question("is the thames the longest river in britain", "size", "no"),),
        query="river thames",
    ),
    Entity(
        "Rhine",
        "the Rhine",
        {
            "place": (
                "[[Switzerland]], [[Germany]] and [[the Netherlands]]",
                "For part of its way it is also a border of Austria and of France.",
            ),
            "size": (
                "1,230 kilometres",
                "Older books give ninety more, because somebody once wrote the figures in the wrong order.",
            ),
            "name": ("a Celtic word for flowing", "The same root is hidden in the English verb run."),
            "parts": (
                "[[Aare]], from the Alps",
                "[[Neckar]], at Mannheim",
                "[[Main]], at Mainz",
                "[[Moselle]], at Koblenz",
            ),
            "use": (
                "[[shipping]], [[power]] and [[tourism]]",
                "No other river of Europe carries so many barges, and castles look down on them.",
            ),
            "numbers": (
                "People in the basin | [[58 million]]",
                "Height of the falls at Schaffhausen | 23 m",
                "Area of the basin | 185,000 km²",
            ),
            "food": (
                "[[eels]], [[barbel]] and [[salmon]]",
                "The last of these had gone for decades, until cleaner water and fish ladders brought it back.",
            ),
        },
        query="rhine river",
    ),
    Entity(
        "Congo River",
        "the Congo",
        {
            "place": (
                "[[two countries that bear its name]] and [[Angola]]",
                "It crosses the equator twice on its great curve through the forest.",
            ),
            "size": (
                "4,700 kilometres",
                "It is also the deepest river known, with more than 220 metres of water in places.",
            ),
            "person": (
                "Henry Morton Stanley",
                "He came down from the east in 1877, after a journey of nearly three years across Africa.",
            ),
            "name": (
                "the old kingdom of Kongo",
                "That kingdom lay on both sides of the mouth when Portuguese ships arrived.",
            ),
            "parts": (
                "[[Ubangi]], from the north",
                "[[Kasai]], from the south",
                "[[Lualaba]], its upper course",
                "- with the Luvua",
            ),
            "use": (
                "[[transport]], [[fishing]] and [[power]]",
                "Large boats are floating markets, but rapids near the coast keep sea ships out.",
            ),
        },
        (Question("is the congo the deepest river in the world", "size", "yes"),),
        query="congo river",
    ),
    Entity(
        "Volga",
        "the Volga",
        {
            "place": (
                "Russia",
                "It rises in low hills northwest of Moscow and ends in the Caspian Sea, so it never meets an ocean.",
            ),
            "size": ("3,530 kilometres", "No river in Europe is longer."),
            "name": ("a Slavic word for wetness", "Songs also call it mother, a sign of how dear it is to the people."),
            "parts": ("[[Oka]], at Nizhny Novgorod", "[[Kama]], the largest", "[[Samara]]", "[[Sura]]"),
            "food": (
                "[[sturgeon]], [[pike]] and [[pelicans]]",
                "The first of these gives caviar, and it has grown rare.",
            ),
            "use": (
                "[[electric power]], [[shipping]] and [[watering fields]]",
                "A chain of dams has turned much of it into a row of lakes.",
            ),
            "working": (
                "The Volga is fed mostly by melted snow, so its water rises in April and May.",
                "In summer it falls, and in winter ice closes it for about three months.",
                "The dams hold part of the spring flood back for dry weeks.",
            ),
        },
        (Question("does the volga flow into an ocean", "place", "no"),),
        query="volga river",
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
