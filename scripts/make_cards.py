"""Write the model card of each bundled reader, README.md and calibration.svg, from its card.json.

    python scripts/make_cards.py [--check] [FOLDER]

FOLDER holds the readers; the package's own by default. --check only says whether the cards are current.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tinynq.bundled import READERS
from tinynq.charts import PAPER, reliability, svg

FACTS, CARD, PICTURE = "card.json", "README.md", "calibration.svg"


class Score(msgspec.Struct, forbid_unknown_fields=True):
    """A score between 0 and 1 on some data, with its 95 % interval, if it has one."""

    on: str
    metric: str
    value: float
    interval: tuple[float, float] | None = None


class Bin(msgspec.Struct, forbid_unknown_fields=True):
    """Answers of about the same probability: its mean, the share of them that is right, their number."""

    probability: float
    right: float
    answers: int


class Calibration(msgspec.Struct, forbid_unknown_fields=True):
    """How far the probabilities hold, on pages that no weight was trained on."""

    on: str
    bins: list[Bin]


class Cost(msgspec.Struct, forbid_unknown_fields=True):
    """A score with float32 weights, and with packed ones."""

    on: str
    metric: str
    float32: float
    packed: float


class Licence(msgspec.Struct, forbid_unknown_fields=True):
    """What went into the weights, and its licence."""

    what: str
    licence: str


class Facts(msgspec.Struct, forbid_unknown_fields=True):
    """A card.json: prose is Markdown, commands are lines as they were typed."""

    summary: str
    use: str
    data: list[str]
    recipe: list[str]
    scores: list[Score]
    calibration: Calibration
    eight_bits: list[Cost]
    limits: list[str]
    licences: list[Licence]


def card(name: str, facts: Facts) -> str:
    """The card as Markdown."""
    return "\n".join(
        [
            f"# {name}\n\n{facts.summary}\n",
            f"## Use\n\n{facts.use}\n",
            "```sh",
            f'tinynq ask "when was the tower built" tower.html --reader {name}',
            f"tinynq predict {name} 'nq-dev-*.jsonl.gz' --out predictions.json",
            "```\n",
            f"## Training data\n\n{items(facts.data)}",
            "## Recipe\n\n```sh",
            *facts.recipe,
            "```\n",
            "## Scores\n\n95 % intervals are of the bootstrap over pages.\n",
            table(["on", "score", "", "95 % interval"], map(score_row, facts.scores)),
            f"## Calibration\n\nOn {facts.calibration.on}.\n\n![share of right answers over probability]({PICTURE})\n",
            table(
                ["probability", "right", "answers"],
                (
                    [f"{each.probability:.1%}", f"{each.right:.1%}", f"{each.answers:,}"]
                    for each in facts.calibration.bins
                ),
            ),
            "## Eight bits\n\nWhat packing costs.\n",
            table(["on", "score", "float32", "packed"], map(cost_row, facts.eight_bits)),
            f"## Limits\n\n{items(facts.limits)}",
            "## Licences\n",
            table(["what", "licence"], ([each.what, each.licence] for each in facts.licences)).rstrip("\n") + "\n",
        ]
    )


def score_row(score: Score) -> list[str]:
    """A line of the table of scores."""
    interval = "{:.1%} to {:.1%}".format(*score.interval) if score.interval else ""
    return [score.on, score.metric, f"{score.value:.1%}", interval]


def cost_row(cost: Cost) -> list[str]:
    """A line of the table of what packing costs."""
    return [cost.on, cost.metric, f"{cost.float32:.1%}", f"{cost.packed:.1%}"]


def items(lines: Sequence[str]) -> str:
    """A list."""
    return "".join(f"- {line}\n" for line in lines)


def table(head: Sequence[str], rows: "Iterator[list[str]]") -> str:
    """A table."""
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *rows])


def files_of(folder: Path) -> dict[Path, str]:
    """The files that a reader's card.json makes, and their content."""
    try:
        facts = msgspec.json.decode((folder / FACTS).read_bytes(), type=Facts)
    except msgspec.MsgspecError as error:
        raise SystemExit(f"make_cards: {folder / FACTS}: {error}") from None
    points = [(each.probability, each.right) for each in facts.calibration.bins]
    return {
        folder / CARD: card(folder.name, facts),
        folder / PICTURE: svg(reliability(points, palette=PAPER)) + "\n",
    }


def main() -> None:
    """Write or check the cards; exit with 1 when the check finds one out of date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=READERS)
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    for facts in sorted(chosen.folder.glob(f"*/{FACTS}")):
        for path, content in files_of(facts.parent).items():
            if not chosen.check:
                path.write_text(content, encoding="utf-8")
            elif not path.exists() or path.read_text(encoding="utf-8") != content:
                raise SystemExit(f"make_cards: {path} is not current: run scripts/make_cards.py")


if __name__ == "__main__":
    main()
