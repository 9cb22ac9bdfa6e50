"""Train content: chemical elements."""

from sample.topic import Question, Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "origin": Wording(
        ("Discovery", "History"),
        ("when was {name} discovered", "what year was {name} first discovered", "when did people discover {name}"),
        (
            "{name} was discovered in the year {answer}, as nearly all histories of chemistry agree.",
            "The discovery of {name} dates from {answer}; no older book of chemistry has a chapter about it.",
            "It was in {answer} that {name} was first discovered, and chemists everywhere soon wished to have some of it.",
        ),
    ),
    "person": Wording(
        ("Discoverer", "History"),
        ("who discovered {name}", "who was the discoverer of {name}", "who first discovered the element {name}"),
        (
            "{name} was discovered by {answer}, who is given the credit for it in most histories of chemistry.",
            "Credit for having discovered {name} goes to {answer}, as most textbooks of chemistry agree.",
            "It was {answer} who discovered {name} and described what it does in careful experiments.",
        ),
    ),
    "place": Wording(
        ("Occurrence", "Where it is found"),
        ("where is {name} found", "where can {name} be found", "where does {name} come from"),
        (
            "{name} is found in nature mainly in {answer}, and this is where people look for it.",
            "The places where {name} can be found are many, but most of it comes from {answer}.",
            "In nature {name} is located above all in {answer}.",
        ),
    ),
    "size": Wording(
        ("Density", "Weight"),
        ("how heavy is {name}", "how much does {name} weigh", "what is the weight of {name}"),
        (
            "To tell how heavy {name} is, chemists weigh a known volume: the result is {answer}.",
            "The weight of {name} is {answer}, measured at room temperature and at normal pressure.",
            "At room temperature {name} weighs {answer}, a figure that is called its density.",
        ),
    ),
    "name": Wording(
        ("Etymology", "Name"),
        ("what is {name} named after", "what does the name {name} mean", "where does the name {name} come from"),
        (
            "The name of {name} comes from {answer}, and chemists all over the world understand it.",
            "{name} is named after {answer}, although few who say the name today think of that.",
            "The name {name} goes back to {answer}, which explains what it was meant to say.",
        ),
    ),
    "use": Wording(
        ("Uses", "Applications"),
        ("what is {name} used for", "what are the uses of {name}", "what do people use {name} for"),
        (
            "{name} is used for many purposes, and the chief uses are {answer}.",
            "People use {name} above all for {answer}, but it is useful in many other trades as well.",
            "In industry {name} is used for {answer}, which together take up a large part of the supply.",
        ),
    ),
    "numbers": Wording(
        ("Properties", "Figures"),
        ("how many protons does {name} have", "how many protons are in an atom of {name}"),
        tag="Table",
    ),
    "working": Wording(
        ("Production", "How it is made"),
        ("how is {name} produced", "how do you make pure {name}", "how is {name} obtained"),
        kind="long",
    ),
}

ENTITIES = (
    Entity(
        "Hydrogen",
        "hydrogen",
        {
            "origin": (
                "1766",
                "The gas had been made by accident earlier, but it was then taken for common burning air.",
            ),
            "person": ("Henry Cavendish", "He collected the gas over water in London and called it inflammable air."),
            "place": (
                "stars and water",
                "On its own the gas is rare in the air, since it is light enough to escape into space.",
            ),
            "size": ("0.09 grams per litre", "No other gas is lighter, and a balloon filled with it rises quickly."),
            "use": (
                "[[making ammonia]], [[refining oil]] and [[rocket fuel]]",
                "Most of the gas is consumed in the same works in which it was made.",
            ),
            "numbers": (
                "Chemical symbol | H",
                "Protons in the nucleus | [[1]]",
                "Melting point | -259 °C",
                "Boiling point | -253 °C",
            ),
            "working": (
                "Hydrogen is produced mostly by heating natural gas with steam over a nickel catalyst.",
                "A second way is to pass an electric current through water, which splits into two gases.",
                "The gas is then dried, cleaned and pressed into steel bottles.",
            ),
        },
        (Question("is hydrogen the lightest gas", "size", "yes"),),
    ),
    Entity(
        "Oxygen",
        "oxygen",
        {
            "origin": ("1774", "In the summer of that year a sample was set free by heating a red powder with a lens."),
            "person": (
                "Joseph Priestley",
                "Carl Wilhelm Scheele had made the gas as well, but his report was printed later.",
            ),
            "place": (
                "the air, water and rocks",
                "It makes up about a fifth of the air and almost half the weight of the crust of the Earth.",
            ),
            "size": ("1.43 grams per litre", "It is a little heavier than air, and the liquid is pale blue."),
            "name": (
                "two Greek words that mean acid former",
                "The choice was a mistake, because some acids contain none of it at all.",
            ),
            "numbers": (
                "Chemical symbol | O",
                "Protons in the nucleus | [[8]]",
                "Melting point | -219 °C",
                "Boiling point | -183 °C",
            ),
            "working": (
                "Oxygen is obtained from air, which is cooled until it turns into a liquid.",
                "When the liquid is warmed slowly, the other gases boil away first and leave the oxygen behind.",
                "Green plants make the gas too, with the help of light.",
            ),
        },
        (Question("do all acids contain oxygen", "name", "no"),),
    ),
    Entity(
        "Nitrogen",
        "nitrogen",
        {
            "person": (
                "Daniel Rutherford",
                "The young Scottish doctor showed that a mouse could not live in the gas that he had made.",
            ),
            "place": (
                "the air",
                "About 78 per cent of the air is this gas, and all living things hold some of it in their proteins.",
            ),
            "size": (
                "1.25 grams per litre",
                "That is slightly less than air, in which it is mixed with a heavier gas.",
            ),
            "name": (
                "the mineral nitre and a Greek word for maker",
                "Nitre is an old word for saltpetre, a white salt that contains the element.",
            ),
            "use": (
                "[[fertilizer]], [[explosives]] and [[keeping food fresh]]",
                "As a cold liquid it also freezes samples in laboratories.",
            ),
            "numbers": (
                "Chemical symbol | N",
                "Protons in the nucleus | [[7]]",
                "Melting point | -210 °C",
                "Boiling point | -196 °C",
            ),
            "working": (
                "Nitrogen is produced by cooling air until it becomes liquid.",
                "The liquid is led into a tall column, where the nitrogen boils first and leaves at the top.",
                "Small amounts are made by pressing air through a membrane.",
            ),
        },
        (Question("is most of the air nitrogen", "place", "yes"),),
    ),
    Entity(
        "Sodium",
        "sodium",
        {
            "origin": (
                "1807",
                "A strong battery had just become available, and it pulled the soft metal out of a molten salt.",
            ),
            "place": (
                "salt, which fills the sea and old salt beds",
                "As a pure metal it never occurs, because it reacts with water at once.",
            ),
            "size": (
                "0.97 grams per cubic centimetre",
                "The metal is lighter than water and floats on it while it reacts.",
            ),
            "name": ("soda", "Its symbol, Na, has another source: it stands for the Latin word natrium."),
            "use": (
                "[[yellow street lamps]] and [[cooling some reactors]]",
                "Its compounds go into soap, glass and paper.",
            ),
            "numbers": (
                "Chemical symbol | Na",
                "Protons in the nucleus | [[11]]",
                "Melting point | 98 °C",
                "Boiling point | 883 °C",
            ),
        },
        (Question("does sodium float on water", "size", "yes"),),
    ),
    Entity(
        "Aluminium",
        "aluminium",
        {
            "origin": (
                "1825",
                "The first lumps were tiny and impure, and for decades the metal cost more than precious metals.",
            ),
            "person": (
                "Hans Christian Oersted",
                "The Dane is even better known for his work on magnets and electric currents.",
            ),
            "place": (
                "bauxite, a reddish ore of warm countries",
                "Large mines lie in Australia, Guinea, Brazil and Jamaica.",
            ),
            "name": (
                "alum, a bitter salt",
                "Dyers have used that salt since ancient times, and in America the name has one letter less.",
            ),
            "use": (
                "[[cans]], [[aircraft]] and [[window frames]]",
                "It is chosen because it is light and does not rust.",
            ),
            "numbers": (
                "Chemical symbol | Al",
                "Protons in the nucleus | [[13]]",
                "Melting point | 660 °C",
                "Colour | silver-white",
            ),
            "working": (
                "Aluminium is made in two steps: first a white powder is washed out of the ore.",
                "The powder is then dissolved in a hot molten salt, and a strong current sets the metal free.",
                "Because this takes so much power, smelters stand near dams.",
            ),
        },
        (Question("does aluminium rust", "use", "no"),),
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
