"""Train content: mammals."""

from sample.topic import Question, Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "place": Wording(
        ("Distribution", "Habitat"),
        ("where do {name} live", "where are {name} found", "what country are {name} native to"),
        (
            "{name} are native to {answer}, and in the wild they live nowhere else.",
            "In the wild {name} are found in {answer}, where people who go to look for them know their haunts.",
            "The home of {name}, from which they spread no farther by themselves, is {answer}.",
        ),
    ),
    "size": Wording(
        ("Size and weight", "Description"),
        ("how much do {name} weigh", "how heavy are {name}", "how big do {name} get"),
        (
            "Grown {name} weigh about {answer}, with some difference between males and females.",
            "The weight of {name}, when they are fully grown, is about {answer}, as weighing them has shown.",
            "As for their size, {name} weigh up to {answer} when they are fully grown and food is plentiful.",
        ),
    ),
    "food": Wording(
        ("Diet", "Food"),
        ("what do {name} eat", "what is the diet of {name}", "what kind of food do {name} eat"),
        (
            "The food of {name} consists of {answer}, with a few changes from season to season.",
            "{name} eat {answer}, and they spend a good part of their time in search of it.",
            "What {name} eat is mostly {answer}, though they take other food as well when they have to.",
        ),
    ),
    "name": Wording(
        ("Etymology", "Name"),
        (
            "where does the name of {name} come from",
            "what does the name of {name} mean",
            "how did {name} get their name",
        ),
        (
            "The name of {name} comes from {answer}, and it has been in use for hundreds of years.",
            "{name} got their name from {answer}, and other languages often use a similar one.",
            "The word by which we call {name} goes back to {answer}.",
        ),
    ),
    "numbers": Wording(
        ("Life in figures", "Figures"),
        ("how many young do {name} have at a time", "how many babies do {name} have"),
        tag="Table",
    ),
    "working": Wording(
        ("Behaviour", "Way of life"),
        ("how do {name} raise their young", "how do {name} live", "how do {name} behave"),
        kind="long",
    ),
    "parts": Wording(
        ("Kinds", "Species"),
        ("what kinds of {name} are there", "what are the types of {name}", "which kinds of {name} exist"),
        tag="Ul",
    ),
    "person": Wording(
        ("Description by science", "Research"),
        ("who first described {name}", "who gave {name} their scientific name", "which scientist described {name}"),
        (
            "Science owes the first description of {name} to {answer}, who gave them a Latin name.",
            "{name} were first described for science by {answer}.",
        ),
    ),
    "origin": Wording(
        ("Description by science", "Research"),
        ("when were {name} first described", "what year were {name} first described"),
        (
            "{name} were first described by science in {answer}, long after local people had come to know them.",
            "In the books of zoology {name} have had a place since {answer}, the year of the first description.",
        ),
    ),
}

ENTITIES = (
    Entity(
        "Giraffe",
        "giraffes",
        {
            "place": (
                "Africa south of the Sahara",
                "They prefer open country with scattered trees and keep out of thick forest.",
            ),
            "size": (
                "1,200 kilograms",
                "They are also the tallest of all animals, for a bull may stand five and a half metres high.",
            ),
            "food": (
                "[[leaves]], [[buds]] and [[fruit]]",
                "Acacias are what they like best, and a tongue half a metre long finds its way between the thorns.",
            ),
            "name": (
                "an Arabic word that may mean fast walker",
                "The Romans thought of a mixture of camel and leopard instead.",
            ),
            "numbers": (
                "Young at a time | [[1]]",
                "Months of pregnancy | 15",
                "Bones in the neck | 7",
                "Heartbeats in a minute | about 60",
            ),
            "working": (
                "Giraffes live in loose herds that change from day to day.",
                "The young drop two metres to the ground at birth and can run within hours.",
                "Mothers leave them together in a kind of nursery, where one cow keeps watch while the others feed.",
            ),
        },
        (Question("are giraffes the tallest animals", "size", "yes"),),
    ),
    Entity(
        "Blue whale",
        "blue whales",
        {
            "place": (
                "[[the Pacific]], [[the Atlantic]] and [[the Indian Ocean]]",
                "They pass the summer near the ice and the winter in warm water.",
            ),
            "size": (
                "150 tonnes",
                "No other animal that ever lived is known to have been heavier, and a length of thirty metres has been recorded.",
            ),
            "food": (
                "krill, which are small shrimps",
                "They leave large fish alone, but in summer a single one may swallow three or four tonnes of shrimps in a day.",
            ),
            "origin": (
                "1758",
                "They stand in the tenth edition of a great list of animals that was printed in that year.",
            ),
            "numbers": (
                "Young at a time | [[1]]",
                "Length of a new calf | 7 m",
                "Litres of milk in a day | 200",
                "Age | 80 years or more",
            ),
            "working": (
                "Blue whales live alone or in pairs and keep in touch with very deep calls.",
                "The mother feeds her calf for half a year on rich milk, and the two swim side by side.",
                "The calls can be heard under water over hundreds of kilometres.",
            ),
        },
        (Question("do blue whales eat large fish", "food", "no"),),
    ),
    Entity(
        "Tiger",
        "tigers",
        {
            "place": ("the forests of Asia", "They need cover and water, and unlike most cats they love to swim."),
            "size": ("200 kilograms", "No other cat is as big, and no two have the same stripes."),
            "food": (
                "[[deer]], [[wild pigs]] and [[buffalo]]",
                "They creep up as near as they can and kill with one bite.",
            ),
            "parts": (
                "[[Bengal]], in India and Bangladesh",
                "[[Siberian]], in the snow of the Far East",
                "[[Sumatran]], the smallest",
                "[[Malayan]]",
            ),
            "numbers": (
                "Young at a time | [[2 to 4]]",
                "Months of pregnancy | 3.5",
                "Hours of sleep in a day | 16",
                "Toes on a hind foot | 4",
            ),
            "working": (
                "Tigers live alone, each in an area that it marks with scent and scratches.",
                "The mother hides her cubs in thick bush and carries them to a new den when danger is near.",
                "They stay with her for two years and learn to hunt.",
            ),
        },
    ),
    Entity(
        "Polar bear",
        "polar bears",
        {
            "place": (
                "the Arctic",
                "They follow the edge of the sea ice from Alaska and Canada to Greenland, Svalbard and Siberia.",
            ),
            "size": (
                "450 kilograms",
                "They are the largest meat eaters on land, and yet a new cub weighs less than a bag of flour.",
            ),
            "food": ("[[seals]]", "They wait for hours beside a hole in the ice until one comes up to breathe."),
            "name": ("the polar ice", "Their Latin name means sea bear, since they swim for whole days."),
            "person": ("Constantine Phipps", "The naval officer met them on a voyage of 1773 toward the North Pole."),
            "numbers": (
                "Young at a time | [[2]]",
                "Weight of a new cub | 600 g",
                "Speed of swimming | 10 km/h",
                "Colour of the skin | black",
            ),
            "working": (
                "Polar bears roam alone over the ice and do not sleep through the winter.",
                "Only the mother digs a den in the snow, where her cubs are born in the dark months.",
                "They drink her fat milk and follow her out in spring.",
            ),
        },
        (Question("do polar bears have black skin", "numbers", "yes"),),
    ),
    Entity(
        "Koala",
        "koalas",
        {
            "place": ("eastern Australia", "They live in woods of gum trees from the tropics down to the cool south."),
            "size": ("10 kilograms", "The ones in the north are smaller and have shorter fur."),
            "food": (
                "[[leaves of eucalyptus]]",
                "These are poor in energy and poisonous for most others, so they sleep up to twenty hours a day.",
            ),
            "name": (
                "a Dharug word that is said to mean no water",
                "They drink little, since the leaves are moist; bears they are not, though many call them so.",
            ),
            "numbers": (
                "Young at a time | [[1]]",
                "Days of pregnancy | 35",
                "Months in the pouch | 6",
                "Thumbs on each hand | 2",
            ),
            "working": (
                "Koalas spend nearly all of their lives alone in the fork of a tree.",
                "The young, as small as a bean, climbs into its mother's pouch and later rides on her back.",
                "Males bellow in the night to warn each other.",
            ),
        },
        (Question("are koalas bears", "name", "no"),),
    ),
    Entity(
        "Red kangaroo",
        "red kangaroos",
        {
            "place": (
                "the dry plains of Australia",
                "They rest in the shade of bushes and may go without drinking for long.",
            ),
            "size": ("85 kilograms", "That makes them the largest of all animals with a pouch."),
            "food": (
                "[[grass]] and [[herbs]]",
                "They feed at dusk and in the night, when it is cool and the plants are moist.",
            ),
            "origin": ("1822", "Half a century had passed since Captain Cook brought home the skin of a relative."),
            "numbers": (
                "Young at a time | [[1]]",
                "Days of pregnancy | 33",
                "Length of a jump | 8 m",
                "Top speed | 60 km/h",
            ),
            "working": (
                "Red kangaroos live in small groups, which they call mobs in that country.",
                "The newborn crawls up through the fur into the pouch and holds on there for months.",
                "In a drought the females can put off the birth of the next.",
            ),
        },
    ),
    Entity(
        "Platypus",
        "platypuses",
        {
            "place": (
                "the streams of eastern Australia and Tasmania",
                "They dig their burrows into the banks, just above the water.",
            ),
            "size": ("2 kilograms", "They are about as long as a cat, with a flat tail and a beak of soft skin."),
            "food": (
                "[[worms]], [[shrimps]] and [[larvae of insects]]",
                "With closed eyes they feel for electric signals of their prey on the bottom.",
            ),
            "name": (
                "Greek words for flat foot",
                "A beetle already had the first Latin name that they were given, so it had to be replaced.",
            ),
            "person": (
                "George Shaw",
                "He looked for stitches in the skin, because he suspected that a joker had sewn a beak to it.",
            ),
            "origin": ("1799", "The skin on which it was based had come to London by ship."),
            "numbers": (
                "Eggs at a time | [[2]]",
                "Days to hatch | 10",
                "Heart beats under water | slow",
                "Spur of the male | poisonous",
            ),
        },
        (Question("do platypuses have a beak", "size", "yes"),),
    ),
    Entity(
        "European beaver",
        "European beavers",
        {
            "place": (
                "rivers of Europe and northern Asia",
                "They had nearly gone a century ago and have been brought back to many streams.",
            ),
            "size": ("20 kilograms", "The flat tail without hair makes up a quarter of their length."),
            "food": (
                "[[bark]], [[leaves]] and [[water plants]]",
                "For the winter they store branches under water next to the door; fish they never touch.",
            ),
            "name": (
                "an old word for brown",
                "The word bear has the same root, so that both animals are just the brown ones.",
            ),
            "working": (
                "European beavers live in families that build dams of branches and mud.",
                "The dam raises the water until the door of their lodge lies below the surface, safe from wolves.",
                "The young stay for two years and help with the work.",
            ),
            "numbers": (
                "Young at a time | [[3]]",
                "Minutes under water | 15",
                "Front teeth | orange",
                "Age | 10 to 15 years",
            ),
        },
        (Question("do beavers eat fish", "food", "no"),),
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
