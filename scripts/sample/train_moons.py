"""Train content: moons and small bodies."""

from sample.topic import Question, Topic
from sample.train_space import WORDINGS
from sample.train_wording import Entity, topics

ENTITIES = (
    Entity(
        "Moon",
        "the Moon",
        {
            "place": (
                "about 384,000 kilometres from the Earth",
                "It always turns the same side to us while it goes around.",
            ),
            "size": ("3,474 kilometres", "That is a little more than a quarter of the width of the Earth."),
            "parts": (
                "a small [[core of iron]]",
                "a thick [[mantle]]",
                "a [[crust]] of grey rock",
                "- the bright highlands",
                "- the dark plains, which are called seas",
            ),
            "name": (
                "an old Germanic word that is related to month",
                "The Latin word is Luna, and the Greeks spoke of Selene, a goddess who drove a silver chariot.",
            ),
            "numbers": (
                "Days to go around the Earth | [[27.3]]",
                "From one full moon to the next | 29.5 days",
                "Share of its face that we see | 59 per cent",
            ),
            "working": (
                "The surface of the Moon is covered with craters, which were made by stones from space.",
                "Later lava flooded the deepest of them and hardened into dark plains without a drop of water.",
                "As there is no air, footprints in the dust may last for millions of years.",
            ),
        },
        (Question("is there water in the seas of the moon", "working", "no"),),
    ),
    Entity(
        "Titan (moon)",
        "Titan",
        {
            "origin": ("25 March 1655", "It was the first moon found since the four that circle Jupiter."),
            "person": ("Christiaan Huygens", "The Dutchman had ground the lenses together with his brother."),
            "place": (
                "in orbit around Saturn",
                "It is by far the largest of the many moons there, and outside the rings.",
            ),
            "size": (
                "5,150 kilometres",
                "It is wider than the planet Mercury, though it weighs less than half as much.",
            ),
            "name": (
                "a race of giants in Greek myth",
                "John Herschel proposed in 1847 that all the moons of this family should be called after such giants.",
            ),
            "working": (
                "The surface of Titan lies under thick orange haze, and rivers of liquid methane run over it.",
                "They fill lakes near the poles, dry up, and fall again as slow rain.",
                "Dunes of dark grains stretch along the equator.",
            ),
        },
        (Question("is titan wider than the planet mercury", "size", "yes"),),
    ),
    Entity(
        "Ganymede (moon)",
        "Ganymede",
        {
            "origin": (
                "7 January 1610",
                "On that night three little stars stood in a line beside the planet, and within a week a fourth was seen.",
            ),
            "person": (
                "Galileo Galilei",
                "He watched from Padua and soon understood that the little stars circled another world.",
            ),
            "place": ("in orbit around Jupiter", "It is the third of the four large moons, counted from the planet."),
            "size": ("5,268 kilometres", "No other moon in the solar system is as large."),
            "parts": (
                "a [[core]] of liquid iron",
                "a [[shell of rock]]",
                "a salty [[ocean]] below the ground",
                "a thick [[crust of ice]]",
            ),
            "numbers": (
                "Days to go around the planet | [[7.2]]",
                "Temperature of the ground | -160 °C",
                "Kind of surface | ice",
            ),
        },
        (Question("is ganymede the largest moon", "size", "yes"),),
    ),
    Entity(
        "Io (moon)",
        "Io",
        {
            "origin": (
                "8 January 1610",
                "The night before, it had stood so close to another moon that both looked like a single point of light.",
            ),
            "place": (
                "in orbit around Jupiter",
                "Of the four large moons it is the one nearest to the planet, closer than our Moon is to us in proportion.",
            ),
            "size": ("3,643 kilometres", "That is slightly more than the width of our own Moon."),
            "name": (
                "a priestess whom Zeus turned into a cow",
                "It was Simon Marius who chose this name in a book of 1614.",
            ),
            "numbers": ("Days to go around the planet | [[1.8]]", "Active volcanoes | over 400", "Colour | yellow"),
            "working": (
                "The surface of Io changes all the time, because its volcanoes never rest.",
                "The pull of the giant planet squeezes the ground up and down and heats it from inside.",
                "Sulfur that is thrown out falls back as yellow and red snow.",
            ),
        },
    ),
    Entity(
        "Triton (moon)",
        "Triton",
        {
            "origin": ("10 October 1846", "That was only seventeen days after the planet itself had been found."),
            "person": (
                "William Lassell",
                "He was a rich brewer of Liverpool who had built a large mirror with his own money.",
            ),
            "place": (
                "in orbit around Neptune",
                "It goes around the wrong way, against the turning of the planet, as no other large moon does.",
            ),
            "size": ("2,707 kilometres", "More than nine tenths of the matter around its planet is in this one moon."),
            "name": (
                "a Greek god of the sea with the tail of a fish",
                "Camille Flammarion proposed it in 1880, but it took many years until all used it.",
            ),
            "working": (
                "The surface of Triton is frozen nitrogen, one of the coldest grounds that were ever measured.",
                "When the Sun warms it, dark jets break out and rise several kilometres.",
                "The wind then draws the dust into long streaks.",
            ),
        },
        (Question("does triton orbit in the same direction as neptune turns", "place", "no"),),
    ),
    Entity(
        "Ceres (dwarf planet)",
        "Ceres",
        {
            "origin": (
                "1 January 1801",
                "It was lost again within weeks, and Carl Friedrich Gauss worked out where to look for it.",
            ),
            "person": ("Giuseppe Piazzi", "He was a priest who ran the observatory at Palermo in Sicily."),
            "place": (
                "between Mars and Jupiter",
                "It belongs to the belt of small bodies there and is the largest of them all.",
            ),
            "size": ("940 kilometres", "It holds about a third of the mass of the whole belt."),
            "name": (
                "the Roman goddess of grain",
                "The word cereal comes from the same goddess, who was honoured above all in Sicily.",
            ),
            "parts": (
                "a [[core of rock]] and clay",
                "a mantle of [[water ice]]",
                "a dark [[crust]] with bright spots of [[salt]]",
            ),
            "numbers": ("Days to go around the Sun | [[1,680]]", "Length of the day | 9 hours", "Moons | none"),
        },
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
