"""The script that writes the cards of the bundled readers."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "make_cards.py"
FACTS: dict[str, Any] = {
    "summary": "A small reader.",
    "use": "It answers.",
    "data": ["SQuAD", "pages"],
    "recipe": ["tinynq prepare x --out y"],
    "scores": [
        {"on": "dev", "metric": "long F1", "value": 0.612, "interval": [0.58, 0.641]},
        {"on": "SQuAD", "metric": "F1", "value": 0.8},
    ],
    "calibration": {
        "on": "the dev pages",
        "bins": [
            {"probability": 0.1, "right": 0.12, "answers": 1200},
            {"probability": 0.9, "right": 0.85, "answers": 34},
        ],
    },
    "eight_bits": [{"on": "dev", "metric": "long F1", "float32": 0.613, "packed": 0.612}],
    "limits": ["Wikipedia only"],
    "licences": [{"what": "SQuAD", "licence": "CC BY-SA 4.0"}],
}


@pytest.fixture
def readers(tmp_path: Path) -> Path:
    if not SCRIPT.is_file():
        pytest.skip("the script is not there")
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "card.json").write_text(json.dumps(FACTS))
    return tmp_path


def make(readers: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), str(readers), *flags]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_card_and_its_picture(readers: Path) -> None:
    assert make(readers).returncode == 0
    card = (readers / "toy" / "README.md").read_text("utf-8")
    sections = ["Use", "Training data", "Recipe", "Scores", "Calibration", "Eight bits", "Limits", "Licences"]
    assert re.findall(r"^## (.*)$", card, re.MULTILINE) == sections
    for text in (
        "# toy\n\nA small reader.\n",
        "- SQuAD\n- pages\n",
        "```sh\ntinynq prepare x --out y\n```",
        "| dev | long F1 | 61.2% | 58.0% to 64.1% |\n| SQuAD | F1 | 80.0% |  |\n",
        "| 10.0% | 12.0% | 1,200 |",
        "| dev | long F1 | 61.3% | 61.2% |",
        "| SQuAD | CC BY-SA 4.0 |",
    ):
        assert text in card
    assert card.endswith("|\n") and "\n\n\n" not in card
    (picture,) = re.findall(r"!\[.*\]\((.*)\)", card)
    assert (readers / "toy" / picture).read_text("utf-8").startswith("<svg")


def test_the_check(readers: Path) -> None:
    assert make(readers, "--check").returncode == 1
    make(readers)
    assert make(readers, "--check").returncode == 0
    (readers / "toy" / "card.json").write_text(json.dumps(FACTS | {"summary": "A better one."}))
    done = make(readers, "--check")
    assert (done.returncode, done.stderr) == (
        1,
        f"make_cards: {readers / 'toy' / 'README.md'} is not current: run scripts/make_cards.py\n",
    )


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (FACTS | {"limit": []}, "unknown field `limit`"),
        ({"summary": ""}, "missing required field `use`"),
        ([], "Expected `object`"),
    ],
)
def test_facts_that_are_none(readers: Path, facts: Any, message: str) -> None:
    path = readers / "toy" / "card.json"
    path.write_text(json.dumps(facts))
    done = make(readers)
    assert done.returncode == 1
    assert done.stderr.startswith(f"make_cards: {path}: ") and message in done.stderr


def test_without_readers_there_is_nothing_to_do(tmp_path: Path) -> None:
    if SCRIPT.is_file():
        assert make(tmp_path, "--check").returncode == 0
