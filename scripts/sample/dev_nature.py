"""Dev content: a planet, a moon and animals."""

from sample.topic import Block, Question, Topic

SATURN = Topic(
    "Saturn",
    (
        Block(
            "place",
            (
                "Saturn is located between [[Jupiter and Uranus]], as the sixth planet counted from the sun.",
                "Its distance from the sun is more than nine times that of the Earth.",
            ),
            heading="Orbit",
        ),
        Block(
            "person",
            (
                "[[Galileo Galilei]] was the first to look at the planet through a telescope, but discovered only two "
                "odd handles.",
                "It took another half century until Christiaan Huygens explained them as a ring.",
            ),
            heading="Observers",
        ),
        Block(
            "size",
            (
                "Measured at the equator, the diameter of Saturn is about [[120,500 kilometres]].",
                "Nine planets like the Earth, side by side, would not quite span it.",
            ),
            heading="Size",
        ),
        Block(
            "parts",
            (
                "The rings are made of [[ice]] and [[dust]].",
                "Some pieces are as small as a grain of salt and others as large as a house.",
            ),
            heading="Rings",
        ),
        Block(
            "name",
            (
                "The planet is named after [[the Roman god of farming]].",
                "Saturday has its name from the same god.",
            ),
            heading="Name",
        ),
        Block(
            "numbers",
            ("Years for one orbit | [[29]]", "Hours in a day | 11", "Main rings | 7"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "working",
            (
                "Bands of cloud are formed by winds that blow along the equator at more than four times the speed of "
                "a hurricane, while a storm with six straight sides turns about the north pole.",
            ),
        ),
    ),
    (
        Question("how large is saturn", "size"),
        Question("what are the rings of saturn made of", "parts"),
        Question("which god is saturn named after", "name"),
        Question("how many years does an orbit of saturn take", "numbers"),
        Question("in which year was saturn first seen", "", "null"),
    ),
)

EUROPA = Topic(
    "Europa (moon)",
    (
        Block(
            "origin",
            (
                "The moon was discovered in January [[1610]], in the same week as three other moons of Jupiter.",
                "It was one of the earliest finds made with a telescope.",
            ),
            heading="Discovery",
        ),
        Block(
            "name",
            (
                "It is named after [[Europa]], a princess of Phoenicia in the stories of the Greeks.",
                "Zeus took the shape of a white bull and carried her off to Crete.",
            ),
            heading="Name",
        ),
        Block(
            "size",
            (
                "Europa has a diameter of [[3,120 kilometres]], a little less than that of our own moon.",
                "Among the four great moons of Jupiter it is the smallest.",
            ),
            heading="Size",
        ),
        Block(
            "parts",
            ("A core of iron", "A mantle of rock", "An ocean of salt water", "A crust of ice"),
            tag="Ol",
            heading="Layers",
        ),
        Block(
            "working",
            (
                "The ocean is kept warm by tides: the pull of Jupiter bends the moon a little on every orbit, the "
                "bending turns into heat, and so water stays liquid far from the sun.",
            ),
            heading="Heat",
        ),
        Block(
            "place",
            (
                "It is found in orbit around [[Jupiter]], between the paths of Io and Ganymede.",
                "Like our moon, it always shows one face to its planet.",
            ),
            heading="Orbit",
        ),
        Block(
            "numbers",
            ("Days for one orbit | [[3.6]]", "Temperature at the equator | -160 °C", "Moons of its own | 0"),
            tag="Table",
            heading="Figures",
        ),
    ),
    (
        Question("in what year was the moon europa discovered", "origin"),
        Question("which layers is europa made of", "parts", "long"),
        Question("which planet is europa found at", "place"),
        Question("what is the diameter of europa", "size"),
        Question("what will europa be used for", "", "null"),
    ),
)

ELEPHANT = Topic(
    "Elephant",
    (
        Block(
            "size",
            (
                "A large African bull weighs about [[6,000 kilograms]] and stands over three metres tall.",
                "No other animal on land is as heavy.",
            ),
            heading="Weight",
        ),
        Block(
            "place",
            (
                "Elephants live in [[Africa]] and in [[southern Asia]].",
                "They are found in forests, on grassland and even at the edge of deserts.",
            ),
            heading="Range",
        ),
        Block(
            "food",
            (
                "They eat [[grass]], [[leaves]], [[bark]] and [[fruit]], and plenty of it.",
                "Such food is poor, so they feed for most of the day and half of the night.",
            ),
            heading="Food",
        ),
        Block(
            "parts",
            ("Trunk, a nose and a hand in one", "- one finger at the tip in Asia", "- two in Africa", "Tusks", "Ears"),
            tag="Ul",
            heading="Parts of the body",
        ),
        Block(
            "working",
            (
                "A herd lives together under an old female, who leads her daughters and their calves to water; males "
                "leave at the age of about twelve, and then they live alone or with other bulls.",
            ),
            heading="Life in the herd",
        ),
        Block(
            "numbers",
            ("Living species | [[3]]", "Months before birth | 22", "Grinding teeth in use at one time | 4"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "use",
            (
                "In Asia tame elephants were used for [[moving timber]] and for [[war]].",
                "Kings rode on them too.",
            ),
            heading="Elephants and people",
        ),
        Block(
            "name",
            (
                "The name comes from the Greek elephas, a word that also meant [[ivory]].",
                "Greek traders knew the tusks long before they met the animal.",
            ),
        ),
    ),
    (
        Question("what kinds of food do elephants eat", "food"),
        Question("how much does an african elephant weigh", "size"),
        Question("how do elephants live in a herd", "working", "long"),
        Question("how many species of elephants are living", "numbers"),
        Question("who was the first to tame elephants", "", "null"),
    ),
)

PENGUIN = Topic(
    "Penguin",
    (
        Block(
            "place",
            (
                "Wild penguins live almost only in [[the southern half of the world]].",
                "They are found on the ice of Antarctica, but also on warm coasts of Africa and Peru.",
            ),
            heading="Range",
        ),
        Block(
            "food",
            (
                "In the sea they eat [[fish]], [[squid]] and [[krill]].",
                "Spines on the tongue hold this slippery food.",
            ),
            heading="Food",
        ),
        Block(
            "size",
            (
                "The emperor, largest of them all, is over a metre tall and weighs up to [[40 kilograms]].",
                "A little penguin weighs one kilogram.",
            ),
            heading="Weight",
        ),
        Block(
            "working",
            (
                "They cannot fly in the air, but under water they live like flying birds: stiff wings beat up and down, "
                "the feet steer, and a thick coat of small feathers keeps the cold away from the skin.",
            ),
            heading="Swimming",
        ),
        Block(
            "parts",
            ("Flippers, which are wings", "A coat of short feathers", "Webbed feet", "A stiff tail"),
            tag="Ul",
            heading="Parts of the body",
        ),
        Block(
            "name",
            (
                "The name was first given to [[the great auk]], a northern bird that has died out.",
                "Sailors in the south thought that they saw the same animal and used the word again.",
            ),
            heading="Name",
        ),
        Block(
            "numbers",
            ("Living species | [[18]]", "Eggs of an emperor | 1", "Depth of the deepest dive in metres | 560"),
            tag="Table",
            heading="Figures",
        ),
    ),
    (
        Question("where in the world do penguins live", "place"),
        Question("which animals do penguins eat", "food"),
        Question("can penguins fly", "working", "no"),
        Question("which parts does the body of a penguin have", "parts", "long"),
        Question("when was the first penguin zoo founded", "", "null"),
    ),
)

BEE = Topic(
    "Honey bee",
    (
        Block(
            "food",
            (
                "Bees eat [[nectar]] and [[pollen]], both of which they take from flowers.",
                "Honey is the food that they store for the winter.",
            ),
            heading="Food",
        ),
        Block(
            "working",
            (
                "A colony lives as one family: the queen lays the eggs, thousands of her daughters build, feed and fly, "
                "and the males live for a single summer and do no work at all.",
            ),
            heading="Life in the hive",
        ),
        Block(
            "person",
            (
                "The language of their dances was discovered by [[Karl von Frisch]].",
                "The Austrian marked single bees with dots of paint and watched them through a pane of glass.",
            ),
            heading="Research",
        ),
        Block(
            "use",
            (
                "People keep them for [[honey]] and [[wax]].",
                "Farmers use hives in orchards as well, since more blossoms then turn into apples.",
            ),
            heading="Uses",
        ),
        Block(
            "size",
            (
                "A worker weighs about [[a tenth of a gram]] and is some 13 millimetres long.",
                "On its way home it may carry nearly half its own weight.",
            ),
            heading="Weight",
        ),
        Block(
            "parts",
            ("Head", "- eyes", "- feelers", "Chest", "- wings", "- legs", "Abdomen with sting"),
            tag="Ul",
            heading="Parts of the body",
        ),
        Block(
            "numbers",
            ("Workers in a summer hive | [[40,000]]", "Eyes | 5", "Wings | 4", "Legs | 6"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "place",
            (
                "The western honey bee is native to [[Europe]], [[Africa]] and [[western Asia]].",
                "Settlers carried it to America and Australia.",
            ),
        ),
    ),
    (
        Question("who discovered the dance of the honey bee", "person"),
        Question("what do people use honey bees for", "use"),
        Question("what does a worker bee weigh", "size"),
        Question("how many workers are in a bee hive", "numbers"),
        Question("what does the name honey bee come from", "", "null"),
    ),
)

TOPICS = (SATURN, EUROPA, ELEPHANT, PENGUIN, BEE)
