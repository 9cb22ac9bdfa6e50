"""Dev content: instruments and inventions."""

from sample.topic import Block, Question, Topic

VIOLIN = Topic(
    "Violin",
    (
        Block(
            "person",
            (
                "The oldest violins that survive were made by [[Andrea Amati]], who taught his sons the trade.",
                "Antonio Stradivari lived in the same town a century later.",
            ),
            heading="Makers",
        ),
        Block(
            "place",
            (
                "The home of the great makers was [[Cremona]], a town in the north of Italy.",
                "Its museum is located in an old palace, and some of the best pieces can be seen there.",
            ),
            heading="Where it comes from",
        ),
        Block(
            "parts",
            ("Body", "- belly of [[spruce]]", "- back of [[maple]]", "Neck and scroll", "Strings", "Bridge"),
            tag="Ul",
            heading="Parts",
        ),
        Block(
            "numbers",
            ("Strings | [[4]]", "Pieces of wood | 70", "Distance between strings | a fifth"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "working",
            (
                "The sound is produced by the bow: its hair sticks to the string, pulls it aside and lets it slip, "
                "hundreds of times a second; the bridge passes the motion on, and the body makes it loud.",
            ),
            heading="Sound",
        ),
        Block(
            "size",
            (
                "The body of a full violin is [[36 centimetres]] long.",
                "For children there are smaller sizes, down to one sixteenth.",
            ),
            heading="Length",
        ),
        Block(
            "origin",
            (
                "The first violins were made in about [[1530]], when older fiddles were given a new shape.",
                "Painters showed them soon afterwards in the hands of angels.",
            ),
        ),
    ),
    (
        Question("how many strings are on a violin", "numbers"),
        Question("which woods are the parts of a violin made of", "parts"),
        Question("how is the sound of a violin produced", "working", "long"),
        Question("in which year were the first violins made", "origin"),
        Question("what does the name violin mean", "", "null"),
    ),
)

SAXOPHONE = Topic(
    "Saxophone",
    (
        Block(
            "person",
            (
                "It was invented by [[Adolphe Sax]], who came from Belgium and worked in Paris.",
                "Rival makers fought him in court for years.",
            ),
            heading="The inventor",
        ),
        Block(
            "origin",
            (
                "The inventor was granted his patent in [[1846]], for a family of instruments in two sets.",
                "Only the one for military bands was a success at first.",
            ),
            heading="History",
        ),
        Block(
            "parts",
            (
                "The body is made of [[brass]], and yet it counts as a woodwind instrument.",
                "The reason is the reed of cane that is tied to the mouthpiece.",
            ),
            heading="Material",
        ),
        Block(
            "use",
            (
                "Today it is used above all in [[jazz]] and in [[military bands]].",
                "Ravel and Bizet gave it solos in the concert hall.",
            ),
            heading="Music",
        ),
        Block(
            "working",
            (
                "The tone is formed by a reed that opens and shuts while the player blows; pads close the holes in "
                "the tube, and the longer the closed tube, the deeper the note that sounds.",
            ),
            heading="Sound",
        ),
        Block(
            "numbers",
            ("Keys on an alto | [[23]]", "Reeds in the mouthpiece | 1", "Range in octaves | 2.5"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "size",
            (
                "An alto weighs around [[2.5 kilograms]], and a strap about the neck takes the load.",
                "The bass is heavier by far.",
            ),
            heading="Weight",
        ),
    ),
    (
        Question("who was the inventor of the saxophone", "person"),
        Question("is a saxophone made of brass", "parts", "yes"),
        Question("which kinds of music is the saxophone used in", "use"),
        Question("when did the saxophone get its patent", "origin"),
        Question("where is the saxophone museum located", "", "null"),
    ),
)

TELESCOPE = Topic(
    "Telescope",
    (
        Block(
            "origin",
            (
                "The first telescope that we know of was shown in [[1608]], in The Hague.",
                "Within a year such tubes were on sale in Paris and London.",
            ),
            heading="History",
        ),
        Block(
            "person",
            (
                "A maker of spectacles, [[Hans Lipperhey]], is most often named as the one who invented it.",
                "Two of his countrymen claimed the idea too, and so he got no patent.",
            ),
            heading="Inventor",
        ),
        Block(
            "parts",
            ("Objective, a [[lens or mirror]]", "Tube", "Eyepiece", "Mount", "- axis", "- motor"),
            tag="Ul",
            heading="Parts",
        ),
        Block(
            "working",
            (
                "It works by gathering light: a lens or mirror that is far wider than the eye brings the rays to a "
                "point, and the eyepiece spreads the small image out like a magnifying glass.",
            ),
            heading="How it works",
        ),
        Block(
            "place",
            (
                "Large ones are located on [[dry mountains]], above most clouds and far from the lamps of cities.",
                "Chile, Hawaii and the Canary Islands have many of them.",
            ),
            heading="Sites",
        ),
        Block(
            "name",
            (
                "The name comes from two Greek words that mean [[far]] and [[to see]].",
                "A guest proposed it at a dinner given for Galileo in Rome.",
            ),
        ),
        Block(
            "numbers",
            ("Main types | [[2]]", "Size of the Hubble mirror in metres | 2.4", "Moons of Jupiter it showed first | 4"),
            tag="Table",
            heading="Figures",
        ),
    ),
    (
        Question("how do telescopes work", "working", "long"),
        Question("who is named as the inventor of the telescope", "person"),
        Question("where are large telescopes located", "place"),
        Question("what is the telescope used for in war", "", "null"),
    ),
)

BICYCLE = Topic(
    "Bicycle",
    (
        Block(
            "origin",
            (
                "The ancestor of the bicycle, a running machine of wood, was built in [[1817]].",
                "Its rider sat astride and pushed with both feet against the road.",
            ),
            heading="History",
        ),
        Block(
            "person",
            (
                "That machine was invented by [[Karl von Drais]], a forester in Baden.",
                "Pedals were added by others when he was already dead.",
            ),
            heading="Inventor",
        ),
        Block(
            "parts",
            ("Frame and fork", "Two wheels", "- hub", "- spokes", "- tyre", "Pedals and chain", "Brakes"),
            tag="Ul",
            heading="Parts",
        ),
        Block(
            "use",
            (
                "Bicycles are used for [[travel]], [[sport]] and [[carrying goods]].",
                "The Netherlands have more of them than inhabitants.",
            ),
            heading="Uses",
        ),
        Block(
            "working",
            (
                "A rider stays upright by steering: when the machine begins to lean, the front wheel turns to the same "
                "side, the wheels roll back under the weight, and the fall is over before it has begun.",
            ),
            heading="Balance",
        ),
        Block(
            "size",
            (
                "A racing machine weighs at least [[6.8 kilograms]], the limit in the rules.",
                "One for daily errands is twice as heavy.",
            ),
            heading="Weight",
        ),
        Block(
            "numbers",
            ("Wheels | [[2]]", "Spokes in a common wheel | 32", "Links in a chain | 114"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "name",
            (
                "The name is put together from a Latin word for [[two]] and a Greek word for [[wheel]].",
                "It was first heard in France.",
            ),
        ),
    ),
    (
        Question("which parts make up a bicycle", "parts", "long"),
        Question("what is the weight of a racing bicycle", "size"),
        Question("in what year was the ancestor of the bicycle built", "origin"),
        Question("who invented the running machine before the bicycle", "person"),
        Question("where is the largest bicycle factory located", "", "null"),
    ),
)

ZIP = Topic(
    "Zip fastener",
    (
        Block(
            "person",
            (
                "The zip as we know it was designed by [[Gideon Sundback]], an engineer from Sweden.",
                "Whitcomb Judson, who came before him, had invented a clasp for shoes that opened by itself.",
            ),
            heading="Inventors",
        ),
        Block(
            "origin",
            (
                "The modern form was finished in [[1913]] and given a patent four years after that.",
                "Tailors ignored it until the nineteen-thirties.",
            ),
            heading="History",
        ),
        Block(
            "parts",
            ("Two tapes", "Two rows of [[teeth]]", "A [[slider]]", "- a pull tab", "Stops at the ends"),
            tag="Ul",
            heading="Parts",
        ),
        Block(
            "working",
            (
                "It works with wedges: the slider bends the two rows so that the gaps open, guides each tooth into "
                "the hollow of its neighbour, and, pulled back, drives a wedge between them.",
            ),
            heading="How it works",
        ),
        Block(
            "use",
            (
                "Zips are used on [[trousers]], [[bags]] and [[tents]].",
                "The first big order was for money belts of sailors.",
            ),
            heading="Uses",
        ),
        Block(
            "name",
            (
                "The name imitates [[the sound]] that the slider makes.",
                "A rubber company chose it for boots that closed this way.",
            ),
        ),
        Block(
            "numbers",
            ("Rows of teeth | [[2]]", "Tapes | 2", "Sliders on a common bag | 2"),
            tag="Table",
            heading="Figures",
        ),
    ),
    (
        Question("how does a zip work", "working", "long"),
        Question("who designed the modern zip fastener", "person"),
        Question("what are zips used on", "use"),
        Question("how heavy is a zip fastener", "", "null"),
        Question("where was the zip first made", "", "null"),
    ),
)

TOPICS = (VIOLIN, SAXOPHONE, TELESCOPE, BICYCLE, ZIP)
