"""Dev content: a spice, a drink, a drug and an instrument of sailors."""

from sample.topic import Block, Question, Topic

SAFFRON = Topic(
    "Saffron",
    (
        Block(
            "parts",
            (
                "The spice is made of [[the stigmas]] of a purple crocus, three red threads from each flower.",
                "All other parts of the plant are thrown away.",
            ),
            heading="The plant",
        ),
        Block(
            "place",
            (
                "Most saffron comes from [[Iran]], and smaller fields are found in Spain, Greece and Kashmir.",
                "The plant likes dry summers and cold winters.",
            ),
            heading="Where it grows",
        ),
        Block(
            "use",
            (
                "Cooks use it for [[rice]], [[fish soup]] and [[cakes]].",
                "In the past it was used as a dye, and the robes of some monks still have its colour.",
            ),
            heading="Uses",
        ),
        Block(
            "name",
            (
                "By way of Arabic the name goes back to a Persian word that may have meant [[gold thread]].",
                "Spanish azafrán has kept the Arabic article.",
            ),
            heading="Name",
        ),
        Block(
            "numbers",
            ("Flowers for one gram | [[150]]", "Threads in a flower | 3", "Weeks of harvest | 3"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "working",
            (
                "It is harvested by hand at dawn, while the flowers are shut; at home the families pull out the threads "
                "and dry them over a low fire the same day.",
            ),
            heading="Harvest",
        ),
        Block(
            "size",
            (
                "The crocus is small: it grows to a height of [[20 centimetres]].",
                "Its bulb is as large as a walnut.",
            ),
        ),
    ),
    (
        Question("what part of the flower is saffron made of", "parts"),
        Question("from where does saffron come", "place"),
        Question("how many flowers make one gram of saffron", "numbers"),
        Question("how do farmers harvest saffron", "working", "long"),
        Question("who first planted saffron", "", "null"),
    ),
)

COFFEE = Topic(
    "Coffee",
    (
        Block(
            "place",
            (
                "The finer of the two common kinds is native to the highlands of [[Ethiopia]].",
                "It is now found on farms all round the equator.",
            ),
            heading="The plant",
        ),
        Block(
            "name",
            (
                "The name comes from [[qahwa]], an Arabic word that once meant a kind of wine.",
                "Turks and Italians handed it on to the rest of Europe.",
            ),
            heading="Name",
        ),
        Block(
            "person",
            (
                "The paper filter was invented by [[Melitta Bentz]], a housewife in Dresden.",
                "For her first trials she took blotting paper from the school book of her son.",
            ),
            heading="The filter",
        ),
        Block(
            "numbers",
            ("Seeds in a cherry | [[2]]", "Grams for one cup | 10", "Best heat of the water | 93 °C"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "working",
            (
                "Decaf is produced from green beans: they are soaked in warm water or treated with pressed gas, which "
                "takes the caffeine away, and only then are they dried and roasted.",
            ),
            heading="Without caffeine",
        ),
        Block(
            "parts",
            ("Skin", "Pulp", "Husk", "- parchment", "- silver skin", "Two beans"),
            tag="Ol",
            heading="The cherry, from outside to inside",
        ),
        Block(
            "use",
            (
                "What remains in the filter can be used for [[feeding plants]] and [[growing mushrooms]].",
                "Some cooks use it for rubbing meat.",
            ),
        ),
        Block(
            "size",
            (
                "Left alone, a bush grows [[ten metres]] high.",
                "Farmers cut it to the height of a person.",
            ),
            heading="Height",
        ),
    ),
    (
        Question("where is the coffee plant native to", "place"),
        Question("who invented the coffee filter", "person"),
        Question("how high does a coffee bush grow", "size"),
        Question("what parts does a coffee cherry have", "parts", "long"),
        Question("in what year was coffee discovered", "", "null"),
    ),
)

PENICILLIN = Topic(
    "Penicillin",
    (
        Block(
            "origin",
            (
                "It was discovered in September [[1928]], when a dish had been left open during the holidays.",
                "Twelve more years passed before it was tried on mice.",
            ),
            heading="Discovery",
        ),
        Block(
            "person",
            (
                "The discovery was made by [[Alexander Fleming]], a Scottish doctor.",
                "Howard Florey and Ernst Chain turned the find into a drug and shared the Nobel Prize with him.",
            ),
            heading="Discoverer",
        ),
        Block(
            "name",
            (
                "The drug is named after [[Penicillium]], the mould from which it comes.",
                "That in turn means little brush, as its spores stand on stalks like bristles.",
            ),
            heading="Name",
        ),
        Block(
            "use",
            (
                "Doctors use it for [[sore throats]], [[pneumonia]] and [[infected wounds]].",
                "Against a cold, which is caused by a virus, it is of no use.",
            ),
            heading="Uses",
        ),
        Block(
            "place",
            (
                "The dish stood in [[St Mary's Hospital]], which is located in London.",
                "The small room can be visited and looks as it did then.",
            ),
            heading="The place of the discovery",
        ),
        Block(
            "working",
            (
                "It works on the wall of bacteria: they cannot finish new wall while they grow, water presses in, and "
                "they burst; our own cells have no such wall and are left alone.",
            ),
            heading="How it works",
        ),
        Block(
            "parts",
            ("Carbon, sixteen atoms", "Hydrogen, eighteen atoms", "Oxygen", "Nitrogen", "Sulphur, one atom"),
            tag="Ul",
            heading="Atoms in penicillin G",
        ),
    ),
    (
        Question("in what year was penicillin discovered", "origin"),
        Question("which doctor discovered penicillin", "person"),
        Question("what mould is penicillin named after", "name"),
        Question("how does penicillin work against bacteria", "working", "long"),
        Question("is penicillin used for a cold", "use", "no"),
        Question("how many grams does a penicillin tablet weigh", "", "null"),
    ),
)

COMPASS = Topic(
    "Compass",
    (
        Block(
            "place",
            (
                "The magnetic needle comes from [[China]], where a spoon of lodestone was turned on a plate.",
                "The earliest reports from Europe are found in an English book.",
            ),
            heading="Where it comes from",
        ),
        Block(
            "origin",
            (
                "Chinese sailors first wrote of a compass on board in about the year [[1117]].",
                "It had served for laying out houses and graves before.",
            ),
            heading="History",
        ),
        Block(
            "use",
            (
                "It is used for [[finding north]], at sea, on foot and in the air.",
                "Miners use it below ground as well.",
            ),
            heading="Uses",
        ),
        Block(
            "parts",
            ("[[Needle]]", "[[Card]] with the points", "[[Housing]]", "- glass", "- liquid that calms the needle"),
            tag="Ul",
            heading="Parts",
        ),
        Block(
            "working",
            (
                "The needle works as a small magnet: the Earth is a great one, unlike poles attract each other, and so "
                "the light needle turns on its pin until it lies along the lines of the field.",
            ),
            heading="How it works",
        ),
        Block(
            "person",
            (
                "The gyrocompass, which needs no magnet, was invented by [[Hermann Anschütz-Kaempfe]].",
                "He hoped to reach the North Pole under the ice.",
            ),
            heading="The gyrocompass",
        ),
        Block(
            "numbers",
            ("Points | [[32]]", "Degrees | 360", "Main directions | 4"),
            tag="Table",
            heading="Figures",
        ),
    ),
    (
        Question("how does a compass needle work", "working", "long"),
        Question("how many points are on a compass", "numbers"),
        Question("who invented the compass without a magnet", "person"),
        Question("what are the parts of a simple compass", "parts"),
        Question("how large was the first compass", "", "null"),
    ),
)

TOPICS = (SAFFRON, COFFEE, PENICILLIN, COMPASS)
