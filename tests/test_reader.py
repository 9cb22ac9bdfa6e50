"""The reader: what is asked, from what; the same answers alone and together; errors."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from nq_lines import SmallRun

import tinynq
import tinynq.bundled
import tinynq.features
import tinynq.reader
from tinynq import Reader
from tinynq.documents import read_document
from tinynq.errors import InputError, RunError, UsageError
from tinynq.features import Contexts
from tinynq.inference import predict
from tinynq.pages import read_pages
from tinynq.predictions import read_predictions

TEXT = "\n\n".join(f"The king of river {i} wrote the book in the year {1800 + i}." for i in range(30))
QUESTIONS = ["who wrote the book", "when was the city built", "where is the king of river 7"]


@pytest.fixture(scope="module")
def reader(small_run: SmallRun) -> Reader:
    return Reader.load(small_run.folder, threads=1, precision="fp32")


def lenient(run: str, folder: Path, **about: object) -> str:
    """The run, with other values in its config.json."""
    shutil.copytree(run, folder)
    config = json.loads((folder / "config.json").read_text())
    config["tinynq"] |= about
    (folder / "config.json").write_text(json.dumps(config))
    return str(folder)


@pytest.fixture(scope="module")
def giver(small_run: SmallRun, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """The small run, as one that always answers."""
    limits = {"long": -1e9, "short": -1e9}
    return Reader.load(
        lenient(small_run.folder, tmp_path_factory.mktemp("runs") / "giver", thresholds=limits), threads=1
    )


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (TEXT, "text"),
        ("".join(f"<p>{line.replace('king', '<b>king</b> &amp; queen')}" for line in TEXT.split("\n\n")), "html"),
        ("\n".join(f"- {line.replace('book', '*book*')}" for line in TEXT.split("\n\n")), "markdown"),
    ],
)
def test_an_answer_stands_where_it_says(giver: Reader, page: str, kind: str) -> None:
    answer = giver.answer("who wrote the book?", page, kind=kind)  # type: ignore[arg-type]
    assert answer.question == "who wrote the book?"
    assert answer.short and answer.long and answer.mark
    assert answer.long.start <= answer.short.start < answer.short.end <= answer.long.end
    assert page[answer.short.start :].startswith(answer.short.text.split()[0])
    assert answer.long.text[slice(*answer.mark)] == answer.short.text
    assert len(answer.n_best) == 5
    assert giver.answer("who wrote the book?", page, kind=kind, n_best=2).n_best == answer.n_best[:2]  # type: ignore[arg-type]
    assert answer.n_best[0] == answer.short
    assert [each.probability for each in answer.n_best] == sorted((e.probability for e in answer.n_best), reverse=True)


def test_pages_are_answered_as_predict_does(small_run: SmallRun, giver: Reader, tmp_path: Path) -> None:
    predict(small_run.folder, small_run.pages, out=str(tmp_path / "p.json"), threads=1)
    null, pages = 0, list(read_pages(small_run.pages))
    answers = giver.answer_many([page.question for page in pages], pages)
    for answer, prediction in zip(answers, read_predictions(tmp_path / "p.json"), strict=True):
        null += answer.long is None  # the best span may begin in one paragraph and end in another
        for found, span in ((answer.short, prediction.short_answers[0]), (answer.long, prediction.long_answer)):
            assert ((found.start, found.end) if found else (-1, -1)) == (span.start_token, span.end_token)
    assert null < len(pages) / 2


def test_together_as_alone_and_a_page_is_made_pieces_of_once(
    giver: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "page.txt"
    file.write_text(TEXT + "\n\nThe end of all rivers.")
    alone = [giver.answer(question, page) for page in (TEXT, file) for question in QUESTIONS]
    calls = []

    def counted(*arguments: object, **options: object) -> Contexts:
        calls.append(arguments)
        return tinynq.features.encode_contexts(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(tinynq.reader, "encode_contexts", counted)
    together = giver.answer_many(QUESTIONS * 2, [TEXT] * 3 + [file] * 3)
    assert len(calls) == 2
    for one, other in zip(alone, together, strict=True):
        assert one.short and other.short
        assert (one.short.text, one.short.start) == (other.short.text, other.short.start)
        assert one.probability == pytest.approx(other.probability, rel=0.05)  # in another batch, and perhaps in bf16
    assert giver.answer_many([], TEXT) == []
    assert len(giver.answer_many(QUESTIONS, read_document(TEXT))) == 3


def test_a_question_mark_and_blanks_make_no_difference(reader: Reader) -> None:
    plain, asked = (reader.answer(question, TEXT) for question in ("who wrote  the book", " who wrote the book ?? "))
    assert plain.probability == asked.probability


def test_a_run_that_knows_its_odds(small_run: SmallRun, tmp_path: Path) -> None:
    never = {"slope": 1.0, "bias": -1000.0}
    run = lenient(
        small_run.folder, tmp_path / "a", calibration={"long": never, "short": never}, thresholds={"long": -1e9}
    )
    answer = Reader.load(run, threads=1).answer(QUESTIONS[0], TEXT)
    assert (answer.short, answer.long, answer.probability) == (None, None, 0.0)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "the question is empty; expected some words"),
        (" ? \n", "the question is empty; expected some words"),
        ("who " * 64, "the question has 64 word pieces; expected at most 63: use fewer words"),
    ],
)
def test_questions_that_cannot_be(reader: Reader, question: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        reader.answer(question, TEXT)
    assert str(error.value) == message
    assert reader.answer("who " * 63, TEXT)


def test_pages_that_cannot_be(reader: Reader) -> None:
    with pytest.raises(InputError, match="no text in it"):
        reader.answer("who", "")
    with pytest.raises(UsageError, match="3 questions about 1 pages; expected one page, or one each"):
        reader.answer_many(QUESTIONS, [TEXT])


def test_readers_by_name(small_run: SmallRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tinynq.bundled, "READERS", tmp_path / "readers")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RunError) as error:
        Reader.load()
    assert str(error.value) == (
        "no reader named mini ships with this package; there is none: name one, or the folder of a run"
    )
    shutil.copytree(small_run.folder, tmp_path / "readers" / "tiny")
    assert Reader.load("tiny", threads=1).answer(QUESTIONS[0], TEXT).question == QUESTIONS[0]
    with pytest.raises(RunError, match="^no reader named mini ships with this package; there are tiny: name one"):
        Reader.load()
    with pytest.raises(RunError, match="no such folder; expected a run"):
        Reader.load("./none")
    shutil.copytree(small_run.folder, tmp_path / "elsewhere" / "mini")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert Reader.load("mini")  # a folder of that name is a run


def test_options(small_run: SmallRun) -> None:
    before = torch.get_num_threads()
    try:
        Reader.load(small_run.folder, threads=2)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    with pytest.raises(UsageError, match="threads is -1"):
        Reader.load(small_run.folder, threads=-1)


def test_ask(small_run: SmallRun, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(TEXT.replace("book", "**book**"))
    answer = tinynq.ask("who wrote the book", str(page), reader=small_run.folder, n_best=2, threads=1)
    assert len(answer.n_best) == 2
    assert "**" not in answer.n_best[0].text
    with pytest.raises(UsageError, match="unknown option best"):
        tinynq.ask("who", str(page), reader=small_run.folder, best=1)
