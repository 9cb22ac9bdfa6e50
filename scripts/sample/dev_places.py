"""Dev content: buildings, a city and a language."""

from sample.topic import Block, Question, Topic

EIFFEL_TOWER = Topic(
    "Eiffel Tower",
    (
        Block(
            "origin",
            (
                "The tower was built for the World's Fair and opened in [[1889]], after two years of work.",
                "It should have been taken down again twenty years later.",
            ),
            heading="History",
        ),
        Block(
            "person",
            (
                "Its shape was designed by [[Maurice Koechlin]] and [[Émile Nouguier]].",
                "Both were engineers in the firm of Gustave Eiffel, who bought the patent from them.",
            ),
            heading="Designers",
        ),
        Block(
            "place",
            (
                "The Eiffel Tower is located in [[Paris]], at the end of a long lawn beside the Seine.",
                "A bridge leads over to the Trocadéro.",
            ),
            heading="Location",
        ),
        Block(
            "size",
            (
                "With its aerials it is [[330 metres]] high, and it was the tallest building of the world for 41 years.",
                "On hot days the iron swells and adds some centimetres.",
            ),
            heading="Height",
        ),
        Block(
            "parts",
            (
                "The frame is made of [[wrought iron]], in 18,000 pieces.",
                "Two and a half million rivets hold them together.",
            ),
            heading="Material",
        ),
        Block(
            "numbers",
            ("Floors for visitors | [[3]]", "Steps to the top | 1,665", "Years between coats of paint | 7"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "use",
            (
                "What saved it was radio: it was used for [[sending messages]] to ships and armies.",
                "Today its aerials are used for television.",
            ),
            heading="Use",
        ),
        Block(
            "working",
            (
                "The old lifts work with water: pumps press it into a large cylinder, the piston pulls cables over a "
                "set of wheels, and the cabin climbs the curved leg at a slant.",
            ),
        ),
    ),
    (
        Question("who designed the shape of the eiffel tower", "person"),
        Question("in what year was the eiffel tower built", "origin"),
        Question("what is the height of the eiffel tower", "size"),
        Question("how many floors are in the eiffel tower", "numbers"),
        Question("what do parisians call the eiffel tower by name", "", "null"),
    ),
)

BROOKLYN_BRIDGE = Topic(
    "Brooklyn Bridge",
    (
        Block(
            "origin",
            (
                "The bridge was opened on 24 May [[1883]], and it had been built for more than thirteen years.",
                "On the first day 150,000 people walked across.",
            ),
            heading="History",
        ),
        Block(
            "person",
            (
                "It was designed by [[John Augustus Roebling]], who died before the work had begun.",
                "His son led the building, and, when he fell ill, the son's wife Emily took his orders to the site.",
            ),
            heading="Engineers",
        ),
        Block(
            "place",
            (
                "The bridge is located in [[New York City]], where it joins Manhattan to Brooklyn.",
                "The East River, which it crosses, is an arm of the sea.",
            ),
            heading="Location",
        ),
        Block(
            "size",
            (
                "Its main span is [[486 metres]] long, half as long again as any before it.",
                "Ships with tall masts could pass below.",
            ),
            heading="Length",
        ),
        Block(
            "parts",
            ("Two towers of granite and limestone", "Four main cables", "- 5,434 wires in each", "Deck", "Footpath"),
            tag="Ul",
            heading="Structure",
        ),
        Block(
            "working",
            (
                "Men dug the foundations under water: they worked in a wooden box without a floor, pressed air kept the "
                "river out, and the tower that was piled on top pushed the box down.",
            ),
            heading="Building",
        ),
        Block(
            "numbers",
            ("Main cables | [[4]]", "Towers | 2", "Height of the towers in metres | 84"),
            tag="Table",
            heading="Figures",
        ),
    ),
    (
        Question("how long is the span of the brooklyn bridge", "size"),
        Question("where can you find the brooklyn bridge", "place"),
        Question("which engineer designed the brooklyn bridge", "person"),
        Question("how many main cables are on the brooklyn bridge", "numbers"),
        Question("what is the brooklyn bridge named after", "", "null"),
    ),
)

SYDNEY_OPERA_HOUSE = Topic(
    "Sydney Opera House",
    (
        Block(
            "person",
            (
                "The building was designed by [[Jørn Utzon]], a Danish architect who was hardly known at the time.",
                "He left after a quarrel and never saw the finished house.",
            ),
            heading="Architect",
        ),
        Block(
            "origin",
            (
                "It was opened by the Queen in [[1973]], ten years later than had been planned.",
                "Work on the site had begun in the year 1959.",
            ),
            heading="History",
        ),
        Block(
            "place",
            (
                "The house is located on [[Bennelong Point]], with the harbour on three sides.",
                "Trams had been kept there before.",
            ),
            heading="Site",
        ),
        Block(
            "parts",
            (
                "The shells of the roof are made of [[concrete]], covered with white and cream [[tiles]].",
                "All of them could be cut from one and the same ball.",
            ),
            heading="Roof",
        ),
        Block(
            "use",
            (
                "Its halls are used for [[operas]], [[concerts]] and [[plays]].",
                "At night the roof is used as a screen for pictures of light.",
            ),
            heading="Use",
        ),
        Block(
            "size",
            (
                "The house is [[183 metres]] long and 67 metres high.",
                "Under it, piles reach 25 metres below the level of the sea.",
            ),
            heading="Size",
        ),
        Block(
            "numbers",
            ("Roof tiles | [[1,056,006]]", "Years of building | 14", "Depth of the piles in metres | 25"),
            tag="Table",
            heading="Figures",
        ),
    ),
    (
        Question("which architect designed the sydney opera house", "person"),
        Question("in which year did the sydney opera house open", "origin"),
        Question("what is the roof of the sydney opera house made of", "parts"),
        Question("what is the length of the sydney opera house", "size"),
        Question("how does the organ of the sydney opera house work", "", "null"),
    ),
)

CANBERRA = Topic(
    "Canberra",
    (
        Block(
            "origin",
            (
                "The city was founded in [[1913]], on land where sheep had grazed.",
                "Parliament moved into its first house there fourteen years later.",
            ),
            heading="History",
        ),
        Block(
            "person",
            (
                "Its streets were designed by [[Walter Burley Griffin]] and [[Marion Mahony Griffin]].",
                "The two architects from Chicago had won a contest against 136 others.",
            ),
            heading="Planning",
        ),
        Block(
            "place",
            (
                "Canberra is located inland, between [[Sydney]] and [[Melbourne]].",
                "Each of those two had wanted to be the capital, and the site was a compromise.",
            ),
            heading="Location",
        ),
        Block(
            "name",
            (
                "The name is thought to mean [[meeting place]] in a local language.",
                "Other proposals were Shakespeare and Kangaremu.",
            ),
            heading="Name",
        ),
        Block(
            "use",
            (
                "As the capital of Australia it serves as the seat of [[parliament]] and of the [[high court]].",
                "Embassies of many countries stand in the suburbs close by.",
            ),
            heading="Capital",
        ),
        Block(
            "neighbours",
            ("Inland: Yass", "East: Queanbeyan, just across the border", "Coast: Batemans Bay"),
            tag="Ul",
            heading="Neighbouring towns",
        ),
        Block(
            "numbers",
            (
                "Height above the sea in metres | [[580]]",
                "Length of the lake in kilometres | 11",
                "Dams at the lake | 1",
            ),
            tag="Table",
            heading="Figures",
        ),
    ),
    (
        Question("in which year was canberra founded", "origin"),
        Question("who designed the streets of canberra", "person"),
        Question("what might the name of canberra mean", "name"),
        Question("is canberra the capital of australia", "use", "yes"),
        Question("what is the area of canberra in square kilometres", "", "null"),
    ),
)

FINNISH = Topic(
    "Finnish language",
    (
        Block(
            "place",
            (
                "The language is spoken in [[Finland]] and by some people in [[Sweden]].",
                "There are speakers in Norway and in Russian Karelia as well.",
            ),
            heading="Where it is spoken",
        ),
        Block(
            "person",
            (
                "The first books in Finnish were written by [[Mikael Agricola]], a bishop of Turku.",
                "He had studied in Wittenberg under Luther and became the founder of the written language.",
            ),
            heading="The written language",
        ),
        Block(
            "origin",
            (
                "The first printed book in the language, an ABC for children, came out in [[1543]].",
                "Before that year hardly a sentence had been put on paper.",
            ),
            heading="History",
        ),
        Block(
            "neighbours",
            (
                "Its closest relatives are [[Estonian]] and [[Karelian]].",
                "Hungarian belongs to the same family, but the two languages parted thousands of years ago.",
            ),
            heading="Related languages",
        ),
        Block(
            "numbers",
            ("Cases of a noun | [[15]]", "Vowels | 8", "Genders | 0", "Letters in the alphabet | 29"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "working",
            (
                "Words are formed by endings: one is added to the stem for the case, another for the owner and a third "
                "for a question, until a single long word says what English needs a sentence for.",
            ),
            heading="How words are formed",
        ),
        Block(
            "name",
            (
                "Speakers call it suomi, a name whose meaning is [[not known]].",
                "One guess derives it from a word for land, another from a word for swamp.",
            ),
        ),
    ),
    (
        Question("in which countries is the finnish language spoken", "place"),
        Question("who wrote the first books in finnish", "person"),
        Question("how many cases are there in finnish", "numbers"),
        Question("how are words formed in finnish", "working", "long"),
        Question("how long is the longest word in finnish", "", "null"),
    ),
)

TOPICS = (EIFFEL_TOWER, BROOKLYN_BRIDGE, SYDNEY_OPERA_HOUSE, CANBERRA, FINNISH)
