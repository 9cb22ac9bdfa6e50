"""Train content: birds and other animals that lay eggs."""

from sample.topic import Question, Topic
from sample.train_animals import WORDINGS
from sample.train_wording import Entity, topics

ENTITIES = (
    Entity(
        "Common ostrich",
        "ostriches",
        {
            "place": (
                "the dry plains of Africa",
                "They go in groups beside antelopes and zebras, which are warned by their sharp eyes.",
            ),
            "size": (
                "120 kilograms",
                "No other living bird is as large, and far too heavy for wings they run instead.",
            ),
            "food": (
                "[[seeds]], [[grass]] and [[insects]]",
                "They also swallow pebbles, which grind what is in the stomach.",
            ),
            "name": (
                "a Greek word for sparrow",
                "Their full Latin name adds the camel, of which the long neck must have reminded people.",
            ),
            "numbers": (
                "Eggs in a nest | [[20]]",
                "Weight of an egg | 1.4 kg",
                "Top speed | 70 km/h",
                "Toes on a foot | 2",
            ),
            "working": (
                "Several ostrich hens lay their eggs in the same hollow in the ground.",
                "By day the brown hen sits on them and by night the black cock, so that neither is easily seen.",
                "The chicks run about at once and join others in big broods.",
            ),
        },
        (Question("can ostriches fly", "size", "no"),),
    ),
    Entity(
        "Barn owl",
        "barn owls",
        {
            "place": (
                "every continent except Antarctica",
                "They like open fields and rest by day in towers, hollow trees and barns.",
            ),
            "size": ("300 grams", "Below the soft feathers they are thin, light birds."),
            "food": (
                "[[mice]], [[voles]] and [[shrews]]",
                "Their ears are set at different heights, so they can strike in complete darkness.",
            ),
            "person": ("Giovanni Scopoli", "He was a doctor in a mining town who exchanged letters with Linnaeus."),
            "origin": (
                "1769",
                "They were put beside the other owls at first and moved to a family of their own later.",
            ),
            "numbers": (
                "Eggs in a nest | [[4 to 7]]",
                "Days to hatch | 31",
                "Width of the wings | 90 cm",
                "Call | a shriek",
            ),
        },
        (Question("do barn owls eat mice", "food", "yes"),),
    ),
    Entity(
        "Octopus",
        "octopuses",
        {
            "place": (
                "all the seas of the world",
                "Most of them keep to rocks and reefs, but some drift far down in the deep.",
            ),
            "size": (
                "15 kilograms",
                "That holds for the giant of the Pacific, while the smallest kinds weigh less than a gram.",
            ),
            "food": (
                "[[crabs]], [[clams]] and [[fish]]",
                "A hard beak cracks the shells, and poison makes the prey still.",
            ),
            "name": (
                "Greek words for eight feet",
                "The plural with the ending i is a mistake, as the word is not Latin.",
            ),
            "parts": (
                "[[the common kind]], on most coasts",
                "[[the giant kind]], in the cold north",
                "[[the blue-ringed kind]], small but deadly",
                "[[the mimic]]",
            ),
            "numbers": ("Eggs at a time | [[100,000]]", "Arms | 8", "Hearts | 3", "Colour of the blood | blue"),
            "working": (
                "Octopuses live alone in dens that they wall up with stones.",
                "They change colour and even the feel of their skin to match the ground, and flee behind a cloud of ink.",
                "The mother guards her eggs without eating and dies when they hatch.",
            ),
        },
        (Question("do octopuses have three hearts", "numbers", "yes"),),
    ),
    Entity(
        "Saltwater crocodile",
        "saltwater crocodiles",
        {
            "place": (
                "the coasts from India to northern Australia",
                "They bask on the banks of river mouths and may swim far out to sea.",
            ),
            "size": ("500 kilograms", "From nose to tail they measure up to five metres."),
            "food": (
                "[[fish]], [[wild pigs]] and [[buffalo]]",
                "One full meal may last them for weeks, as their blood is cold.",
            ),
            "person": (
                "Johann Gottlob Schneider",
                "He was a German scholar who is better known for his editions of Greek books.",
            ),
            "working": (
                "Saltwater crocodile mothers pile up leaves and mud, lay their eggs inside and keep watch for three months.",
                "When the young call from inside the shells, she digs them out and carries them to the water in her mouth.",
                "How warm the nest was decides which of them are males.",
            ),
            "numbers": ("Eggs in a nest | [[50]]", "Days to hatch | 90", "Teeth | 64 to 68", "Age | 70 years or more"),
        },
    ),
    Entity(
        "Atlantic salmon",
        "Atlantic salmon",
        {
            "place": (
                "rivers on both sides of the Atlantic",
                "Between their youth and their return they feed in the sea near Greenland.",
            ),
            "size": ("5 kilograms", "Fish that stay longer at sea grow much heavier than that."),
            "food": (
                "[[insects]], [[shrimps]] and [[herring]]",
                "Once they turn home they stop feeding and live on their fat.",
            ),
            "name": ("a Latin word for leaper", "They jump over falls more than three metres high on their way up."),
            "origin": ("1758", "It was Linnaeus who listed them, together with the trout."),
            "working": (
                "Atlantic salmon find the stream of their birth again by its smell.",
                "The hen digs a pit in the gravel with her tail, lays her eggs and covers them with stones.",
                "The young stay for some years before they go down to the sea.",
            ),
        },
        (Question("do salmon return to the stream where they were born", "working", "yes"),),
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
