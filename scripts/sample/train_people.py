"""Train content: scientists, composers and writers."""

from sample.topic import Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "origin": Wording(
        ("Birth", "Early life"),
        ("when was {name} born", "what year was {name} born", "what is the date of birth of {name}"),
        (
            "{name} was born on {answer}, according to all the usual accounts of this life.",
            "The date on which {name} was born is {answer}.",
            "It was on {answer} that {name} was born, and the anniversaries of that day have been marked with concerts or lectures.",
        ),
    ),
    "place": Wording(
        ("Home", "Place of birth"),
        ("where was {name} born", "where did {name} come from", "what city was {name} born in"),
        (
            "The place where {name} was born is located in {answer}.",
            "{name} came from {answer}, where visitors still ask for the house.",
        ),
    ),
    "person": Wording(
        ("Family", "Marriage"),
        ("who was {name} married to", "who was the wife of {name}", "who did {name} marry"),
        (
            "{name} was married to {answer}.",
            "The person whom {name} married, and who shared the years of work, was {answer}.",
        ),
    ),
    "parts": Wording(
        ("Works", "Main works"),
        ("what are the works of {name}", "which works did {name} write", "what are the main works of {name}"),
        tag="Ol",
        kind="long",
    ),
    "use": Wording(
        ("Achievements", "Legacy"),
        ("what is {name} known for", "what did {name} do", "why is {name} famous"),
        (
            "{name} is known for {answer}, which would be enough for lasting fame.",
            "What {name} is best known for is {answer}.",
        ),
    ),
    "numbers": Wording(
        ("Life in numbers", "Figures"),
        ("how many children did {name} have", "how many sons and daughters did {name} have"),
        tag="Table",
    ),
    "working": Wording(
        ("Way of working", "Habits"),
        ("how did {name} work", "how did {name} do his work", "how did {name} live and work"),
        kind="long",
    ),
}

ENTITIES = (
    Entity(
        "Charles Darwin",
        "Charles Darwin",
        {
            "origin": (
                "12 February 1809",
                "Abraham Lincoln came into the world on the very same day, in a log cabin across the ocean.",
            ),
            "place": (
                "Shrewsbury in England",
                "His father, a very large man, was a doctor there and wanted him to become one too.",
            ),
            "person": (
                "Emma Wedgwood",
                "She was his cousin, and before he asked her he wrote a list of reasons for and against.",
            ),
            "parts": (
                "The Voyage of the Beagle, 1839",
                "On the Origin of Species, 1859",
                "The Descent of Man, 1871",
                "a book on earthworms, 1881",
            ),
            "use": (
                "the theory of evolution",
                "It says that those who are better fitted to their surroundings leave more offspring.",
            ),
            "numbers": ("Children | [[10]]", "Years of the voyage | 5", "Age at death | 73"),
        },
    ),
    Entity(
        "Isaac Newton",
        "Isaac Newton",
        {
            "origin": (
                "25 December 1642",
                "That is by the old calendar of his country; by the new one it was ten days later.",
            ),
            "place": ("Woolsthorpe in England", "In the garden stands an apple tree that is shown as the famous one."),
            "parts": (
                "Principia, 1687",
                "- on motion",
                "- on the planets",
                "Opticks, 1704",
                "letters on chemistry, never printed",
            ),
            "use": ("the law of gravity", "The same force, he showed, pulls at an apple and at the Moon."),
            "numbers": ("Children | [[0]]", "Years as head of the Royal Society | 24", "Age at death | 84"),
            "working": (
                "Isaac Newton worked alone, by night, and often forgot to eat.",
                "When the plague closed his university he went home for two years and had his best ideas there.",
                "He kept them in his desk for decades, until others made him print them.",
            ),
        },
    ),
    Entity(
        "Wolfgang Amadeus Mozart",
        "Mozart",
        {
            "origin": (
                "27 January 1756",
                "He was baptized on the next day with a name so long that nobody ever used it.",
            ),
            "place": ("Salzburg in Austria", "The third floor of a yellow house in the Getreidegasse is a museum now."),
            "use": (
                "[[operas]], [[symphonies]] and [[piano concertos]]",
                "He wrote for almost every instrument there was in his day.",
            ),
            "parts": (
                "The Marriage of Figaro, 1786",
                "Don Giovanni, 1787",
                "The Magic Flute, 1791",
                "Requiem, left unfinished",
            ),
            "numbers": ("Children | [[6]]", "Works in the catalogue | 626", "Age at death | 35"),
            "working": (
                "Mozart worked quickly and wrote whole pieces down only after they were ready in his head.",
                "His father had taken him through Europe as a child to play before kings.",
                "Later he lived from lessons, concerts and orders, and rose at six to compose.",
            ),
        },
    ),
    Entity(
        "Albert Einstein",
        "Albert Einstein",
        {
            "origin": (
                "14 March 1879",
                "The family moved to Munich a year later, where his father set up electric lights.",
            ),
            "place": ("Ulm in Germany", "The house was destroyed in the war, and a sculpture marks the spot."),
            "person": (
                "[[Mileva Marić]] and, later, [[Elsa Löwenthal]]",
                "The first had been a student of physics with him, and the second was his cousin.",
            ),
            "use": (
                "the theory of relativity",
                "His equation of mass and energy is the only one that nearly everybody can say by heart.",
            ),
            "numbers": ("Children | [[3]]", "Nobel Prizes | 1", "Age at death | 76"),
            "working": (
                "Albert Einstein worked with paper and pencil and with pictures in his mind.",
                "He asked himself what he would see if he rode on a beam of light.",
                "For years he did so beside his duties as an officer for patents, and he played the fiddle to think.",
            ),
        },
    ),
    Entity(
        "Johann Sebastian Bach",
        "Johann Sebastian Bach",
        {
            "origin": (
                "21 March 1685",
                "He was the eighth and last child, and an older brother brought him up after their parents died.",
            ),
            "place": (
                "Eisenach in Germany",
                "So many of his family were town musicians there that the name became a word for them.",
            ),
            "use": (
                "[[fugues]], [[cantatas]] and [[organ music]]",
                "Nobody else has led so many voices through a piece so well.",
            ),
            "parts": (
                "Brandenburg Concertos, 1721",
                "The Well-Tempered Clavier, 1722",
                "St Matthew Passion, 1727",
                "Mass in B minor, 1749",
            ),
            "numbers": ("Children | [[20]]", "Works in the catalogue | over 1,100", "Age at death | 65"),
            "working": (
                "Johann Sebastian Bach worked as an organist, a court musician and at last as a cantor in Leipzig.",
                "There he had to have a new piece ready for almost every Sunday.",
                "The family copied the parts on Saturday night, and the boys of the school sang them.",
            ),
        },
    ),
    Entity(
        "Louis Pasteur",
        "Louis Pasteur",
        {
            "origin": ("27 December 1822", "His father was a tanner who had fought under Napoleon."),
            "place": (
                "Dole in France",
                "He grew up in Arbois, a small town of wine, and kept a house there all his life.",
            ),
            "person": ("Marie Laurent", "She took notes for him in the evening and helped him in all his experiments."),
            "use": (
                "a vaccine against rabies",
                "A boy of nine, Joseph Meister, who had been bitten by a mad dog, was saved by it in 1885.",
            ),
            "numbers": ("Children | [[5]]", "Vaccines | 3", "Age at death | 72"),
            "working": (
                "Louis Pasteur worked from practical troubles, such as sour wine and sick silkworms.",
                "He heated broth in flasks with long bent necks and showed that it stayed clear as long as no dust could enter.",
                "Half his side was lame from the age of 45, so assistants did what his hands could not.",
            ),
        },
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
