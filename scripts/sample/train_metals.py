"""Train content: more chemical elements."""

from sample.topic import Question, Topic
from sample.train_elements import WORDINGS
from sample.train_wording import Entity, topics

ENTITIES = (
    Entity(
        "Copper",
        "copper",
        {
            "place": (
                "ores in the mountains of Chile and Peru",
                "Pure lumps also lie in the ground, as they do beside Lake Superior.",
            ),
            "size": (
                "8.96 grams per cubic centimetre",
                "A piece the size of a brick is too heavy to lift with one hand.",
            ),
            "name": (
                "the island of Cyprus",
                "The Romans got much of their metal there and spoke of the Cyprian metal.",
            ),
            "use": (
                "[[electric wires]], [[water pipes]] and [[coins]]",
                "With tin it makes bronze, and with zinc it makes brass.",
            ),
            "numbers": (
                "Chemical symbol | Cu",
                "Protons in the nucleus | [[29]]",
                "Melting point | 1,085 °C",
                "Colour | reddish brown",
            ),
            "working": (
                "Copper is produced from ore that is crushed to powder and washed with bubbles of air.",
                "The rich part is melted in a furnace, where sulfur burns off.",
                "In a bath of acid a current then carries the pure metal from one plate to another.",
            ),
        },
        (Question("is bronze made with copper", "use", "yes"),),
    ),
    Entity(
        "Silver",
        "silver",
        {
            "place": ("ores of lead, copper and zinc", "Mexico and Peru have been rich in it for centuries."),
            "size": ("10.5 grams per cubic centimetre", "It is heavier than iron but lighter than lead."),
            "use": (
                "[[jewellery]], [[mirrors]] and [[electric contacts]]",
                "No metal conducts electricity better, and photographs on film depend on its salts.",
            ),
            "numbers": (
                "Chemical symbol | Ag",
                "Protons in the nucleus | [[47]]",
                "Melting point | 962 °C",
                "Colour | white and shiny",
            ),
            "name": (
                "an Old English word of unknown source",
                "The symbol Ag is different: it stands for argentum, after which Argentina is called.",
            ),
            "working": (
                "Silver is obtained mostly as a by-product when other metals are refined.",
                "It collects in the mud below the electric bath in which copper is cleaned.",
                "The mud is melted and treated with acid until the pure metal remains.",
            ),
        },
        (Question("does any metal conduct electricity better than silver", "use", "no"),),
    ),
    Entity(
        "Mercury (element)",
        "mercury",
        {
            "place": (
                "cinnabar, a bright red mineral",
                "The richest mine of all was at Almadén in Spain, and it was worked for two thousand years.",
            ),
            "size": ("13.5 grams per cubic centimetre", "It is so dense that a ball of lead floats on it."),
            "name": (
                "the swift Roman messenger of the gods",
                "An older word is quicksilver, in which quick has its old sense of living.",
            ),
            "numbers": (
                "Chemical symbol | Hg",
                "Protons in the nucleus | [[80]]",
                "Melting point | -39 °C",
                "Boiling point | 357 °C",
            ),
            "use": (
                "[[thermometers]], [[barometers]] and [[lamps]]",
                "It is a liquid at room temperature, but a poisonous one, and so it is used less and less.",
            ),
            "working": (
                "Mercury is made by roasting crushed ore in a stream of air.",
                "The metal leaves the furnace as a vapour and is cooled in long pipes.",
                "There it gathers in drops, which are pressed through leather to clean them.",
            ),
        },
        (Question("is mercury liquid at room temperature", "use", "yes"),),
    ),
    Entity(
        "Uranium",
        "uranium",
        {
            "origin": (
                "1789",
                "What was shown in that year was really an oxide; the metal itself came half a century later.",
            ),
            "person": ("Martin Heinrich Klaproth", "The German chemist worked in Berlin and also found zirconium."),
            "place": (
                "pitchblende, a heavy black ore",
                "Kazakhstan, Canada and Australia have large deposits, and sea water holds traces of it.",
            ),
            "size": ("19.1 grams per cubic centimetre", "That is far more than lead, which surprises all who lift it."),
            "name": (
                "the planet Uranus",
                "The planet had been sighted just eight years earlier and was still the talk of the learned world.",
            ),
            "use": ("[[fuel for power stations]] and [[weapons]]", "In earlier times it gave glass a green glow."),
            "numbers": (
                "Chemical symbol | U",
                "Protons in the nucleus | [[92]]",
                "Melting point | 1,132 °C",
                "Colour | silver-grey",
            ),
        },
        (Question("is uranium heavier than lead", "size", "yes"),),
    ),
    Entity(
        "Neon",
        "neon",
        {
            "place": (
                "the air",
                "It makes up 18 parts in a million of it, and a larger share of the stars and of the universe as a whole.",
            ),
            "person": (
                "[[William Ramsay]] and [[Morris Travers]]",
                "They worked in London and found krypton and xenon in the same year.",
            ),
            "size": ("0.9 grams per litre", "That is less than air, so a balloon filled with it would slowly rise."),
            "name": (
                "the Greek word for new",
                "The thirteen-year-old son of one of the chemists had proposed a word of this kind.",
            ),
            "numbers": (
                "Chemical symbol | Ne",
                "Protons in the nucleus | [[10]]",
                "Melting point | -249 °C",
                "Boiling point | -246 °C",
            ),
            "working": (
                "Neon is produced from liquid air in the same plants that supply steel works.",
                "It boils at a lower temperature than the common gases and collects at the top of the column.",
                "Many tonnes of air are needed for a single kilogram.",
            ),
        },
        (Question("is neon lighter than air", "size", "yes"),),
    ),
    Entity(
        "Phosphorus",
        "phosphorus",
        {
            "origin": ("1669", "It is the first element whose date of discovery is known at all."),
            "person": (
                "Hennig Brand",
                "He was a merchant of Hamburg who boiled down urine in the hope of making precious metal.",
            ),
            "place": (
                "phosphate rock and bones",
                "Morocco has the largest beds of this rock, and every living cell holds a little.",
            ),
            "name": (
                "a Greek word that means light bearer",
                "The white form glows in the dark as it slowly reacts with air.",
            ),
            "use": (
                "[[fertilizer]], [[matches]] and [[cleaning powder]]",
                "Far more goes to farms than to all other customers together.",
            ),
            "numbers": (
                "Chemical symbol | P",
                "Protons in the nucleus | [[15]]",
                "Melting point | 44 °C",
                "Boiling point | 281 °C",
            ),
        },
        (Question("does white phosphorus glow in the dark", "name", "yes"),),
    ),
    Entity(
        "Chlorine",
        "chlorine",
        {
            "place": (
                "salt, in the sea and under the ground",
                "Alone it hardly ever occurs, since it attacks nearly everything it meets.",
            ),
            "person": (
                "Carl Wilhelm Scheele",
                "The Swedish chemist poured acid on a brown mineral and noticed the choking smell.",
            ),
            "size": ("3.2 grams per litre", "It is much heavier than air and flows along the ground like water."),
            "name": (
                "the Greek word for pale green",
                "Anyone who has seen a jar of the gas will understand the choice.",
            ),
            "use": (
                "[[cleaning drinking water]], [[bleaching]] and [[plastics]]",
                "Swimming pools have their smell from its compounds.",
            ),
            "working": (
                "Chlorine is obtained by passing an electric current through salt water.",
                "The gas rises at one pole, while hydrogen and caustic soda form at the other.",
                "A membrane between the poles keeps the products apart.",
            ),
        },
        (Question("is chlorine lighter than air", "size", "no"),),
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
