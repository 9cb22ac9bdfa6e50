"""The README's commands and its Python, run as they stand there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nq_lines import SmallRun

README = Path(__file__).resolve().parents[1] / "README.md"
PAGE = "-20"  # an id of the small run's pages


def blocks(language: str) -> list[str]:
    if not README.is_file():
        pytest.skip("the README is not there")
    return re.findall(rf"```{language}\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


@pytest.fixture
def folder(small_run: SmallRun, tmp_path: Path) -> Path:
    """A folder with pages of the names that the README uses."""
    for name in ("nq-train-00.jsonl.gz", "nq-dev-00.jsonl.gz"):
        shutil.copy(small_run.pages, tmp_path / name)  # plain in spite of the name: gzip is recognised by content
    return tmp_path


def test_the_commands(folder: Path) -> None:
    commands = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("tinynq ")]
    assert {shlex.split(command)[1] for command in commands} == {"prepare", "train", "predict", "eval", "show", "stats"}
    for command in commands:
        words = shlex.split(command.replace("EXAMPLE_ID", PAGE))[1:]
        words += ["--threads", "1"] if words[0] in ("train", "predict") else []
        run = [sys.executable, "-c", "from tinynq.cli import main; main()", *words]
        done = subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"
    assert (folder / "predictions.json").is_file()


def test_the_python(folder: Path) -> None:
    (code,) = blocks("python")
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=300, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == 2
