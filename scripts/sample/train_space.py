"""Train content: planets and moons."""

from sample.topic import Question, Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "origin": Wording(
        ("Discovery", "History of observation"),
        ("when was {name} discovered", "what year was {name} discovered", "when was {name} first seen"),
        (
            "{name} was discovered on {answer}, and the date is found in every handbook of astronomy.",
            "The discovery of {name} was made on {answer} and was soon confirmed by other observers.",
            "On {answer} {name} was discovered, and the news went quickly from one observatory to the next.",
        ),
    ),
    "person": Wording(
        ("Discoverer", "Discovery"),
        ("who discovered {name}", "who was the discoverer of {name}", "which astronomer discovered {name}"),
        (
            "{name} was discovered by {answer}, one of the best known names in the history of astronomy.",
            "It was {answer} who discovered {name}, with a telescope of the kind that was available in those days.",
            "The credit for having discovered {name} belongs to {answer}, whose name every astronomer knows.",
        ),
    ),
    "place": Wording(
        ("Orbit", "Position"),
        ("where is {name} located", "where in the solar system is {name}", "where can {name} be found"),
        (
            "{name} is located {answer}, and it keeps to this path year after year.",
            "In the solar system {name} is to be found {answer}, as any map of it will show.",
            "The place where {name} is located in the solar system is {answer}, and it never leaves it.",
        ),
    ),
    "size": Wording(
        ("Size", "Diameter"),
        ("how big is {name}", "how wide is {name}", "what is the diameter of {name}"),
        (
            "{name} is {answer} wide, measured through its centre from one side to the other.",
            "The diameter of {name}, which tells how big it is, comes to {answer}.",
            "From side to side {name} measures {answer}, as space probes have found by passing close to it.",
        ),
    ),
    "parts": Wording(
        ("Structure", "Composition"),
        ("what is {name} made of", "what are the layers of {name}", "what is inside {name}"),
        tag="Ul",
    ),
    "name": Wording(
        ("Name", "Etymology"),
        ("what is {name} named after", "who is {name} named after", "where does the name {name} come from"),
        (
            "{name} is named after {answer}, following the custom of taking names from old myths.",
            "The name of {name} comes from {answer}, which educated readers of the time would know at once.",
            "The name of {name} goes back to {answer}, as books on astronomy tell their readers.",
        ),
    ),
    "numbers": Wording(
        ("Orbital data", "Figures"),
        ("how many days does it take {name} to go around once", "how many days does one orbit of {name} last"),
        tag="Table",
    ),
    "working": Wording(
        ("Climate and surface", "Origin of its features"),
        (
            "what is the surface of {name} like",
            "how did the surface of {name} form",
            "how does the surface of {name} change",
        ),
        kind="long",
    ),
}

ENTITIES = (
    Entity(
        "Mercury (planet)",
        "Mercury",
        {
            "place": (
                "closest to the Sun of all the planets",
                "It never strays far from the Sun in our sky and is therefore hard to see.",
            ),
            "size": (
                "4,880 kilometres",
                "It is the smallest planet, smaller even than two of the moons that circle other planets.",
            ),
            "parts": ("a huge [[core of iron]]", "a thin [[mantle of rock]]", "a grey [[crust]] full of craters"),
            "name": (
                "the Roman messenger of the gods",
                "The messenger was swift, and the planet too moves faster than all the others.",
            ),
            "numbers": (
                "Moons | none",
                "Days to go around the Sun | [[88]]",
                "Temperature at noon | 430 °C",
                "Temperature at night | -180 °C",
            ),
            "working": (
                "The surface of Mercury was shaped by stones that struck it billions of years ago.",
                "As the inside cooled, the whole ball shrank, and long cliffs rose where the ground was squeezed.",
                "There is hardly any air, so no wind or rain has worn them down.",
            ),
        },
        (Question("is mercury the smallest planet", "size", "yes"),),
        query="the planet mercury",
    ),
    Entity(
        "Venus",
        "Venus",
        {
            "place": (
                "between Mercury and the Earth",
                "It is the second planet from the Sun and shines brightly in the evening or the morning.",
            ),
            "size": (
                "12,104 kilometres",
                "That is almost the same as our own planet, of which it is often called the twin.",
            ),
            "parts": (
                "a [[core of iron]]",
                "a hot [[mantle of rock]]",
                "a [[crust]] of old lava",
                "- with wide plains",
                "- with two high lands",
            ),
            "name": ("the Roman goddess of love and beauty", "It is the only planet that bears the name of a woman."),
            "numbers": (
                "Moons | none",
                "Days to go around the Sun | [[225]]",
                "Temperature of the ground | 465 °C",
                "Pressure | 92 times that of the Earth",
            ),
            "working": (
                "The surface of Venus is hidden under clouds of acid that never break.",
                "The thick air lets light in but holds the heat back, so the ground is hotter than an oven by day and by night.",
                "Great floods of lava have covered most of the plains.",
            ),
        },
        (Question("does venus have a moon", "numbers", "no"),),
    ),
    Entity(
        "Mars",
        "Mars",
        {
            "place": (
                "between the Earth and Jupiter",
                "It is the fourth planet from the Sun and the last of the small rocky ones.",
            ),
            "size": (
                "6,779 kilometres",
                "That is about half the width of the Earth, but its dry land has nearly the same area as ours.",
            ),
            "parts": (
                "a [[core]] of iron, nickel and sulfur",
                "a [[mantle]] of dark rock",
                "a dusty [[crust]], red with rust",
            ),
            "name": ("the Roman god of war", "Its colour made people in many lands think of blood."),
            "numbers": (
                "Moons | 2",
                "Days to go around the Sun | [[687]]",
                "Length of the day | 24 hours 37 minutes",
                "Highest peak | 22 km",
            ),
            "working": (
                "The surface of Mars was once cut by running water, which left dry valleys and beds of old lakes.",
                "Today the air is too thin for rain, and wind does most of the work.",
                "Storms of dust can cover the whole planet for weeks.",
            ),
        },
        (Question("is mars bigger than the earth", "size", "no"),),
    ),
    Entity(
        "Jupiter",
        "Jupiter",
        {
            "place": (
                "between Mars and Saturn",
                "It is the fifth planet from the Sun and lies beyond the belt of small rocky bodies.",
            ),
            "size": (
                "139,820 kilometres",
                "Eleven Earths in a row would just reach across it, and no other planet is as large.",
            ),
            "parts": (
                "an outer layer of [[hydrogen]] and [[helium gas]]",
                "a deep layer of [[liquid hydrogen]]",
                "a [[core]] that is blurred and heavy",
                "- with rock",
                "- with ice",
            ),
            "name": (
                "the king of the Roman gods",
                "The Greeks knew him as Zeus, and four of the moons bear the names of persons whom he loved or stole.",
            ),
            "working": (
                "The face of Jupiter is a show of bands, where white clouds rise and brown ones sink.",
                "Winds blow east in one band and west in the next, and storms roll between them.",
                "The Great Red Spot is such a storm and has lasted for centuries.",
            ),
            "numbers": (
                "Days to go around the Sun | [[4,333]]",
                "Length of the day | 9 hours 56 minutes",
                "Large moons | 4",
            ),
        },
        (Question("is jupiter the largest planet", "size", "yes"),),
    ),
    Entity(
        "Uranus",
        "Uranus",
        {
            "origin": (
                "13 March 1781",
                "At first it was taken for a comet, and it took two years until all agreed that it was a planet.",
            ),
            "person": (
                "William Herschel",
                "He was a musician from Hanover who lived in Bath and ground his own mirrors at night.",
            ),
            "place": (
                "between Saturn and Neptune",
                "It is the seventh planet from the Sun and can just be seen with the naked eye on a dark night.",
            ),
            "size": ("50,724 kilometres", "Four Earths could stand side by side across its pale green disc."),
            "name": (
                "the Greek god of the sky",
                "A first proposal had been to call it after King George, but only the British liked that.",
            ),
            "working": (
                "The face of Uranus is a smooth layer of cloud without any solid ground below.",
                "The planet lies on its side, so each pole has 42 years of light and then 42 years of darkness.",
                "Methane in the upper air swallows red light and leaves a blue-green colour.",
            ),
        },
    ),
    Entity(
        "Neptune",
        "Neptune",
        {
            "origin": (
                "23 September 1846",
                "Its place had been calculated beforehand from the way in which it pulled at another planet.",
            ),
            "person": (
                "Johann Galle",
                "He found it in Berlin, near the spot that the French mathematician Urbain Le Verrier had worked out.",
            ),
            "size": ("49,244 kilometres", "It is a little smaller than Uranus but weighs more."),
            "parts": (
                "an outer layer of [[hydrogen]], [[helium]] and [[methane]]",
                "a hot thick mixture of [[water]] and [[ammonia]]",
                "a [[core of rock]]",
            ),
            "name": (
                "the Roman god of the sea",
                "Its deep blue colour suits the choice, although that was not known when it was made.",
            ),
            "numbers": (
                "Days to go around the Sun | [[60,190]]",
                "Years to go around the Sun | 165",
                "Length of the day | 16 hours",
            ),
        },
        (Question("does neptune weigh more than uranus", "size", "yes"),),
    ),
    Entity(
        "Pluto",
        "Pluto",
        {
            "origin": (
                "18 February 1930",
                "A search of photographs taken in January of that year had shown a faint dot that moved.",
            ),
            "person": (
                "Clyde Tombaugh",
                "He was a farmer's son from Kansas who had built his own instruments before he got work at an observatory.",
            ),
            "place": (
                "beyond Neptune in a belt of icy bodies",
                "Its path is so long drawn out that for some years it comes nearer to the Sun than Neptune does.",
            ),
            "size": ("2,377 kilometres", "Our Moon is larger, and since 2006 it has been counted as a dwarf planet."),
            "name": (
                "the Roman god of the underworld",
                "Venetia Burney, a girl of eleven from Oxford, proposed it to her grandfather at breakfast.",
            ),
            "parts": ("a surface of [[frozen nitrogen]]", "a mantle of [[water ice]]", "a large core of [[rock]]"),
        },
        (Question("is pluto smaller than the moon", "size", "yes"),),
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
