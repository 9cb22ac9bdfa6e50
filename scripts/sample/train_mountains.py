"""Train content: mountains."""

from sample.topic import Question, Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "origin": Wording(
        ("First ascent", "Climbing history"),
        (
            "when was {name} first climbed",
            "what year was {name} first climbed",
            "when did people first reach the top of {name}",
        ),
        (
            "{name} was first climbed on {answer}, after others had turned back below the top.",
            "The first known ascent of {name}, on which the top was reached, was made on {answer}.",
            "People stood on the top of {name} for the first time on {answer}, as far as is known.",
        ),
    ),
    "person": Wording(
        ("First climbers", "First ascent"),
        ("who first climbed {name}", "who was the first to climb {name}", "who were the first people on top of {name}"),
        (
            "{name} was first climbed by {answer}, whose names are still known to all who go there.",
            "The first to reach the top of {name}, as far as anyone can prove, were {answer}.",
            "It was {answer} who climbed {name} before anybody else.",
        ),
    ),
    "place": Wording(
        ("Location", "Geography"),
        ("where is {name} located", "which country is {name} in", "where is {name}"),
        (
            "{name} is located in {answer}, and on a clear day it can be seen from far away.",
            "The place where {name} stands is in {answer}, in a landscape that draws many visitors.",
            "On the map {name} is located in {answer}, and roads or paths lead to its foot.",
        ),
    ),
    "size": Wording(
        ("Height", "Elevation"),
        ("how high is {name}", "how tall is {name}", "what is the height of {name}"),
        (
            "{name} is {answer} high, measured from the level of the sea to the very top of the rock or snow.",
            "The height of {name} is {answer}, though surveys that were made in different years differ by a little.",
            "Maps give {answer} as the height of {name}, and climbers find the air on its top thin and cold.",
        ),
    ),
    "name": Wording(
        ("Name", "Etymology"),
        ("what does the name {name} mean", "what is {name} named after", "how did {name} get its name"),
        (
            "The name of {name} comes from {answer}, and no other explanation is widely believed.",
            "{name} got its name from {answer}, and it has kept it on the maps for a long time.",
            "As for the name, {name} is called after {answer}.",
        ),
    ),
    "parts": Wording(
        ("Faces and ridges", "Parts of the mountain"),
        ("what are the parts of {name}", "what is {name} made of", "which parts does {name} consist of"),
        tag="Ul",
    ),
    "working": Wording(
        ("Geology", "How it was formed"),
        ("how was {name} formed", "how did {name} form", "what formed {name}"),
        kind="long",
    ),
    "numbers": Wording(
        ("Figures", "Facts and figures"),
        ("how many metres does {name} rise above its surroundings", "what is the prominence of {name}"),
        tag="Table",
    ),
    "food": Wording(
        ("Wildlife", "Plants and animals"),
        ("what animals live on {name}", "which animals live on the slopes of {name}"),
        (
            "The animals that live on the slopes of {name} include {answer}, which are used to the cold.",
            "Walkers who look for animals on {name} may meet {answer}, if they are quiet and lucky.",
        ),
    ),
}

ENTITIES = (
    Entity(
        "Mount Everest",
        "Mount Everest",
        {
            "origin": (
                "29 May 1953",
                "The two climbers stayed for a quarter of an hour, took photographs and buried some sweets in the snow.",
            ),
            "person": (
                "[[Edmund Hillary]] and [[Tenzing Norgay]]",
                "One kept bees in New Zealand, and the other had been on six earlier expeditions.",
            ),
            "place": ("the Himalayas on the border of Nepal and China", "The frontier runs across its very top."),
            "size": ("8,849 metres", "No mountain on Earth rises higher above the sea."),
            "name": (
                "Sir George Everest, a surveyor of India",
                "He himself objected, because local people could not say it; in Tibet it is Chomolungma.",
            ),
            "working": (
                "Mount Everest was formed when India drifted north and pushed against the rest of Asia.",
                "The floor of a sea was folded and lifted, so that shells of sea animals now lie near the top.",
                "The push goes on, and the ground still rises by some millimetres a year.",
            ),
        },
        (Question("is mount everest the highest mountain on earth", "size", "yes"),),
    ),
    Entity(
        "K2",
        "K2",
        {
            "origin": (
                "31 July 1954",
                "The party from Italy had carried many tonnes of food and gear over the glacier.",
            ),
            "person": (
                "[[Lino Lacedelli]] and [[Achille Compagnoni]]",
                "They kept it a secret for years which of the two had taken the last step first.",
            ),
            "place": (
                "the Karakoram on the border of Pakistan and China",
                "The nearest village is several days of walking away.",
            ),
            "size": ("8,611 metres", "That is the second highest of all mountains and the hardest of the great ones."),
            "name": (
                "a mark in the notebook of a surveyor",
                "The letter stands for the range, and K1 next to it turned out to have a proper name of its own.",
            ),
            "numbers": (
                "Rank by height | 2",
                "Rise above its surroundings | [[4,020 m]]",
                "Usual months for climbing | July and August",
            ),
        },
    ),
    Entity(
        "Mont Blanc",
        "Mont Blanc",
        {
            "origin": (
                "8 August 1786",
                "A prize had been offered twenty-six years before, and the day is counted as the birth of climbing.",
            ),
            "person": (
                "[[Jacques Balmat]] and [[Michel Paccard]]",
                "One hunted for crystals and the other was the doctor of Chamonix.",
            ),
            "size": (
                "4,806 metres",
                "The cap of ice on top grows and shrinks, so the figure changes from one survey to the next.",
            ),
            "name": ("the French words for white mountain", "The Italians say the same in their own tongue."),
            "numbers": (
                "Rise above its surroundings | [[4,696 m]]",
                "Length of the road tunnel below | 11.6 km",
                "Thickness of the ice on top | 15 m or more",
            ),
            "food": (
                "[[ibex]], [[chamois]] and [[marmots]]",
                "Choughs, which are black birds with yellow beaks, follow the climbers to the top.",
            ),
        },
        query="mont blanc",
    ),
    Entity(
        "Matterhorn",
        "the Matterhorn",
        {
            "origin": ("14 July 1865", "Four of the seven men fell to their deaths on the way down when a rope broke."),
            "person": (
                "Edward Whymper and six companions",
                "He was an artist from London who had tried seven times before.",
            ),
            "place": (
                "the Alps on the border of Switzerland and Italy",
                "Zermatt lies below it on one side and Breuil on the other.",
            ),
            "size": ("4,478 metres", "Several peaks near it are higher, but none has so famous a shape."),
            "parts": (
                "four faces",
                "- [[north]]",
                "- [[east]]",
                "- [[south]]",
                "- [[west]]",
                "four ridges, of which the Hörnli is the usual way",
            ),
            "working": (
                "The Matterhorn was formed from slices of two continents that were pushed over each other.",
                "Its upper part is African rock, and below it lies the floor of a lost ocean.",
                "Glaciers then ate into it from all sides and left a sharp pyramid.",
            ),
        },
        (Question("is the matterhorn the highest peak in the alps", "size", "no"),),
        query="matterhorn",
    ),
    Entity(
        "Denali",
        "Denali",
        {
            "origin": (
                "7 June 1913",
                "One of the party, the first to step on the top, had been born in the land around it.",
            ),
            "person": (
                "[[Hudson Stuck]], [[Harry Karstens]], [[Walter Harper]] and [[Robert Tatum]]",
                "Their leader was a churchman who loved to travel by dog sled.",
            ),
            "place": (
                "the state of Alaska",
                "It stands in the middle of a great park through which a single road leads.",
            ),
            "size": ("6,190 metres", "It is the highest mountain in North America."),
            "name": (
                "a word of the Koyukon people that means the tall one",
                "For a century maps called it McKinley after a politician.",
            ),
            "food": (
                "[[grizzly bears]], [[moose]] and [[Dall sheep]]",
                "Wolves and caribou also roam through the valleys.",
            ),
        },
        (Question("is denali the highest mountain in north america", "size", "yes"),),
    ),
    Entity(
        "Mount Etna",
        "Mount Etna",
        {
            "place": ("the east of Sicily", "Catania lies at its foot and has been buried more than once."),
            "size": (
                "about 3,400 metres",
                "Its top grows and falls in with each great outburst, so no figure is right for long.",
            ),
            "name": ("a Greek word for burning", "The Arabs later called it simply the mountain."),
            "parts": (
                "four craters at the top",
                "- [[the Voragine]]",
                "- [[the Bocca Nuova]]",
                "- [[the northeast crater]]",
                "- [[the southeast crater]]",
                "a deep valley on the east side",
            ),
            "working": (
                "Mount Etna was formed by half a million years of lava that flowed out beneath the sea and then on land.",
                "Hot rock rises where the plate of Africa slides below that of Europe.",
                "It breaks out at the top and at hundreds of small cones on the sides.",
            ),
            "food": (
                "[[foxes]], [[porcupines]] and [[wild cats]]",
                "Ladybirds gather there in thousands, and nobody is sure why.",
            ),
        },
        query="mount etna",
    ),
    Entity(
        "Aconcagua",
        "Aconcagua",
        {
            "origin": ("14 January 1897", "The rest of the party had been forced back by headaches and storms."),
            "person": (
                "Matthias Zurbriggen",
                "The Swiss guide went up alone on the last day; his employer never reached the top.",
            ),
            "place": (
                "Argentina, near the border with Chile",
                "It belongs to the Andes and can be seen from the coast of the Pacific.",
            ),
            "size": ("6,961 metres", "That is higher than any peak outside Asia."),
            "numbers": (
                "Rise above its surroundings | [[6,961 m]]",
                "Length of the Polish Glacier route | several days",
                "Rank in the Andes | 1",
            ),
            "food": (
                "[[guanacos]], [[condors]] and [[foxes]]",
                "Above four thousand metres there are few of them left.",
            ),
        },
        (Question("is aconcagua in asia", "place", "no"),),
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
