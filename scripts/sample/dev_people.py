"""Dev content: people."""

from sample.topic import Block, Question, Topic

CURIE = Topic(
    "Marie Curie",
    (
        Block(
            "origin",
            (
                "She was born on 7 November [[1867]], as the youngest of five children of two teachers.",
                "She died at the age of 66.",
            ),
            heading="Life",
        ),
        Block(
            "place",
            (
                "Marie Curie was born in [[Warsaw]], a city then under Russian rule.",
                "She moved to France to study, because no university at home would take a woman.",
            ),
            heading="Birthplace",
        ),
        Block(
            "person",
            (
                "She worked with [[Pierre Curie]], her husband, by whom much of the apparatus was designed.",
                "He was killed by a cart in the rain.",
            ),
            heading="Husband",
        ),
        Block(
            "name",
            (
                "Polonium, which she discovered, is named after [[Poland]].",
                "An element with the number 96 bears the name of the Curies themselves.",
            ),
            heading="Names",
        ),
        Block(
            "use",
            (
                "In the war she used cars with X-rays for [[finding bullets]] in wounded men.",
                "She learned to drive and to mend the motor herself.",
            ),
            heading="In the war",
        ),
        Block(
            "working",
            (
                "Radium was obtained by endless boiling: tons of black ore were stirred in iron pots in a shed, the "
                "salts were parted step by step, and in the end a tenth of a gram remained.",
            ),
            heading="How radium was obtained",
        ),
        Block(
            "numbers",
            ("Nobel Prizes | [[2]]", "Elements discovered | 2", "Daughters | 2"),
            tag="Table",
            heading="Figures",
        ),
    ),
    (
        Question("in what year was marie curie born", "origin"),
        Question("what city was marie curie born in", "place"),
        Question("which country is polonium of marie curie named after", "name"),
        Question("how many nobel prizes does marie curie have", "numbers"),
        Question("how tall was marie curie", "", "null"),
    ),
)

BEETHOVEN = Topic(
    "Ludwig van Beethoven",
    (
        Block(
            "place",
            (
                "He was born in [[Bonn]], in a house that is now a museum.",
                "From his twenty-second year he lived in Vienna.",
            ),
            heading="Birthplace",
        ),
        Block(
            "origin",
            (
                "He was baptized on 17 December [[1770]], and was most likely born the day before.",
                "His father wished people to think that he was younger.",
            ),
            heading="Life",
        ),
        Block(
            "person",
            (
                "In Vienna he was taught by [[Joseph Haydn]], whose lessons he found too lax.",
                "In secret he took others from a writer of comic operas.",
            ),
            heading="Teachers",
        ),
        Block(
            "parts",
            ("First: allegro con brio", "Second: andante con moto", "Third: allegro", "Fourth: allegro"),
            tag="Ol",
            heading="The parts of the Fifth Symphony",
        ),
        Block(
            "numbers",
            ("Symphonies | [[9]]", "Piano sonatas | 32", "Operas | 1", "Piano concertos | 5"),
            tag="Table",
            heading="Works",
        ),
        Block(
            "working",
            (
                "When he was deaf he lived and worked with notebooks: guests wrote their questions down, and he "
                "answered aloud; for music he trusted his inner ear and the trembling of the piano.",
            ),
            heading="Deafness",
        ),
        Block(
            "name",
            (
                "The Eroica was to be named after [[Napoleon]], until the general made himself emperor.",
                "The name was scratched out with such force that the paper tore.",
            ),
        ),
    ),
    (
        Question("in which year was beethoven born", "origin"),
        Question("which composer taught beethoven in vienna", "person"),
        Question("how many symphonies does beethoven have", "numbers"),
        Question("what are the parts of the fifth symphony of beethoven", "parts", "long"),
        Question("how tall was beethoven in centimetres", "", "null"),
    ),
)

SHAKESPEARE = Topic(
    "William Shakespeare",
    (
        Block(
            "origin",
            (
                "He was born in April [[1564]], and 23 April is kept as the day.",
                "He died on the same date, 52 years old.",
            ),
            heading="Life",
        ),
        Block(
            "place",
            (
                "Shakespeare was born in [[Stratford]], a market town on the Avon.",
                "The house of his parents is located in Henley Street.",
            ),
            heading="Birthplace",
        ),
        Block(
            "person",
            (
                "At eighteen he married [[Anne Hathaway]], who was eight years older.",
                "In his will he left her the second best bed.",
            ),
            heading="Wife",
        ),
        Block(
            "parts",
            ("[[Comedies]]", "- Twelfth Night", "- As You Like It", "[[Histories]]", "- Henry V", "[[Tragedies]]"),
            tag="Ul",
            heading="The parts of the First Folio",
        ),
        Block(
            "name",
            (
                "His company was called the King's Men, a name that came from [[James I]], its patron.",
                "Before, it had been named after the Lord Chamberlain.",
            ),
            heading="Name of the company",
        ),
        Block(
            "numbers",
            ("Sonnets | [[154]]", "Children | 3", "Lines of a sonnet | 14"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "size",
            (
                "Hamlet is the longest of the plays, with some [[4,000 lines]].",
                "The Comedy of Errors is less than half as long.",
            ),
        ),
    ),
    (
        Question("what town was shakespeare born in", "place"),
        Question("who was the wife of shakespeare", "person"),
        Question("how many sonnets are there by shakespeare", "numbers"),
        Question("how long is hamlet by shakespeare", "size"),
        Question("how did shakespeare work on his plays", "", "null"),
    ),
)

TOPICS = (CURIE, BEETHOVEN, SHAKESPEARE)
