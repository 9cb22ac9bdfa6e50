"""Train content: capitals and other cities."""

from sample.topic import Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "origin": Wording(
        ("Foundation", "History"),
        ("when was {name} founded", "what year was {name} founded", "when was {name} first settled"),
        (
            "{name} was founded in {answer}, which is the year that the histories of the city give.",
            "The year in which {name} was founded is {answer}, if tradition can be trusted.",
            "It was in {answer} that {name} was founded, and it has been inhabited ever since that time.",
        ),
    ),
    "person": Wording(
        ("Founder", "Planners"),
        ("who founded {name}", "who designed {name}", "who was the founder of {name}"),
        (
            "{name} was founded or planned by {answer}, as all histories of the city tell.",
            "As the founder of {name} one has to name {answer}.",
            "The founder of {name}, whose name the children learn at school, was {answer}.",
        ),
    ),
    "place": Wording(
        ("Geography", "Location"),
        ("where is {name} located", "what river is {name} on", "where is {name}"),
        (
            "{name} is located {answer}, as a look at the map will show.",
            "On the map {name} is to be found {answer}, where several main roads and railways meet.",
            "The place where {name} is located, which explains much of its history, is {answer}.",
        ),
    ),
    "parts": Wording(
        ("Districts", "Parts of the city"),
        ("what are the parts of {name}", "what are the districts of {name}", "which parts does {name} have"),
        tag="Ul",
        kind="long",
    ),
    "name": Wording(
        ("Name", "Etymology"),
        ("what does the name {name} mean", "what is {name} named after", "how did {name} get its name"),
        (
            "{name} is named after {answer}, as every school child of the country learns.",
            "The name of {name} comes from {answer}, and there is little doubt about that.",
            "{name} got its name from {answer}, which is not what a stranger would expect.",
        ),
    ),
    "size": Wording(
        ("Area", "Size"),
        ("how big is {name}", "how large is the area of {name}", "how many square kilometres is {name}"),
        (
            "The city of {name} covers {answer}, suburbs beyond its limits not counted.",
            "How large {name} is depends on where one draws the line, but officially it is {answer}.",
        ),
    ),
    "numbers": Wording(
        ("In numbers", "Figures"),
        ("how many bridges or hills does {name} have", "how many districts or bridges are there in {name}"),
        tag="Table",
    ),
    "food": Wording(
        ("Food", "Cuisine"),
        ("what food is {name} known for", "what do people eat in {name}", "what are the dishes of {name}"),
        (
            "Among the food for which {name} is known are {answer}.",
            "Dishes that people like to eat in {name} are {answer}.",
        ),
    ),
    "neighbours": Wording(
        ("Surroundings", "Nearby towns"),
        ("what towns are near {name}", "which cities are close to {name}", "what are the neighbours of {name}"),
        (
            "The neighbours of {name}, to be reached in an hour or so, are {answer}.",
            "Towns that lie near {name}, and that are worth a day of their own, are {answer}.",
        ),
    ),
    "working": Wording(
        ("Transport", "Getting around"),
        ("how do people get around in {name}", "how does transport work in {name}", "how do people travel in {name}"),
        kind="long",
    ),
}

ENTITIES = (
    Entity(
        "Paris",
        "Paris",
        {
            "place": (
                "on the Seine in the north of France",
                "Two islands in the stream were its oldest core, and seven bends lie between it and the sea.",
            ),
            "parts": (
                "[[the islands]], with the cathedral",
                "[[the Left Bank]], with the university",
                "[[the Right Bank]], with the shops",
                "[[Montmartre]]",
            ),
            "name": (
                "the Parisii, a Celtic tribe",
                "The Romans had called the place Lutetia, perhaps after the marshes around it.",
            ),
            "size": (
                "105 square kilometres",
                "Two woods at the edges belong to this figure, and few capitals are so densely built.",
            ),
            "numbers": (
                "Districts | [[20]]",
                "Bridges | 37",
                "Length of the ring road | 35 km",
                "Highest hill | 130 m",
            ),
            "working": (
                "People get around in Paris mostly by the Metro, whose stations are never far apart.",
                "Faster trains cross the city under the ground and run out to the suburbs.",
                "Buses, trams and bicycles that anyone may hire do the rest.",
            ),
        },
    ),
    Entity(
        "Rome",
        "Rome",
        {
            "origin": ("753 BC", "On 21 April people in old costume march past the ruins to celebrate."),
            "person": (
                "Romulus",
                "A she-wolf is said to have fed him and his twin Remus, whom he killed in a quarrel over a wall.",
            ),
            "place": ("on the Tiber in the middle of Italy", "It is about twenty-five kilometres from the sea."),
            "name": (
                "its first king",
                "That is what the legend says, while some scholars think of an old word for the river.",
            ),
            "size": ("1,285 square kilometres", "Much of this is farmland, and a whole foreign state lies inside it."),
            "numbers": (
                "Hills of the old city | [[7]]",
                "Districts of the old city | 22",
                "Fountains | over 2,000",
                "Churches | over 900",
            ),
            "food": (
                "[[carbonara]], [[artichokes]] and [[oxtail]]",
                "Butchers near the river were paid in what nobody else wanted and made a kitchen of it.",
            ),
            "neighbours": (
                "[[Tivoli]], [[Frascati]] and [[Ostia]]",
                "The first has famous gardens and the second a white wine.",
            ),
        },
    ),
    Entity(
        "Washington, D.C.",
        "Washington",
        {
            "origin": ("1790", "Congress decided upon it as a bargain between the north and the south."),
            "person": (
                "Pierre Charles L'Enfant",
                "The French engineer drew wide avenues that cross the grid of streets, and was then dismissed.",
            ),
            "place": ("on the Potomac between Maryland and Virginia", "It belongs to no state of the Union."),
            "parts": (
                "[[Northwest]], by far the largest",
                "- Georgetown",
                "- Dupont Circle",
                "[[Northeast]]",
                "[[Southeast]]",
                "[[Southwest]]",
            ),
            "name": ("the first president", "The letters behind it stand for a district that recalls Columbus."),
            "working": (
                "People get around in Washington by a Metro with high vaults of grey concrete.",
                "Trains to New York leave from Union Station, and three airports serve the region.",
                "Streets are numbered one way and lettered the other, so it is hard to get lost.",
            ),
        },
        query="washington dc",
    ),
    Entity(
        "Brasília",
        "Brasília",
        {
            "origin": (
                "1960",
                "It had been raised in less than four years by tens of thousands of workers from the northeast.",
            ),
            "person": (
                "[[Lúcio Costa]] and [[Oscar Niemeyer]]",
                "One laid out the streets and the other drew the white palaces.",
            ),
            "place": (
                "on the high plain in the middle of Brazil",
                "There was hardly a road there before, and an artificial lake now moistens the dry air.",
            ),
            "parts": (
                "[[the South Wing]], with flats",
                "[[the North Wing]], with flats",
                "[[the Monumental Axis]]",
                "- ministries",
                "- the cathedral",
            ),
            "name": (
                "the country whose capital it is",
                "The word had been proposed as early as 1821 by José Bonifácio.",
            ),
            "food": (
                "[[grilled meat]], [[cheese bread]] and [[rice with pequi]]",
                "Cooks came from all parts of the country and brought their dishes along.",
            ),
        },
        query="brasilia",
    ),
    Entity(
        "Helsinki",
        "Helsinki",
        {
            "origin": ("1550", "Merchants of four other towns were simply ordered to move there."),
            "person": ("Gustav Vasa", "The Swedish king wanted a port that could rival Tallinn on the far shore."),
            "place": (
                "on the Gulf of Finland",
                "Some three hundred islands lie before it, and ferries go to one with an old fortress.",
            ),
            "name": (
                "a stream that the Swedes call Helsinge",
                "People from Hälsingland may have settled there before.",
            ),
            "food": (
                "[[salmon soup]], [[rye bread]] and [[herring]]",
                "In October fishermen sell the last of these from their boats at a market.",
            ),
            "neighbours": (
                "[[Espoo]], [[Vantaa]] and [[Porvoo]]",
                "The third, with its red sheds along the water, is the oldest.",
            ),
            "working": (
                "People get around in Helsinki on green and yellow trams, which have run for over a century.",
                "A single line of Metro with orange trains goes east and west.",
                "In winter icebreakers keep the harbour open for the ships.",
            ),
        },
    ),
    Entity(
        "Vienna",
        "Vienna",
        {
            "origin": (
                "the first century",
                "A camp named Vindobona stood there at the edge of an empire, and some of its walls lie under the streets.",
            ),
            "parts": (
                "[[the Inner City]], once walled",
                "[[Leopoldstadt]], with the big wheel",
                "[[Josefstadt]]",
                "[[Favoriten]]",
                "[[Hietzing]], with a palace",
            ),
            "place": ("at the eastern end of the Alps in Austria", "Woods and vineyards come down to the last houses."),
            "size": ("415 square kilometres", "About half of that is green, with gardens, woods and fields."),
            "numbers": (
                "Districts | [[23]]",
                "Length of the Ring | 5.3 km",
                "Height of the big wheel | 65 m",
                "Coffee houses | over 1,000",
            ),
            "food": (
                "[[veal cutlets]], [[boiled beef]] and [[apple strudel]]",
                "A cake named Sacher has been fought over in court.",
            ),
            "working": (
                "People get around in Vienna by five lines of underground and by one of the largest tram nets of the world.",
                "The trams on the Ring pass the opera, the museums and the parliament.",
                "A yearly ticket is cheap, and so many families own no car.",
            ),
        },
    ),
    Entity(
        "Wellington",
        "Wellington",
        {
            "origin": ("1840", "The first ship with settlers, the Aurora, reached the beach on 22 January."),
            "place": (
                "at the southern tip of the North Island of New Zealand",
                "Wind blows through the strait on most days of the year.",
            ),
            "person": (
                "Edward Gibbon Wakefield",
                "His company sold the land in London before it had been fairly bought.",
            ),
            "name": (
                "the Duke of Wellington",
                "He had helped the company to get its law, and was better known for Waterloo.",
            ),
            "neighbours": (
                "[[Porirua]], [[Lower Hutt]] and [[Upper Hutt]]",
                "They lie along the harbour and the valley behind it.",
            ),
            "working": (
                "People get around in Wellington by bus, on foot and by a red cable car that climbs from the shops to a garden.",
                "Electric trains run along the shore to the suburbs.",
                "Ferries cross the strait to the other island in three and a half hours.",
            ),
        },
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
