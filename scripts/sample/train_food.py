"""Train content: food and drink."""

from sample.topic import Topic
from sample.train_wording import Entity, Wording, topics

WORDINGS = {
    "origin": Wording(
        ("History", "Early history"),
        (
            "when did {name} come to europe",
            "when was {name} first brought to europe",
            "what year did {name} reach europe",
        ),
        (
            "{name} first came to Europe in {answer}, according to the oldest sure reports.",
            "It was in {answer} that {name} was first brought to Europe.",
        ),
    ),
    "person": Wording(
        ("Introduction", "People"),
        ("who brought {name} to europe", "who made {name} popular", "who discovered {name}"),
        (
            "The man who did most to make {name} known was {answer}.",
            "{name} was made popular by {answer}, if an old and well known story is right.",
        ),
    ),
    "place": Wording(
        ("Origin", "Where it grows"),
        ("where does {name} come from", "what country is {name} native to", "where is {name} native to"),
        (
            "{name} comes from {answer}, where wild relatives of the plant are found even now.",
            "The plant that gives us {name} is native to {answer}, though it is grown in many other countries.",
        ),
    ),
    "size": Wording(
        ("Size", "The plant"),
        ("how tall does the {name} plant grow", "how high does the {name} plant get"),
        (
            "The plant from which we have {name} grows {answer} high if it is left alone.",
            "How high the plant of {name} can get depends on the soil: {answer} is usual.",
        ),
    ),
    "parts": Wording(
        ("Kinds", "Varieties"),
        ("what kinds of {name} are there", "what are the types of {name}", "which types of {name} exist"),
        tag="Ul",
    ),
    "name": Wording(
        ("Name", "Etymology"),
        ("what does the word {name} mean", "where does the word {name} come from", "how did {name} get its name"),
        (
            "The name of {name} comes from {answer}, and it came into English by way of trade.",
            "{name} got its name from {answer}, which sailors and merchants carried from port to port.",
        ),
    ),
    "use": Wording(
        ("Uses", "In the kitchen"),
        ("what is {name} used for", "what is {name} used for besides eating", "what do people use {name} for"),
        (
            "{name} is used for {answer}, and cooks find new uses for it all the time.",
            "People use {name} for {answer}, in rich houses as well as in poor ones.",
        ),
    ),
    "numbers": Wording(
        ("Nutrition", "What is in 100 grams"),
        ("how many calories are in {name}", "how many calories does {name} have"),
        tag="Table",
    ),
    "working": Wording(
        ("Production", "How it is made"),
        ("how is {name} made", "how is {name} grown", "how is {name} produced"),
        kind="long",
    ),
}

ENTITIES = (
    Entity(
        "Potato",
        "the potato",
        {
            "origin": (
                "the sixteenth century",
                "For long it was grown as a curious flower, and many feared that it was poisonous.",
            ),
            "person": (
                "Antoine Parmentier",
                "He lived on it as a prisoner of war and later set guards around his field to make people curious.",
            ),
            "place": (
                "the Andes of Peru and Bolivia",
                "Farmers there know thousands of sorts and freeze some of them in the cold nights.",
            ),
            "parts": (
                "[[floury]], for mashing",
                "[[waxy]], for salads",
                "[[new]], dug early",
                "[[blue]], as in the old home",
            ),
            "name": (
                "the Taino word batata",
                "That was in fact another plant, a sweet one, and the two were mixed up.",
            ),
            "use": ("[[chips]], [[starch]] and [[vodka]]", "Boiled in the skin it keeps most of what is good in it."),
            "numbers": ("Calories | [[77]]", "Water | 79 g", "Starch | 15 g", "Protein | 2 g"),
            "working": (
                "Potato plants are grown from pieces that have been kept since the last harvest.",
                "Each piece sprouts from its eyes, and earth is heaped against the stem so that no light reaches the tubers.",
                "When the leaves turn brown the crop is lifted.",
            ),
        },
        query="potato",
    ),
    Entity(
        "Tea",
        "tea",
        {
            "origin": (
                "the early seventeenth century",
                "Dutch ships carried it, and it was at first sold by chemists as a medicine.",
            ),
            "place": ("the borderland of China, India and Burma", "Hills with warm rain and light mist suit it best."),
            "size": (
                "3 to 15 metres",
                "In gardens the bushes are cut back to the height of the waist, so that pickers can reach the tips.",
            ),
            "parts": ("[[green]]", "[[black]]", "- Assam", "- Darjeeling", "[[white]]", "[[oolong]]"),
            "name": (
                "a word of the Min language of Fujian",
                "Where it travelled over land instead of by ship, it is called chai.",
            ),
            "working": (
                "Tea is made from young leaves, which are left to wither and are then rolled.",
                "For the black kind they lie in moist air until they turn brown, while for the green kind they are heated at once.",
                "Hot air dries them in the end.",
            ),
        },
    ),
    Entity(
        "Rice",
        "rice",
        {
            "place": (
                "the valley of the Yangtze in China",
                "Grains of about nine thousand years of age have been dug up there.",
            ),
            "size": ("about 1 metre", "Short sorts are liked better now, since wind and rain do not lay them flat."),
            "parts": (
                "[[long grain]]",
                "- basmati",
                "- jasmine",
                "[[short grain]]",
                "[[sticky]]",
                "[[wild]], which is another plant",
            ),
            "use": (
                "[[sushi]], [[puddings]] and [[noodles]]",
                "Beer, wine and paper are made from it too in the Far East.",
            ),
            "numbers": ("Calories, cooked | [[130]]", "Water | 68 g", "Starch | 28 g", "Protein | 2.7 g"),
            "working": (
                "Rice is grown in fields that stand under water, which keeps weeds away.",
                "Seedlings are raised in a small bed and planted out by hand or by machine.",
                "The water is let off before the harvest, and the husks are rubbed from the grain in a mill.",
            ),
        },
    ),
    Entity(
        "Banana",
        "the banana",
        {
            "place": (
                "New Guinea and southeast Asia",
                "The wild ones are full of hard seeds and were first planted there.",
            ),
            "size": ("2 to 8 metres", "It is not a tree but an herb, and what seems to be a trunk is made of leaves."),
            "parts": (
                "[[Cavendish]], the one in shops",
                "[[plantain]], for cooking",
                "[[red]]",
                "[[apple]], short and sweet",
            ),
            "name": (
                "a word of West Africa",
                "Portuguese sailors learned it in Guinea; some compare the Arabic for finger.",
            ),
            "use": (
                "[[desserts]], [[bread]] and [[baby food]]",
                "In the south of India the large leaves serve as plates.",
            ),
            "numbers": ("Calories | [[89]]", "Water | 75 g", "Sugar | 12 g", "Potassium | 360 mg"),
        },
        query="banana",
    ),
    Entity(
        "Tomato",
        "the tomato",
        {
            "origin": (
                "the sixteenth century",
                "The first ones were yellow, which is why the Italians speak of golden apples.",
            ),
            "place": ("western South America and Mexico", "The wild fruits are hardly larger than peas."),
            "name": ("the Nahuatl word tomatl", "In Austria it is called the apple of paradise instead."),
            "use": (
                "[[ketchup]], [[salads]] and [[pizza]]",
                "Science counts it as a berry, but in the kitchen it is treated as a vegetable.",
            ),
            "numbers": ("Calories | [[18]]", "Water | 95 g", "Sugar | 2.6 g", "Protein | 0.9 g"),
            "size": (
                "1 to 3 metres",
                "It has to be tied to a stick, since the stem cannot carry the weight of the fruit.",
            ),
            "parts": ("[[cherry]]", "[[plum]], for sauce", "[[beefsteak]], the largest", "[[yellow]]"),
        },
        query="tomato",
    ),
    Entity(
        "Maize",
        "maize",
        {
            "origin": (
                "1493",
                "It was in the baggage of the first voyage to America and grew in Spanish gardens soon after.",
            ),
            "person": ("Christopher Columbus", "His men had been given bread of it on the island of Cuba."),
            "place": (
                "southern Mexico",
                "A grass with tiny ears, teosinte, was turned into it by farmers nine thousand years ago.",
            ),
            "size": ("about 2.5 metres", "The male flowers stand at its top, and the ears sit halfway up."),
            "parts": (
                "[[dent]], for cattle",
                "[[sweet]], for the table",
                "[[popcorn]], with a hard skin",
                "[[flour]], soft and white",
            ),
            "use": (
                "[[animal feed]], [[tortillas]] and [[syrup]]",
                "In Africa a stiff porridge of it is the daily meal of millions.",
            ),
        },
    ),
)

TOPICS: tuple[Topic, ...] = topics(WORDINGS, ENTITIES)
