"""Train content: languages."""

from sample.topic import Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "origin": Wording(
        ("First texts", "History"),
        ("when was {name} first written", "what year are the first texts in {name} from", "how old is written {name}"),
        (
            "The oldest text in which {name} was written down dates from {answer}.",
            "{name} was first written in {answer}, as far as anything has come down to us.",
        ),
    ),
    "person": Wording(
        ("People", "Makers of the written language"),
        ("who invented the writing of {name}", "who created written {name}", "who made the alphabet of {name}"),
        (
            "The person who created the form in which {name} is written was {answer}.",
            "Written {name} as we know it was invented by {answer}.",
        ),
    ),
    "place": Wording(
        ("Where it is spoken", "Distribution"),
        ("where is {name} spoken", "which country speaks {name}", "where do people speak {name}"),
        (
            "{name} is a language that is spoken in {answer}, at home as well as in school.",
            "The places where the {name} language is spoken are located in {answer}.",
        ),
    ),
    "parts": Wording(
        ("Dialects", "Varieties"),
        ("what are the dialects of {name}", "which dialects does {name} have", "what kinds of {name} are there"),
        tag="Ul",
    ),
    "name": Wording(
        ("Name", "Etymology"),
        ("where does the name {name} come from", "what does the name {name} mean", "what is {name} named after"),
        (
            "The name of {name} comes from {answer}, as most dictionaries explain.",
            "{name} got its name from {answer}, according to those who study the history of words.",
        ),
    ),
    "numbers": Wording(
        ("Letters and sounds", "Figures"),
        ("how many letters are in the {name} alphabet", "how many letters does {name} have"),
        tag="Table",
    ),
    "working": Wording(
        ("Grammar", "How words are formed"),
        ("how does {name} form words", "how does the grammar of {name} work", "how are words built in {name}"),
        kind="long",
    ),
    "neighbours": Wording(
        ("Related languages", "Family"),
        ("what languages are related to {name}", "which languages are close to {name}", "what is {name} similar to"),
        (
            "The languages to which {name} is related, more closely than to any others, include {answer}.",
            "{name} is related to {answer}, as common words and endings prove.",
        ),
    ),
}

ENTITIES = (
    Entity(
        "Esperanto",
        "Esperanto",
        {
            "origin": ("1887", "A thin book that was sold in Warsaw held the whole grammar in sixteen rules."),
            "person": (
                "Ludwik Zamenhof",
                "He was an eye doctor from Białystok, a town where four peoples did not understand each other.",
            ),
            "name": ("a word that means one who hopes", "The author had put it on his first book in place of his own."),
            "numbers": ("Letters of the alphabet | [[28]]", "Vowels | 5", "Exceptions in the grammar | 0", "Cases | 2"),
            "working": (
                "Esperanto forms words by adding small pieces that never change to a root.",
                "Every noun ends in o and every adjective in a, and to say the opposite one puts mal in front.",
                "So a learner who knows a few hundred roots can say almost everything.",
            ),
            "neighbours": (
                "[[Italian]], [[French]], [[German]] and [[Polish]]",
                "Its roots were borrowed from these, though it descends from none of them.",
            ),
        },
    ),
    Entity(
        "Welsh language",
        "Welsh",
        {
            "origin": ("the eighth century", "A stone in the church of Tywyn bears a few lines of it."),
            "place": (
                "[[Wales]] and [[Patagonia]]",
                "Settlers took it to the south of Argentina in 1865, where tea houses still use it.",
            ),
            "parts": ("[[northern]]", "- Gwynedd", "- Powys", "[[southern]]", "- Dyfed", "- Gwent"),
            "name": (
                "an Old English word for foreigner",
                "Its speakers say Cymraeg, which is connected with a word for fellow countryman.",
            ),
            "numbers": (
                "Letters of the alphabet | [[29]]",
                "Letters written with two signs | 8",
                "Vowels | 7",
                "Genders | 2",
            ),
            "neighbours": (
                "[[Breton]] and [[Cornish]]",
                "Irish and Gaelic belong to another branch of the same family.",
            ),
        },
    ),
    Entity(
        "Korean language",
        "Korean",
        {
            "person": (
                "King Sejong",
                "He wished that simple people too could read and write and tell what they needed.",
            ),
            "name": (
                "the old kingdom of Goryeo",
                "That state ruled the peninsula from 918 to 1392; in Seoul the people say Hangugeo.",
            ),
            "place": (
                "[[South Korea]], [[North Korea]] and [[parts of China]]",
                "Large groups of speakers also live in Japan and California.",
            ),
            "parts": (
                "[[Seoul]], the standard of the south",
                "[[Pyongyang]], the standard of the north",
                "[[Gyeongsang]], with tones",
                "[[Jeju]], on an island",
            ),
            "numbers": (
                "Letters of the alphabet | [[24]]",
                "Consonants | 14",
                "Vowels | 10",
                "Levels of politeness | 7",
            ),
            "working": (
                "Korean forms words by adding one ending after another to a stem.",
                "The verb stands last, and its ending tells how polite the speaker wants to be.",
                "Small words behind a noun show whether it is the subject, the object or a place.",
            ),
        },
    ),
    Entity(
        "Hungarian language",
        "Hungarian",
        {
            "place": (
                "[[Hungary]] and [[parts of Romania and Slovakia]]",
                "Some villages of Serbia and Austria use it as well.",
            ),
            "origin": (
                "1055",
                "A few words stand in the Latin charter of the abbey of Tihany, among them those for a road to Fehérvár.",
            ),
            "name": (
                "a Turkic word for ten arrows",
                "The arrows stood for ten tribes; the people call themselves Magyars.",
            ),
            "numbers": ("Letters of the alphabet | [[44]]", "Vowels | 14", "Cases | 18", "Genders | 0"),
            "working": (
                "Hungarian forms words by hanging endings on a root, often three or four in a row.",
                "The vowels of the endings follow those of the root, so that they sound alike.",
                "What takes four words in English may therefore be a single long one.",
            ),
            "neighbours": (
                "[[Mansi]] and [[Khanty]]",
                "These are spoken by small peoples beyond the Ural mountains; Estonian is a more distant cousin.",
            ),
        },
    ),
    Entity(
        "Swahili language",
        "Swahili",
        {
            "place": (
                "[[Tanzania]], [[Kenya]] and [[Uganda]]",
                "As a language of trade it is understood far into the Congo as well.",
            ),
            "origin": (
                "the early eighteenth century",
                "Letters and poems from the coast were set down in Arabic script.",
            ),
            "name": ("the Arabic word for coasts", "Traders from Oman and Persia met its speakers in the ports."),
            "parts": ("[[Unguja]], the standard", "[[Mvita]], of Mombasa", "[[Amu]], of Lamu", "[[Mrima]]"),
            "working": (
                "Swahili forms words by putting small pieces in front of a root.",
                "Nouns fall into classes, and every word that belongs to the noun takes the sign of its class.",
                "A verb begins with who does it and when, and ends with the root.",
            ),
            "neighbours": (
                "[[Zulu]], [[Shona]] and [[Kikuyu]]",
                "Many words were borrowed from Arabic, but that does not change the family.",
            ),
        },
    ),
    Entity(
        "Icelandic language",
        "Icelandic",
        {
            "place": ("Iceland", "It has changed so little that children read stories of eight hundred years ago."),
            "origin": (
                "the twelfth century",
                "Laws and a book on the settlers of the island were among the first things put on calfskin.",
            ),
            "name": (
                "the island of ice",
                "A Viking is said to have called it so after he had seen a fjord full of drifting floes.",
            ),
            "numbers": ("Letters of the alphabet | [[32]]", "Vowels | 14", "Cases | 4", "Genders | 3"),
            "neighbours": (
                "[[Faroese]] and [[Norwegian]]",
                "The dialects of western Norway are nearest, for most settlers came from there.",
            ),
            "working": (
                "Icelandic forms words for new things from old roots instead of borrowing them.",
                "A computer is a number prophetess, and a telephone was called after an old word for thread.",
                "Nouns change their endings by case, and family names are made from the name of the father.",
            ),
        },
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
