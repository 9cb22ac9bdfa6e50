"""Dev content: rivers and mountains."""

from sample.topic import Block, Question, Topic

NILE = Topic(
    "Nile",
    (
        Block(
            "size",
            (
                "From its most distant source to the sea the Nile is about [[6,650 kilometres]] long.",
                "Only the Amazon comes close to this length, and geographers still argue over which river is longer.",
            ),
            heading="Length",
        ),
        Block(
            "place",
            (
                "The Nile is located in [[north-eastern Africa]], and its mouth lies on the coast of Egypt.",
                "From there its delta opens into the Mediterranean Sea.",
            ),
            heading="Location",
        ),
        Block(
            "parts",
            (
                "[[White Nile]], from the great lakes",
                "- Victoria Nile",
                "- Albert Nile",
                "[[Blue Nile]], from Ethiopia",
                "[[Atbara]], dry for half of the year",
            ),
            tag="Ul",
            heading="Branches",
        ),
        Block(
            "name",
            (
                "Our word for the river comes from the Greek name Neilos, which seems to mean [[river valley]].",
                "The ancient Egyptians named it differently and said Iteru, the great river.",
            ),
        ),
        Block(
            "use",
            (
                "For thousands of years its water has been used for [[irrigation]] and [[transport]].",
                "Farmers dug canals, and boats with sails carried stone and grain.",
            ),
            heading="Use",
        ),
        Block(
            "person",
            (
                "The lake from which the White Nile flows was discovered for Europe by [[John Hanning Speke]].",
                "The English explorer called it Victoria after his queen.",
            ),
            heading="Exploration",
        ),
        Block(
            "numbers",
            ("Countries in the basin | [[11]]", "Cataracts north of Khartoum | 6", "Capitals on its banks | 3"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "working",
            (
                "The yearly flood worked like a clock: summer rain fell on the highlands of Ethiopia, the river rose "
                "in Egypt, and when the water went down it left black mud in which grain grew without other manure.",
            ),
            heading="The flood",
        ),
    ),
    (
        Question("how many kilometres long is the nile", "size"),
        Question("who discovered the source of the white nile", "person"),
        Question("how did the flood of the nile work", "working", "long"),
        Question("how many countries are in the nile basin", "numbers"),
        Question("when was the first bridge built over the nile", "", "null"),
    ),
)

DANUBE = Topic(
    "Danube",
    (
        Block(
            "size",
            (
                "With a length of [[2,850 kilometres]] the Danube is the second longest river in Europe.",
                "The Volga is longer, but it flows through a single country.",
            ),
            heading="Length",
        ),
        Block(
            "place",
            (
                "The river rises in the [[Black Forest]] in Germany, where two brooks meet at Donaueschingen.",
                "It is found on the map again at the Black Sea, to which it runs from west to east.",
            ),
            heading="Course",
        ),
        Block(
            "parts",
            ("Upper Danube, to Vienna", "Middle Danube, to the Iron Gates", "Lower Danube, to the delta"),
            tag="Ol",
            heading="Sections",
        ),
        Block(
            "name",
            (
                "The Romans called the river Danubius, a name that goes back to an old word for [[flowing water]].",
                "Don and Dnieper are thought to be named from the same root.",
            ),
            heading="Name",
        ),
        Block(
            "numbers",
            ("Countries on its banks | [[10]]", "Capital cities on its banks | 4", "Arms of the delta | 3"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "neighbours",
            (
                "Four capitals stand on its banks: [[Vienna]], [[Bratislava]], [[Budapest]] and [[Belgrade]].",
                "No other river in the world flows through as many.",
            ),
            heading="Cities",
        ),
        Block(
            "use",
            (
                "Today the stream is used for [[shipping]], [[drinking water]] and [[electric power]].",
                "A canal links it with the Main, so that barges can cross the whole continent.",
            ),
        ),
    ),
    (
        Question("what is the length of the danube in kilometres", "size"),
        Question("which capitals does the danube flow through", "neighbours"),
        Question("which sections are parts of the danube", "parts", "long"),
        Question("who first sailed down the whole danube", "", "null"),
    ),
)

MISSISSIPPI = Topic(
    "Mississippi River",
    (
        Block(
            "size",
            (
                "Measured from Lake Itasca to the Gulf of Mexico, the Mississippi is some [[3,770 kilometres]] long.",
                "A drop of water needs about three months for this journey.",
            ),
            heading="Length",
        ),
        Block(
            "place",
            (
                "The source of the river is located in [[Minnesota]], in the north of the United States.",
                "It leaves a small lake there as a brook that one can cross on stepping stones.",
            ),
            heading="Source",
        ),
        Block(
            "name",
            (
                "In the language of the Ojibwe the name means [[great river]].",
                "French travellers wrote the words down as they heard them, and the spelling grew from there.",
            ),
            heading="Name",
        ),
        Block(
            "person",
            (
                "The first European who is known to have reached its banks was [[Hernando de Soto]] from Spain.",
                "He died beside the river and was buried in it.",
            ),
            heading="Explorers",
        ),
        Block(
            "parts",
            (
                "Missouri, from the Rocky Mountains",
                "Ohio, from the east",
                "- Tennessee",
                "- Wabash",
                "Arkansas, from the plains",
            ),
            tag="Ul",
            heading="Tributaries",
        ),
        Block(
            "use",
            (
                "Barges use the river for carrying [[grain]], [[coal]] and [[oil]].",
                "In earlier days it was used by steamboats with tall chimneys, as Mark Twain described them.",
            ),
            heading="Shipping",
        ),
        Block(
            "working",
            (
                "The delta is formed by mud: the current slows down where it meets the sea, the mud sinks, and the "
                "heap grows until the river breaks through its bank and looks for a shorter way to the coast.",
            ),
            heading="The delta",
        ),
        Block(
            "numbers",
            (
                "States on its banks | [[10]]",
                "Locks and dams above St. Louis | 29",
                "Width at the source in metres | 6",
            ),
            tag="Table",
            heading="Figures",
        ),
    ),
    (
        Question("what does the name mississippi mean", "name"),
        Question("where is the source of the mississippi river located", "place"),
        Question("how is the delta of the mississippi formed", "working", "long"),
        Question("is lake itasca the start of the mississippi", "size", "yes"),
        Question("when was the mississippi discovered by europeans", "", "null"),
    ),
)

FUJI = Topic(
    "Mount Fuji",
    (
        Block(
            "size",
            (
                "Mount Fuji is [[3,776 metres]] high, which makes it the highest mountain in Japan.",
                "On a clear day its white top is seen from Tokyo.",
            ),
            heading="Height",
        ),
        Block(
            "place",
            (
                "The mountain is located on the island of [[Honshu]], not far from the Pacific coast.",
                "Tokyo lies about a hundred kilometres to the north-east.",
            ),
            heading="Location",
        ),
        Block(
            "origin",
            (
                "The last eruption began in December [[1707]] and covered the streets of Edo with ash.",
                "Since then the volcano has been quiet.",
            ),
            heading="History",
        ),
        Block(
            "name",
            (
                "Nobody is sure what the name means, though one old story explains it as [[immortal]].",
                "It tells of a drug of eternal life that was burnt at the top.",
            ),
            heading="Name",
        ),
        Block(
            "person",
            (
                "The most famous pictures of the mountain were drawn by [[Hokusai]].",
                "The artist was about seventy when his prints of the Great Wave and of Red Fuji came out.",
            ),
            heading="In art",
        ),
        Block(
            "numbers",
            ("Lakes at its foot | [[5]]", "Stations on each trail | 10", "Climbing trails | 4"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "parts",
            (
                "Geologists say that it is made of [[four volcanoes]], piled one upon another.",
                "The youngest part hides almost all of the older ones.",
            ),
        ),
        Block(
            "working",
            (
                "Most climbers walk up by night: they leave the fifth station in the evening, rest for some hours in "
                "a hut, and reach the rim of the crater in time to watch the sun rise over the clouds.",
            ),
            heading="Climbing",
        ),
    ),
    (
        Question("how many metres high is mount fuji", "size"),
        Question("when did mount fuji last erupt", "origin"),
        Question("on which island is mount fuji located", "place"),
        Question("how many lakes are at the foot of mount fuji", "numbers"),
        Question("what do scientists use mount fuji for", "", "null"),
    ),
)

KILIMANJARO = Topic(
    "Kilimanjaro",
    (
        Block(
            "size",
            (
                "At [[5,895 metres]] Kilimanjaro is higher than any other mountain in Africa.",
                "It stands alone, and so its whole height can be seen from the plain.",
            ),
            heading="Height",
        ),
        Block(
            "place",
            (
                "The mountain lies in the north of [[Tanzania]], close to the border of Kenya.",
                "Moshi is the town from which most visitors set out.",
            ),
            heading="Location",
        ),
        Block(
            "person",
            (
                "The summit was first reached by [[Hans Meyer]] and [[Ludwig Purtscheller]].",
                "The German geographer had failed twice before he took the Austrian climber with him.",
            ),
            heading="First ascent",
        ),
        Block(
            "origin",
            (
                "People first stood on the highest point in October [[1889]].",
                "Reports of snow so near to the equator had been laughed at in Europe some forty years earlier.",
            ),
        ),
        Block(
            "parts",
            ("[[Kibo]], the highest cone", "[[Mawenzi]], a jagged tower of rock", "[[Shira]], worn down to a plateau"),
            tag="Ul",
            heading="The three cones",
        ),
        Block(
            "working",
            (
                "The weather changes with every step: a climber goes through rain forest, heath and moor, then over "
                "a desert of stones, and at last walks on ice, as if travelling from the equator to the pole.",
            ),
            heading="Climate",
        ),
        Block(
            "numbers",
            ("Volcanic cones | 3", "Routes to the top | [[7]]", "Usual days for the ascent | 6"),
            tag="Table",
            heading="Figures",
        ),
    ),
    (
        Question("what is the height of kilimanjaro in metres", "size"),
        Question("who was first to climb kilimanjaro", "person"),
        Question("which cones are the parts of kilimanjaro", "parts"),
        Question("is kilimanjaro located in kenya", "place", "no"),
        Question("what does kilimanjaro mean", "", "null"),
    ),
)

TOPICS = (NILE, DANUBE, MISSISSIPPI, FUJI, KILIMANJARO)
