"""Train content: inventions."""

from sample.topic import Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "origin": Wording(
        ("History", "Invention"),
        ("when was the {name} invented", "what year was the {name} invented", "when was the first {name} made"),
        (
            "The {name} was invented in {answer}, if the first that really did its work is counted.",
            "The time when the {name} was invented is given as {answer}, by common consent.",
            "It was in {answer} that the first useful {name} was made.",
        ),
    ),
    "person": Wording(
        ("Inventor", "The inventor"),
        ("who invented the {name}", "who was the inventor of the {name}", "who made the first {name}"),
        (
            "The {name} was invented by {answer}, according to the account that most books give.",
            "Most people name {answer} as the inventor of the {name}.",
            "It was {answer} who invented the {name} and showed it to the world.",
        ),
    ),
    "place": Wording(
        ("Place of origin", "Beginnings"),
        ("where was the {name} invented", "what country was the {name} invented in", "where does the {name} come from"),
        (
            "The place where the {name} was invented is {answer}.",
            "The {name} comes from {answer}, as a memorial there reminds visitors.",
            "The story of the {name} begins in {answer}.",
        ),
    ),
    "parts": Wording(
        ("Parts", "Construction"),
        ("what are the parts of a {name}", "what is a {name} made of", "which parts does a {name} have"),
        tag="Ul",
        kind="long",
    ),
    "name": Wording(
        ("Name", "Etymology"),
        ("what does the word {name} mean", "where does the name {name} come from", "how did the {name} get its name"),
        (
            "The word {name} comes from {answer}, which were put together by a learned man.",
            "The {name} got its name from {answer}, and the word was soon understood everywhere.",
            "In the name of the {name} one can find {answer}, joined together as was the fashion.",
        ),
    ),
    "use": Wording(
        ("Uses", "Applications"),
        ("what is a {name} used for", "what are the uses of the {name}", "what do people use a {name} for"),
        (
            "A {name} is used for {answer}, although its makers did not foresee all of this.",
            "People use the {name} for {answer}, and it would be hard to do without it.",
            "Among the things that a {name} is used for are {answer}.",
        ),
    ),
    "working": Wording(
        ("How it works", "Principle"),
        ("how does a {name} work", "how does the {name} work", "what makes a {name} work"),
        kind="long",
    ),
    "size": Wording(
        ("Size", "Weight"),
        ("how big was the first {name}", "how heavy was the first {name}", "how large was the first {name}"),
        (
            "The size of the first {name} is known: it was {answer}.",
            "Compared with later models, the first {name} was {answer}.",
        ),
    ),
    "numbers": Wording(
        ("Figures", "In numbers"),
        ("how many towns had a {name} in the early years", "how many towns had got a {name} after fifty years"),
        tag="Table",
    ),
}

ENTITIES = (
    Entity(
        "Telephone",
        "telephone",
        {
            "origin": (
                "1876",
                "The patent for it was granted in March, three days before the first sentence was understood.",
            ),
            "person": (
                "Alexander Graham Bell",
                "He taught deaf children, and others, such as Elisha Gray and Antonio Meucci, had similar ideas.",
            ),
            "place": (
                "Boston in the United States",
                "The first words were spoken from one room of a boarding house to the next.",
            ),
            "parts": ("a [[microphone]]", "a [[small loudspeaker]]", "a [[bell]]", "a [[dial]] or [[keys]]"),
            "name": ("Greek words for far and voice", "In German it was for a long time called the far speaker."),
            "working": (
                "A telephone works by turning the voice into a current that swings just as the air does.",
                "The current runs along the wire to the other end.",
                "There it moves a thin plate, and the plate gives the movement back to the air as sound.",
            ),
        },
    ),
    Entity(
        "Steam locomotive",
        "steam locomotive",
        {
            "origin": ("1804", "It hauled ten tons of iron and seventy men for nearly sixteen kilometres."),
            "person": (
                "Richard Trevithick",
                "The strong Cornishman earned little from it and later went to look for silver in Peru.",
            ),
            "place": ("Penydarren in Wales", "An ironworks there had rails on which horses used to pull the wagons."),
            "parts": (
                "a [[firebox]]",
                "a [[boiler]]",
                "[[cylinders]] with pistons",
                "[[driving wheels]]",
                "a [[tender]] for coal and water",
            ),
            "use": (
                "[[pulling trains]]",
                "Coal came first, then passengers, and now mostly friends of old engines on holiday lines.",
            ),
            "working": (
                "A steam locomotive works by heating water in a boiler until it turns to steam.",
                "The steam pushes a piston to and fro, and rods pass the movement on to the wheels.",
                "Used steam leaves through the chimney and draws fresh air into the fire.",
            ),
        },
    ),
    Entity(
        "Microscope",
        "microscope",
        {
            "origin": (
                "about 1590",
                "The first models only made things nine times as large, and nobody knows exactly who came first.",
            ),
            "person": (
                "Zacharias Janssen",
                "Some doubt the claim, which his son made many years later before the town council.",
            ),
            "place": (
                "Middelburg in the Netherlands",
                "Makers of spectacles lived there door to door and saw what the others did.",
            ),
            "parts": (
                "an [[eyepiece]]",
                "a [[tube]]",
                "an [[objective]]",
                "a [[stage]] for the sample",
                "a [[lamp]] or mirror",
            ),
            "name": (
                "Greek words for small and look",
                "It was proposed by Giovanni Faber in Rome in a letter of 1625.",
            ),
            "use": (
                "[[medicine]], [[biology]] and [[testing metals]]",
                "Cells, bacteria and the cause of many illnesses were found with its help.",
            ),
            "working": (
                "A microscope works with two lenses that stand one above the other.",
                "The lower one throws an enlarged picture of the sample into the tube.",
                "The upper one is a magnifying glass, through which the eye looks at that picture.",
            ),
        },
    ),
    Entity(
        "Barometer",
        "barometer",
        {
            "origin": ("1643", "Well diggers had noticed that no pump could suck up water more than ten metres."),
            "person": (
                "Evangelista Torricelli",
                "He had been the last assistant of Galileo and followed him as mathematician to the grand duke.",
            ),
            "place": (
                "Florence in Italy",
                "Good glass tubes were blown there, and every experiment needed one that was a metre long.",
            ),
            "name": ("Greek words for weight and measure", "Robert Boyle was among the first to write it in English."),
            "use": ("[[weather forecasts]] and [[measuring height]]", "When it falls quickly a storm is on the way."),
            "parts": ("a [[glass tube]] closed at the top", "a [[dish]]", "[[quicksilver]]", "a [[scale]]"),
            "working": (
                "A barometer works like a balance with the air on one side.",
                "The air presses on the open dish and holds up a column of liquid metal in the tube.",
                "When the air grows lighter the column sinks, since there is nothing above it to press back.",
            ),
        },
    ),
    Entity(
        "Printing press",
        "printing press",
        {
            "origin": (
                "about 1450",
                "Within fifty years there were millions of books, more than all scribes of Europe had ever copied.",
            ),
            "person": (
                "Johannes Gutenberg",
                "He was a goldsmith who borrowed a great deal of money and lost a case in court over it.",
            ),
            "place": (
                "Mainz in Germany",
                "In China and Korea movable letters had been in use for centuries, but without such a machine.",
            ),
            "parts": ("a [[screw]] of wood", "a flat [[plate]]", "a [[bed]] for the type", "a [[frame]] for the paper"),
            "numbers": (
                "Towns with a press after fifty years | [[about 270]]",
                "Copies of the famous Bible | 180",
                "Pages of that Bible | 1,282",
                "Lines on a page | 42",
            ),
            "working": (
                "A printing press works by pushing paper onto letters of metal that carry ink.",
                "One man inks the letters, another lays down the sheet and pulls a bar, and the screw presses the plate down.",
                "Afterwards the letters are taken apart and used again.",
            ),
        },
    ),
    Entity(
        "Typewriter",
        "typewriter",
        {
            "origin": (
                "1868",
                "Dozens of earlier machines had been slower than a pen; this one could at last be sold.",
            ),
            "person": (
                "[[Christopher Sholes]], [[Carlos Glidden]] and [[Samuel Soule]]",
                "The first of them was also the editor of a newspaper.",
            ),
            "place": (
                "Milwaukee in the United States",
                "The three inventors met in a small workshop there after work.",
            ),
            "parts": (
                "[[keys]]",
                "[[type bars]]",
                "a [[ribbon]] with ink",
                "a [[roller]]",
                "a [[bell]] at the end of the line",
            ),
            "use": (
                "[[letters]], [[books]] and [[forms]]",
                "Mark Twain was one of the first authors to send in a manuscript made with it.",
            ),
            "working": (
                "A typewriter works by levers: each key throws a bar with a letter against the paper.",
                "Between the two runs a ribbon that leaves its ink where it is struck.",
                "A spring then pulls the carriage on by the width of one letter.",
            ),
        },
    ),
    Entity(
        "Hot air balloon",
        "hot air balloon",
        {
            "origin": (
                "1783",
                "A sheep, a duck and a cock were the first passengers, and men followed two months later.",
            ),
            "person": (
                "[[Joseph]] and [[Étienne Montgolfier]]",
                "The brothers made paper and thought at first that it was smoke that did the lifting.",
            ),
            "place": (
                "Annonay in France",
                "On the market square there a great bag of linen and paper rose before the eyes of all.",
            ),
            "parts": ("an [[envelope]] of thin cloth", "a [[burner]]", "[[bottles of gas]]", "a [[basket]] of willow"),
            "size": ("about 11 metres wide", "It held some 800 cubic metres and weighed over two hundred kilograms."),
            "use": ("[[flights for pleasure]] and [[races]]", "The best hours are after sunrise and before sunset."),
            "working": (
                "A hot air balloon works because warm air is lighter than the cool air around it.",
                "The pilot burns gas to rise and opens a flap at the top to sink.",
                "It cannot be steered, but winds at other heights blow in other directions.",
            ),
        },
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
