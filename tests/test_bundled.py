"""Bundled readers: the name of one stands wherever a run does; and each that ships keeps what it promises."""

import re
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from nq_lines import SmallRun
from typer.testing import CliRunner

import tinynq
from tinynq import bundled
from tinynq.bundled import bundled_readers, find_run, is_run
from tinynq.cli import app
from tinynq.documents import read_document
from tinynq.errors import RunError
from tinynq.pages import read_pages

LIMITS = {"mini": 26, "tiny": 6}  # MB of a folder
SECTIONS = ["Use", "Training data", "Recipe", "Scores", "Calibration", "Eight bits", "Limits", "Licences"]


@pytest.fixture
def shipped(small_run: SmallRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small run as a reader that ships with the package, packed, and an empty folder to be in."""
    monkeypatch.setattr(bundled, "READERS", tmp_path / "readers")
    tinynq.pack(small_run.folder, out=str(tmp_path / "readers" / "toy"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "readers" / "toy"


def test_a_name_is_a_run(small_run: SmallRun, shipped: Path) -> None:
    assert bundled_readers() == {"toy": shipped}
    assert find_run("toy") == str(shipped)
    assert is_run("toy") and not is_run("joy")
    for path in ("./toy", "../toy", str(shipped), "x.y"):
        assert find_run(path) == path
    assert find_run(Path("toy")) == "./toy"  # a Path is never a name
    Path("joy").mkdir()
    assert find_run("joy") == "joy"
    with pytest.raises(RunError) as error:
        find_run("boy")
    expected = "no reader named boy ships with this package; there are toy: name one, or the folder of a run"
    assert str(error.value) == expected


def test_a_name_and_a_run_of_that_name(small_run: SmallRun, shipped: Path) -> None:
    shutil.copytree(small_run.folder, "toy")
    for use in (find_run, tinynq.Reader.load, lambda name: tinynq.pack(name, out="new")):
        with pytest.raises(RunError, match="^toy: a reader that ships with this package, and a run here; write ./toy"):
            use("toy")
    assert find_run("./toy") == "./toy"
    assert tinynq.Reader.load("./toy", threads=1)


def test_commands_take_the_name(small_run: SmallRun, shipped: Path) -> None:
    squad = '{"data": [{"paragraphs": [{"context": "the king", "qas": [{"id": "q", "question": "who", "answers": '
    Path("squad.json").write_text(squad + '[{"text": "the king", "answer_start": 0}]}]}]}]}')
    Path("page.txt").write_text("The king of the river wrote the book.")
    for words in (
        f"predict toy {small_run.pages} --out one.json --threads 1",
        f"predict {shipped} toy {small_run.pages} --out two.json --threads 1",
        f"train {small_run.record} --init toy --out more --steps 1 --batch-size 2 --threads 1",
        "average toy more --out mean",
        "eval-squad toy squad.json --threads 1",
    ):
        assert CliRunner().invoke(app, words.split(), catch_exceptions=False).exit_code == 0
    done = CliRunner().invoke(app, ["ask", "who wrote it", "page.txt", "--reader", "toy"], catch_exceptions=False)
    assert done.exit_code == 0
    assert Path("one.json").is_file() and Path("two.json").is_file()


each_reader = pytest.mark.parametrize("name", sorted(LIMITS))


def folder_of(name: str) -> Path:
    if name not in bundled_readers():
        pytest.skip(f"no reader {name} is in this checkout")
    return bundled_readers()[name]


@each_reader
def test_a_reader_is_small_and_has_its_card(name: str) -> None:
    folder = folder_of(name)
    assert sum(path.stat().st_size for path in folder.rglob("*")) <= LIMITS[name] * 1e6
    assert not (folder / "vocab.txt").exists()
    card = (folder / "README.md").read_text("utf-8")
    assert re.findall(r"^## (.*)$", card, re.MULTILINE) == SECTIONS
    for picture in re.findall(r"!\[[^\]]*\]\((.*?)\)", card):
        assert (folder / picture).is_file()


@each_reader
def test_a_reader_answers_and_says_where(name: str) -> None:
    folder_of(name)
    reader = tinynq.Reader.load(name, threads=1)
    with as_file(files("tinynq") / "data" / "sample-dev.jsonl.gz") as sample:
        pages = [page for page in read_pages(str(sample)) if page.annotations and page.annotations[0].short_answers][
            :20
        ]
    right = 0
    for page, answer in zip(pages, reader.answer_many([p.question for p in pages], pages), strict=True):
        assert 0 <= answer.probability <= 1
        if answer.short:
            found = page.tokens[answer.short.start : answer.short.end]
            assert " ".join(t for t in found if not t.startswith("<")) == answer.short.text
            golds = [span for annotation in page.annotations or [] for span in annotation.short_answers]
            met = (s.start_token < answer.short.end and answer.short.start < s.end_token for s in golds)
            right += any(met)
    assert right >= {"mini": 10, "tiny": 5}[name]  # of 20, in whole or in part


@each_reader
def test_a_reader_knows_facts(name: str) -> None:
    folder_of(name)
    reader = tinynq.Reader.load(name, threads=1)
    html = "<p>The <b>Eiffel Tower</b> was built in 1889 for a world&#39;s fair in Paris .</p>" + "<p>It is tall .</p>"
    answer = reader.answer("when was the eiffel tower built", html)
    assert answer.short and "1889" in answer.short.text
    assert html[answer.short.start : answer.short.end] == answer.short.text
    text = "Penicillin was discovered in 1928 by Alexander Fleming at a hospital in London."
    answer = reader.answer("who discovered penicillin?", read_document(text))
    assert answer.short and "Fleming" in answer.short.text
    assert text[answer.short.start : answer.short.end] == answer.short.text
