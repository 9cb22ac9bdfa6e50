"""Train content: buildings and bridges."""

from sample.topic import Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "origin": Wording(
        ("Construction", "History"),
        ("when was {name} built", "what year was {name} completed", "when was the construction of {name} finished"),
        (
            "{name} was built in the years before {answer}, when it was at last complete.",
            "The construction of {name} was completed in {answer}, after long and costly work.",
            "In {answer} {name} was finished and could be shown to the public.",
        ),
    ),
    "person": Wording(
        ("Architect", "Design"),
        ("who designed {name}", "who was the architect of {name}", "who built {name}"),
        (
            "{name} was designed by {answer}, to whom the plan is credited in most books about it.",
            "Many hands worked on {name}, but it is said to have been designed by {answer}.",
            "The design of {name} is the work of {answer}, as most books about it say.",
        ),
    ),
    "place": Wording(
        ("Location", "Site"),
        ("where is {name} located", "what city is {name} in", "where is {name}"),
        (
            "{name} is located in {answer}, and it is one of the sights that visitors ask for first.",
            "The site of {name}, which was chosen with care, is in {answer}.",
            "Visitors who want to see {name} have to go to {answer}.",
        ),
    ),
    "size": Wording(
        ("Dimensions", "Height and length"),
        ("how tall is {name}", "how big is {name}", "what is the size of {name}"),
        (
            "{name} measures {answer}, a figure that visitors are told again and again.",
            "The size of {name} is {answer}, which was remarkable for its time.",
            "With {answer} {name} stands out among the works of its age.",
        ),
    ),
    "parts": Wording(
        ("Materials", "Parts"),
        ("what is {name} made of", "what are the parts of {name}", "what materials is {name} made of"),
        tag="Ul",
    ),
    "name": Wording(
        ("Name", "Etymology"),
        ("what does the name of {name} mean", "what is {name} named after", "how did {name} get its name"),
        (
            "The name of {name}, as it is used all over the world, comes from {answer}.",
            "{name} is named after {answer}, as guides like to explain.",
            "When people speak of {name}, they recall {answer}, after which it is called.",
        ),
    ),
    "use": Wording(
        ("Purpose", "Use"),
        ("what was {name} used for", "what is {name} used for", "what is the purpose of {name}"),
        (
            "{name} was from the beginning meant to be used for {answer}.",
            "In its history {name} has been used for {answer}, among other things.",
            "The purpose for which {name} was used is {answer}.",
        ),
    ),
    "numbers": Wording(
        ("Facts and figures", "In numbers"),
        ("how many steps or columns does {name} have", "how many workers built {name}"),
        tag="Table",
    ),
    "working": Wording(
        ("Building methods", "How it was built"),
        ("how was {name} built", "how does {name} stand up", "how was the building of {name} done"),
        kind="long",
    ),
}

ENTITIES = (
    Entity(
        "Taj Mahal",
        "the Taj Mahal",
        {
            "origin": ("1653", "Work on the tomb in the middle had begun twenty-one years earlier."),
            "person": (
                "Ustad Ahmad Lahori",
                "He came from Lahore and is also named as the planner of the Red Fort in Delhi.",
            ),
            "place": (
                "Agra in northern India",
                "It stands on the south bank of the Yamuna, with a long garden in front of it.",
            ),
            "parts": (
                "[[white marble]], from Rajasthan",
                "[[red sandstone]]",
                "[[precious stones]] set into the walls",
                "- jade",
                "- turquoise",
                "- lapis lazuli",
            ),
            "use": (
                "the burial of Mumtaz Mahal",
                "She was the favourite wife of the emperor Shah Jahan, who was later laid beside her.",
            ),
            "working": (
                "The Taj Mahal was built on wells that were filled with stone to keep the ground dry and firm.",
                "Elephants pulled the blocks up a long ramp of earth, and a scaffold of brick stood around the dome.",
                "The four towers lean outward a little, so that they would fall away from the tomb.",
            ),
        },
    ),
    Entity(
        "Colosseum",
        "the Colosseum",
        {
            "origin": ("the year 80", "The emperor Titus opened it with games that lasted a hundred days."),
            "place": (
                "the middle of Rome",
                "A lake in the garden of Nero had to be drained before the ground could be used.",
            ),
            "size": (
                "189 metres by 156 metres",
                "Its outer wall is 48 metres high, as tall as a house of fifteen floors.",
            ),
            "name": (
                "a colossal statue of Nero",
                "That bronze giant stood close by, but the first visitors spoke of the theatre of the Flavians.",
            ),
            "use": (
                "[[fights of gladiators]] and [[hunts of wild animals]]",
                "Later ages used it as a fortress and took stones from it.",
            ),
            "numbers": (
                "Arches on each floor | [[80]]",
                "Seats | about 50,000",
                "Floors of the outer wall | 4",
                "Gates | 80",
            ),
            "working": (
                "The Colosseum was built of stone arches that carry each other, with light concrete on top.",
                "Spectators found their gate by a number above it and were out within minutes.",
                "Cages below the floor were pulled up by ropes, and a great sail gave shade.",
            ),
        },
    ),
    Entity(
        "Golden Gate Bridge",
        "the Golden Gate Bridge",
        {
            "origin": ("1937", "On the first day only walkers were let across, two hundred thousand of them."),
            "person": (
                "[[Joseph Strauss]], [[Charles Ellis]] and [[Irving Morrow]]",
                "The last of them chose the red colour, which shows up in fog.",
            ),
            "place": ("San Francisco in California", "It crosses the strait by which the bay opens into the Pacific."),
            "size": (
                "2,737 metres from end to end",
                "The towers are 227 metres high, and for years no other span was as long.",
            ),
            "name": (
                "the strait below it",
                "An army officer, John Frémont, had thought of the Golden Horn in Istanbul when he named the water.",
            ),
            "parts": (
                "two [[towers]]",
                "two main [[cables]]",
                "- each with 27,572 wires",
                "250 pairs of [[hanging ropes]]",
                "a [[road]] of six lanes",
            ),
        },
    ),
    Entity(
        "Empire State Building",
        "the Empire State Building",
        {
            "origin": (
                "1931",
                "It had taken little more than a year, and the president switched on the lights from Washington.",
            ),
            "person": (
                "William Lamb",
                "He is said to have made the drawings in two weeks with the help of older plans.",
            ),
            "place": ("Manhattan in New York", "It fills the west side of Fifth Avenue from 33rd to 34th Street."),
            "size": (
                "381 metres up to its roof",
                "For about forty years nothing taller was built anywhere; a mast adds 62 metres.",
            ),
            "name": (
                "the nickname of the state around it",
                "Cars of that state carried the words on their number plates for years.",
            ),
            "numbers": ("Floors | 102", "Windows | 6,514", "Lifts | 73", "Steps up to the top | [[1,860]]"),
            "use": (
                "offices",
                "Viewers go up to platforms on two floors, and aerials on the mast send radio and television.",
            ),
        },
    ),
    Entity(
        "Leaning Tower of Pisa",
        "the Leaning Tower of Pisa",
        {
            "origin": ("1372", "The work had begun in 1173 and had been broken off by wars more than once."),
            "place": (
                "Pisa in Italy",
                "It stands beside the cathedral on a lawn that is called the Square of Miracles.",
            ),
            "size": ("about 56 metres on its low side", "On the other side it is nearly one metre higher."),
            "parts": ("[[white marble]] outside", "[[limestone]] and [[mortar]] inside", "[[seven bells]] at the top"),
            "use": (
                "holding the bells of the cathedral",
                "They are no longer swung, because nobody wants to shake the walls.",
            ),
            "numbers": ("Steps | [[294]]", "Bells | 7", "Angle of the lean | 4 degrees", "Weight | 14,500 tonnes"),
            "working": (
                "The Leaning Tower of Pisa leans because the ground on one side is softer clay.",
                "The masons tried to correct it by making the upper floors taller on one side, so it is bent like a banana.",
                "Around the year 2000 soil was drawn from below the high side, and it rose by half a degree.",
            ),
        },
    ),
    Entity(
        "Statue of Liberty",
        "the Statue of Liberty",
        {
            "origin": ("1886", "It had come across the ocean in 214 boxes the summer before."),
            "person": (
                "[[Frédéric Auguste Bartholdi]] and [[Gustave Eiffel]]",
                "One shaped the figure, and the other gave it bones of iron.",
            ),
            "size": (
                "93 metres from the ground to the torch",
                "Half of that is the stone base; the woman herself is 46 metres high.",
            ),
            "parts": (
                "thin sheets of [[copper]]",
                "a frame of [[iron]], later of steel",
                "a base of [[granite]]",
                "a torch covered with [[gold leaf]]",
            ),
            "numbers": (
                "Steps to the crown | [[354]]",
                "Rays of the crown | 7",
                "Windows in the crown | 25",
                "Colour | green",
            ),
            "use": (
                "welcoming ships and celebrating freedom",
                "It was a gift of the French people, and for some years it served as a lighthouse as well.",
            ),
        },
    ),
    Entity(
        "Great Pyramid of Giza",
        "the Great Pyramid",
        {
            "person": ("Hemiunu", "He was a prince and minister, and a statue shows him as a heavy man at rest."),
            "place": ("Giza in Egypt", "It stands on the edge of the desert, not far from the suburbs of Cairo."),
            "size": (
                "146 metres when it was new",
                "It has lost its point and is 138 metres high now, and for 3,800 years nothing was taller.",
            ),
            "parts": (
                "[[limestone]], 2.3 million blocks of it",
                "[[granite]] for the chamber of the king",
                "[[mortar]]",
            ),
            "use": (
                "the burial of King Khufu",
                "A stone box is there still, but robbers had emptied it in ancient times.",
            ),
            "working": (
                "The Great Pyramid was built by teams who dragged the blocks on sledges over wet ground and up ramps.",
                "Most of the stone was cut close by, while the rest came on boats at the time of the flood.",
                "The workers lived in a town near the site and were paid in bread and beer.",
            ),
        },
        query="the great pyramid of giza",
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
