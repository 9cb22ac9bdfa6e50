"""Dev content: games and food."""

from sample.topic import Block, Question, Topic

CHESS = Topic(
    "Chess",
    (
        Block(
            "place",
            (
                "The game comes from [[India]], from where it came to Persia and then to the Arabs.",
                "It was found in Spain and Italy a thousand years ago.",
            ),
            heading="Where it comes from",
        ),
        Block(
            "parts",
            ("[[King]]", "[[Queen]]", "[[Rook]]", "[[Bishop]]", "[[Knight]]", "[[Pawn]]"),
            tag="Ul",
            heading="Pieces",
        ),
        Block(
            "name",
            (
                "Both chess and check come from the Persian word shah, which means [[king]].",
                "Checkmate is explained as: the king is helpless.",
            ),
            heading="Name",
        ),
        Block(
            "working",
            (
                "The players move in turn, and the game is played until one king is attacked and cannot escape; a "
                "player may also give up, and without a winner it is a draw.",
            ),
            heading="How it is played",
        ),
        Block(
            "numbers",
            ("Squares | [[64]]", "Pieces of each player | 16", "Pawns of each player | 8"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "person",
            (
                "The first official champion of the world was [[Wilhelm Steinitz]], born in Prague.",
                "He lost the title to Emanuel Lasker.",
            ),
            heading="Champions",
        ),
        Block(
            "origin",
            (
                "The first tournament between masters of many countries was held in London in [[1851]].",
                "Adolf Anderssen, a teacher, won it.",
            ),
        ),
    ),
    (
        Question("which pieces are the parts of a chess set", "parts"),
        Question("how is a game of chess played", "working", "long"),
        Question("how many squares are on a chess board", "numbers"),
        Question("in what country was chess first found", "place"),
        Question("how heavy is a chess board", "", "null"),
    ),
)

VOLLEYBALL = Topic(
    "Volleyball",
    (
        Block(
            "person",
            (
                "The game was invented by [[William G. Morgan]], who taught sport in Massachusetts.",
                "He wanted something gentler than basketball for older men.",
            ),
            heading="Inventor",
        ),
        Block(
            "origin",
            (
                "It was first played in [[1895]], in a hall, with a tennis net.",
                "The Olympic Games took it up in Tokyo, almost seventy years after.",
            ),
            heading="History",
        ),
        Block(
            "size",
            (
                "The court is [[18 metres]] long and half as wide.",
                "Men play over a net 2.43 metres high, women over a lower one.",
            ),
            heading="Court",
        ),
        Block(
            "numbers",
            ("Players in a team | [[6]]", "Touches in a row | 3", "Points for a set | 25"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "working",
            (
                "It is played without holding the ball: a team has three touches to send it back over the net, and it "
                "scores a point when the ball falls to the floor on the other side.",
            ),
            heading="How it is played",
        ),
        Block(
            "name",
            (
                "Its first name was [[mintonette]], after badminton.",
                "A guest at an early match saw the ball fly in volleys and suggested the name of today.",
            ),
        ),
    ),
    (
        Question("who was volleyball invented by", "person"),
        Question("in what year was volleyball first played", "origin"),
        Question("how many players are in a volleyball team", "numbers"),
        Question("may a volleyball player hold the ball", "working", "no"),
        Question("what is a volleyball made of", "", "null"),
    ),
)

BREAD = Topic(
    "Bread",
    (
        Block(
            "parts",
            ("[[Flour]]", "- wheat", "- rye", "[[Water]]", "[[Salt]]", "[[Yeast]] or sour dough"),
            tag="Ul",
            heading="Ingredients",
        ),
        Block(
            "origin",
            (
                "The oldest crumbs of bread were baked about [[14,000 years ago]], long before farming began.",
                "They were dug out of a fireplace in Jordan.",
            ),
            heading="History",
        ),
        Block(
            "working",
            (
                "Dough rises because yeast eats sugar and breathes out gas: the bubbles are caught in a net of gluten, "
                "they grow in the heat of the oven, and then the crumb sets round them.",
            ),
            heading="How dough rises",
        ),
        Block(
            "use",
            (
                "Stale bread is used for [[dumplings]], [[soup]] and [[crumbs]].",
                "Artists once used soft bits of it for rubbing out pencil lines.",
            ),
            heading="Uses",
        ),
        Block(
            "person",
            (
                "The machine that slices loaves was invented by [[Otto Rohwedder]] in Iowa.",
                "A fire destroyed his first one, and he had to start again.",
            ),
            heading="Sliced bread",
        ),
        Block(
            "numbers",
            ("Water for 100 grams of flour in grams | [[65]]", "Heat of the oven | 230 °C", "Minutes of baking | 40"),
            tag="Table",
            heading="A simple loaf",
        ),
        Block(
            "name",
            (
                "The name is thought to be related to [[brew]], since beer and dough are both made with yeast.",
                "In Old English the usual word was another: hlaf, our loaf.",
            ),
        ),
    ),
    (
        Question("what ingredients is bread made of", "parts"),
        Question("how does bread dough rise", "working", "long"),
        Question("who invented the machine for sliced bread", "person"),
        Question("what can you use old bread for", "use"),
        Question("where is the bread museum located", "", "null"),
    ),
)

CHOCOLATE = Topic(
    "Chocolate",
    (
        Block(
            "place",
            (
                "The cacao tree is native to [[the Amazon basin]], in the forests of South America.",
                "Most beans are now grown in West Africa.",
            ),
            heading="The tree",
        ),
        Block(
            "parts",
            (
                "Dark chocolate is made of [[cocoa mass]], [[cocoa butter]] and [[sugar]].",
                "For the light kind, powdered milk is added.",
            ),
            heading="Ingredients",
        ),
        Block(
            "person",
            (
                "Milk chocolate was invented by [[Daniel Peter]], who lived on the shore of Lake Geneva.",
                "His neighbour Henri Nestlé helped him to dry the milk.",
            ),
            heading="Inventor",
        ),
        Block(
            "origin",
            (
                "Eating chocolate in solid form was first made in [[1847]], by a firm in Bristol.",
                "Until then it had been a drink.",
            ),
            heading="History",
        ),
        Block(
            "working",
            (
                "It is produced in many steps: the beans ferment under leaves, they are dried, roasted and ground, and "
                "the warm paste is stirred for hours before it is poured into moulds.",
            ),
            heading="Production",
        ),
        Block(
            "numbers",
            ("Beans in a pod | [[40]]", "It melts at | 34 °C", "Years before a tree bears fruit | 4"),
            tag="Table",
            heading="Figures",
        ),
        Block(
            "food",
            (
                "Animals that must never eat it are [[dogs]] and [[cats]].",
                "A substance in the food that does us no harm is poison to them.",
            ),
        ),
    ),
    (
        Question("where is the chocolate tree native to", "place"),
        Question("who invented milk chocolate", "person"),
        Question("what things is dark chocolate made of", "parts"),
        Question("is chocolate safe for dogs to eat", "food", "no"),
        Question("what did the word chocolate mean", "", "null"),
    ),
)

TOPICS = (CHESS, VOLLEYBALL, BREAD, CHOCOLATE)
