"""Dev content: elements and materials."""

from sample.topic import Block, Question, Topic

GOLD = Topic(
    "Gold",
    (
        Block(
            "use",
            (
                "Most gold is used for [[jewellery]], [[coins]] and [[electronics]].",
                "A thin film of it on a helmet also keeps the glare of the sun from the eyes of astronauts.",
            ),
            heading="Uses",
        ),
        Block(
            "place",
            (
                "The metal is found as grains in [[river sand]] and as veins in [[quartz]].",
                "South Africa has some of the deepest mines on Earth, dug to reach such rock.",
            ),
            heading="Occurrence",
        ),
        Block(
            "size",
            (
                "A cube of gold with edges of one centimetre weighs [[19.3 grams]].",
                "It is so heavy that a milk bottle full of it would weigh as much as a child of five.",
            ),
            heading="Weight",
        ),
        Block(
            "name",
            (
                "The symbol Au comes from the Latin name aurum, which is said to mean [[shining dawn]].",
                "The English word is related to yellow.",
            ),
            heading="Name and symbol",
        ),
        Block(
            "numbers",
            ("Symbol | Au", "Atomic number | [[79]]", "It melts at | 1,064 °C"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "working",
            (
                "Panning works because the metal is heavy: water is swirled in a flat dish, light sand is washed over "
                "the edge, and after many rounds a few bright grains are left at the bottom.",
            ),
            heading="Panning",
        ),
        Block(
            "origin",
            (
                "The best known rush for gold began in California in [[1848]], when flakes were found at a saw mill.",
                "Within two years ships were leaving for San Francisco from every ocean.",
            ),
        ),
    ),
    (
        Question("what do people mostly use gold for", "use"),
        Question("how does panning for gold work", "working", "long"),
        Question("in which places can one find gold", "place"),
        Question("what is the atomic number of gold", "numbers"),
        Question("who was the first person to discover gold", "", "null"),
    ),
)

HELIUM = Topic(
    "Helium",
    (
        Block(
            "origin",
            (
                "Astronomers discovered the gas in [[1868]], when they saw a strange yellow line in the light of the sun.",
                "On Earth it was not found until 27 years later.",
            ),
            heading="Discovery",
        ),
        Block(
            "person",
            (
                "[[Jules Janssen]] and [[Norman Lockyer]] share the honour of having discovered the line.",
                "One observed an eclipse in India, the other worked at home in England.",
            ),
            heading="Discoverers",
        ),
        Block(
            "name",
            (
                "Helium is named after [[helios, the Greek word for the sun]].",
                "The ending of the name was chosen for metals, for nobody knew yet that it was a gas.",
            ),
            heading="Name",
        ),
        Block(
            "use",
            (
                "It is used for [[balloons]], [[cooling magnets]] and [[diving gas]].",
                "Hospitals need it in liquid form, because the scanners that look into the body must be kept very cold.",
            ),
            heading="Uses",
        ),
        Block(
            "numbers",
            ("Symbol | He", "Atomic number | [[2]]", "It boils at | -269 °C"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "place",
            (
                "Almost all helium that is sold is found in [[natural gas]] deep in the ground.",
                "Qatar, Algeria and the United States have rich fields.",
            ),
        ),
        Block(
            "working",
            (
                "A balloon rises because helium is lighter than air: the air that it pushes aside weighs more than gas "
                "and skin together, and the difference pulls the balloon upwards until the air grows too thin.",
            ),
            heading="Why it lifts",
        ),
    ),
    (
        Question("when did astronomers discover helium", "origin"),
        Question("after what is helium named", "name"),
        Question("what are common uses for helium", "use"),
        Question("is helium lighter than air", "working", "yes"),
        Question("how much does a litre of helium weigh", "", "null"),
    ),
)

IRON = Topic(
    "Iron",
    (
        Block(
            "use",
            (
                "Nine tenths of all refined metal is iron, and it is used for [[bridges]], [[ships]] and [[tools]].",
                "Nearly always it is first turned into steel.",
            ),
            heading="Uses",
        ),
        Block(
            "size",
            (
                "One cubic centimetre of iron weighs [[7.9 grams]].",
                "It is almost three times as heavy as aluminium, but lighter than lead.",
            ),
            heading="Weight",
        ),
        Block(
            "parts",
            ("[[Magnetite]]", "[[Hematite]]", "- red ochre", "- kidney ore", "[[Siderite]]"),
            tag="Ul",
            heading="Ores",
        ),
        Block(
            "working",
            (
                "The metal is produced in a tall furnace: ore, coke and limestone go in at the top, hot air is blown in "
                "below, and every few hours glowing iron runs out at the foot.",
            ),
            heading="Production",
        ),
        Block(
            "numbers",
            ("Symbol | Fe", "Atomic number | [[26]]", "It melts at | 1,538 °C"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "food",
            (
                "Good food for people who lack iron is [[meat]], [[beans]] and [[spinach]].",
                "The body needs the metal for its red blood.",
            ),
            heading="In food",
        ),
        Block(
            "place",
            (
                "Most of the iron of our planet is found in [[the core of the Earth]].",
                "What miners dig in Australia and Brazil comes from the thin crust above it.",
            ),
        ),
    ),
    (
        Question("how do furnaces produce iron", "working", "long"),
        Question("what is the weight of a cubic centimetre of iron", "size"),
        Question("which foods have iron", "food"),
        Question("who was the discoverer of iron ore", "", "null"),
        Question("what year did people first melt iron", "", "null"),
    ),
)

GLASS = Topic(
    "Glass",
    (
        Block(
            "parts",
            (
                "Ordinary glass is made of [[sand]], [[soda]] and [[lime]].",
                "Old bottles are thrown into the mixture as well, because they help it to melt.",
            ),
            heading="Ingredients",
        ),
        Block(
            "origin",
            (
                "The art of blowing glass began in about [[50 BC]], at the eastern end of the Mediterranean.",
                "Beads and small vases had been made by slower means for many centuries.",
            ),
            heading="History",
        ),
        Block(
            "use",
            (
                "It is used for [[windows]], [[bottles]] and [[lenses]].",
                "Drawn out into threads thinner than a hair, it carries telephone calls under the sea.",
            ),
            heading="Uses",
        ),
        Block(
            "person",
            (
                "The way to float window panes on melted tin was invented by [[Alastair Pilkington]].",
                "His family name was that of the firm, but he was no relative of its owners.",
            ),
            heading="The inventor of float glass",
        ),
        Block(
            "place",
            (
                "Since the Middle Ages the best known workshops have been located on [[Murano]], an island near Venice.",
                "The furnaces were moved there so that they should not set fire to the town.",
            ),
        ),
        Block(
            "working",
            (
                "A bottle is formed in two steps: a hot drop falls into a mould and is blown into a thick small shape, "
                "then a second mould takes it over and air gives it its final size.",
            ),
            heading="How bottles are made",
        ),
        Block(
            "numbers",
            ("Share of sand in per cent | [[72]]", "Share of soda in per cent | 14", "Share of lime in per cent | 10"),
            tag="Table",
            heading="A common mixture",
        ),
    ),
    (
        Question("which things is glass made of", "parts"),
        Question("who invented float glass", "person"),
        Question("where is the island of the venetian glass makers", "place"),
        Question("what does the word glass come from", "", "null"),
    ),
)

BAMBOO = Topic(
    "Bamboo",
    (
        Block(
            "size",
            (
                "The largest kinds of bamboo grow to a height of [[30 metres]].",
                "Their stems are then as thick as a man's leg, while dwarf kinds remain lower than a hand.",
            ),
            heading="Height",
        ),
        Block(
            "place",
            (
                "Wild bamboo is found in [[Asia]], [[Africa]] and [[the Americas]], mostly in warm and wet places.",
                "Europe has none, except in gardens.",
            ),
            heading="Where it grows",
        ),
        Block(
            "use",
            (
                "The stems are used for [[scaffolds]], [[paper]] and [[furniture]].",
                "Builders in Hong Kong trust them even on towers of many floors.",
            ),
            heading="Uses",
        ),
        Block(
            "food",
            (
                "The animal that eats hardly anything else is the [[giant panda]].",
                "People eat the young shoots, boiled, as a vegetable.",
            ),
            heading="As food",
        ),
        Block(
            "working",
            (
                "It is a grass, and it grows like one: the whole stem lies folded in the bud, and water pressed into the "
                "joints pushes them apart, so that it can rise by almost a metre in one day.",
            ),
            heading="Growth",
        ),
        Block(
            "numbers",
            ("Known species | [[1,400]]", "Years until some kinds bloom | 120", "Days to full height | 60"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "parts",
            ("Roots and underground stem", "Hollow stem", "- joints", "- walls between them", "Leaves"),
            tag="Ul",
            heading="Parts of the plant",
        ),
    ),
    (
        Question("how high can bamboo grow", "size"),
        Question("how many species of bamboo are there", "numbers"),
        Question("is bamboo a grass", "working", "yes"),
        Question("which animal eats bamboo", "food"),
        Question("when was bamboo brought to europe", "", "null"),
    ),
)

TOPICS = (GOLD, HELIUM, IRON, GLASS, BAMBOO)
