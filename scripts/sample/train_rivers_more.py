"""Train content: more rivers."""

from sample.topic import Question, Topic
from sample.train_rivers import WORDINGS
from sample.train_wording import Entity, topics

ENTITIES = (
    Entity(
        "Yangtze",
        "the Yangtze",
        {
            "place": ("China", "It begins on the high land of Tibet and reaches the sea near Shanghai."),
            "size": ("6,300 kilometres", "It is the longest river in Asia and the third longest in the world."),
            "name": (
                "a ferry crossing near Yangzhou",
                "In its own country most people simply say Chang Jiang, which means long river.",
            ),
            "parts": ("[[Yalong]]", "[[Min]]", "[[Jialing]], at Chongqing", "[[Han]], at Wuhan"),
            "numbers": (
                "People in the basin | [[400 million]]",
                "Height of the Three Gorges Dam | 181 m",
                "Area of the basin | 1.8 million km²",
            ),
            "use": (
                "[[growing rice]], [[shipping]] and [[electric power]]",
                "The largest power station in the world stands at one of its gorges.",
            ),
            "food": (
                "[[giant salamanders]], [[alligators]] and [[carp]]",
                "A small porpoise without a fin on its back is found nowhere else.",
            ),
        },
        (Question("is the yangtze the longest river in asia", "size", "yes"),),
        query="yangtze river",
    ),
    Entity(
        "Ganges",
        "the Ganges",
        {
            "place": (
                "[[India]] and [[Bangladesh]]",
                "It starts from a glacier in the Himalayas and ends in the Bay of Bengal in a huge delta.",
            ),
            "size": ("2,525 kilometres", "Several rivers of the same region are longer, but none is held so holy."),
            "name": (
                "the Hindu goddess Ganga",
                "She came down from heaven, the story says, and Shiva caught her in his hair.",
            ),
            "parts": ("[[Yamuna]], which passes Delhi", "[[Ghaghara]]", "[[Gandak]]", "[[Kosi]]"),
            "use": (
                "[[bathing]], [[prayer]] and [[watering fields]]",
                "At Varanasi long flights of stone steps lead down to the water.",
            ),
            "working": (
                "The Ganges swells from June to September, when the monsoon pours over the plain.",
                "Melting snow adds to it, and wide stretches of land are flooded and covered with new mud.",
                "By spring so little is left that boats run aground.",
            ),
            "food": (
                "[[river dolphins]], [[turtles]] and [[gharials]]",
                "The last are crocodiles with very thin snouts, which eat fish.",
            ),
        },
        query="ganges river",
    ),
    Entity(
        "Mekong",
        "the Mekong",
        {
            "place": (
                "[[China]], [[Laos]], [[Thailand]], [[Cambodia]] and [[Vietnam]]",
                "For a short way it also borders Myanmar.",
            ),
            "person": (
                "Ernest Doudart de Lagrée",
                "He led a French party upstream from 1866, died on the way, and was followed by Francis Garnier.",
            ),
            "name": (
                "Thai words for mother of waters",
                "People near the mouth speak of nine dragons instead, after its nine arms.",
            ),
            "use": (
                "[[fishing]], [[growing rice]] and [[floating markets]]",
                "Millions of people live on what they catch in it.",
            ),
            "food": (
                "[[giant catfish]], [[stingrays]] and [[dolphins]]",
                "The first of these may weigh as much as 300 kilograms.",
            ),
            "working": (
                "The Mekong rises in the rainy season so high that a side river turns round and flows backwards.",
                "Through it the water fills a great lake, which grows to several times its size.",
                "When the rains end the lake empties again and feeds the delta.",
            ),
        },
        query="mekong river",
    ),
    Entity(
        "Zambezi",
        "the Zambezi",
        {
            "place": (
                "[[Zambia]], [[Zimbabwe]] and [[Mozambique]]",
                "Its upper course touches Angola as well, and it ends in the Indian Ocean.",
            ),
            "size": ("2,574 kilometres", "That makes it the fourth longest river in Africa."),
            "person": (
                "David Livingstone",
                "In 1855 he was led to the falls and called them after his queen, Victoria.",
            ),
            "numbers": (
                "People in the basin | [[40 million]]",
                "Height of the Victoria Falls | 108 m",
                "Width of the falls | 1,708 m",
            ),
            "food": (
                "[[hippopotamuses]], [[crocodiles]] and [[tigerfish]]",
                "A shark from the sea has been seen far upstream as well.",
            ),
            "parts": ("[[Kafue]]", "[[Luangwa]]", "[[Shire]], from a great lake", "[[Cuando]]"),
        },
        (Question("does the zambezi end in the atlantic ocean", "place", "no"),),
        query="zambezi river",
    ),
    Entity(
        "Murray River",
        "the Murray",
        {
            "place": (
                "southeastern Australia",
                "For most of the way it forms the border of New South Wales and Victoria.",
            ),
            "size": ("2,508 kilometres", "No river on that continent is longer."),
            "person": (
                "Charles Sturt",
                "He rowed down it in 1830 and had to row all the way back against the current.",
            ),
            "name": ("Sir George Murray", "He was a minister in London and never saw the water that bears his name."),
            "use": (
                "[[watering orchards]] and [[drinking water]]",
                "Paddle steamers once carried the wool, and tourists ride in them now.",
            ),
            "food": ("[[cod]], [[crayfish]] and [[turtles]]", "The first of these can live for more than forty years."),
        },
        (Question("is the murray the longest river in australia", "size", "yes"),),
        query="murray river",
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
