"""The commands of the README and of the tutorial, and the README's Python, run as they stand there."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nq_lines import SmallRun

ROOT = Path(__file__).resolve().parents[1]
README, TUTORIAL = ROOT / "README.md", ROOT / "docs" / "tutorial.md"
PAGE = "-20"  # an id of the small run's pages


def blocks(page: Path, language: str) -> list[str]:
    if not page.is_file():
        pytest.skip(f"{page.name} is not there")
    return re.findall(rf"```{language}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


def run_commands(page: Path, folder: Path, expected: set[str]) -> None:
    commands = [line for block in blocks(page, "sh") for line in block.splitlines() if line.startswith("tinynq ")]
    assert {shlex.split(command)[1] for command in commands} == expected
    for command in commands:
        words = shlex.split(command.replace("EXAMPLE_ID", PAGE))[1:]
        words += ["--threads", "1"] if words[0] in ("train", "predict", "run") else []
        run = [sys.executable, "-c", "from tinynq.cli import main; main()", *words]
        done = subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"


@pytest.fixture
def folder(small_run: SmallRun, tmp_path: Path) -> Path:
    """A folder with pages of the names that the README uses."""
    for name in ("nq-train-00.jsonl.gz", "nq-dev-00.jsonl.gz"):
        shutil.copy(small_run.pages, tmp_path / name)  # plain in spite of the name: gzip is recognised by content
        (tmp_path / "nq").mkdir(exist_ok=True)
        shutil.copy(small_run.pages, tmp_path / "nq" / name)
    for name in ("page.html", "penicillin.html"):
        (tmp_path / name).write_text(
            "<p>Penicillin was discovered in 1928 by Alexander Fleming in a hospital in London.</p>"
        )
    question = {"question": "who wrote the book", "id": "q", "answers": [{"text": "The king", "answer_start": 0}]}
    paragraph = {"context": "The king of the river wrote the book.", "qas": [question]}
    (tmp_path / "dev-v1.1.json").write_text(json.dumps({"data": [{"title": "t", "paragraphs": [paragraph]}]}))
    return tmp_path


def test_the_commands(folder: Path) -> None:
    answers = [{"example_id": i, "long_answer_score": 0, "short_answers_score": 0} for i in range(-20, 20)]
    (folder / "other.json").write_text(json.dumps({"predictions": answers}))
    known = {"prepare", "train", "predict", "eval", "compare", "show", "stats", "ask", "eval-squad"}
    run_commands(README, folder, known)
    assert (folder / "predictions.json").is_file()
    assert (folder / "report.html").is_file()


def test_the_tutorial(folder: Path) -> None:
    known = {"run", "merge", "stats", "prepare", "train", "predict", "eval", "compare", "ask", "average"}
    run_commands(TUTORIAL, folder, known)
    assert (folder / "runs" / "mean" / "config.json").is_file()


def test_the_python(folder: Path) -> None:
    job, asking = blocks(README, "python")
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    printed = []
    for code in (job, asking):
        run = [sys.executable, "-c", code]
        done = subprocess.run(
            run, cwd=folder, capture_output=True, text=True, timeout=300, env=environment, check=False
        )
        assert done.returncode == 0, done.stderr
        printed.append(done.stdout)
    assert len(printed[0].split()) == 2
    assert printed[1].startswith("Alexander Fleming ")
