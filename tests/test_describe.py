"""What is shown of a page, and the counts of pages and records."""

import json
from collections import Counter
from pathlib import Path
from statistics import mean, median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nq_lines import annotated, answer, null, original, simplified, write

from tinynq.describe import WIDTH, Distribution, show, stats
from tinynq.errors import InputError, RecordError, UsageError
from tinynq.preparation import prepare

PARAGRAPHS = ("the first paragraph is here", "the book was written by Jane Doe in 1900")
LONG = " ".join(["word"] * 500)


@pytest.fixture
def short_page(tmp_path: Path) -> str:
    line = original(*PARAGRAPHS)
    return write(tmp_path / "short.jsonl", annotated(line, null(), answer(line, 1, (5, 7))))


def test_a_page_is_shown_with_all_that_it_has(short_page: str) -> None:
    shown = "\n".join(show(short_page, example_id=7))
    for part in (
        "example   7",
        f"where     {short_page}:1" if len(short_page) < 65 else "where",
        "question  who wrote the book",
        "title     A page",
        "page      19 tokens, 4 of them HTML",
        "    1  Paragraph  8:19         the book was written by Jane Doe in 1900",
        "    0  null",
        "    1  candidate 1  8:19  the book was written by Jane Doe in 1900",
        "       short answer  14:16  Jane Doe",
        "short answer 14:16 at positions 23 to 24: Jane Doe",
        "       candidates 0, 1",
    ):
        assert part in shown
    assert "<P>" not in shown


@pytest.mark.parametrize(
    ("kind", "label"), [("YES", "yes 8:19 at positions"), ("NO", "no 8:19 at"), ("NONE", "long answer 8:19 at")]
)
def test_an_answer_without_span_covers_its_candidate(tmp_path: Path, kind: str, label: str) -> None:
    line = original(*PARAGRAPHS)
    shown = "\n".join(show(write(tmp_path / "p.jsonl", annotated(line, answer(line, 1, yes_no=kind))), example_id=7))
    assert label.replace("8:19", "9:18") in shown
    assert ("yes/no answer  " + kind in shown) == (kind != "NONE")


def test_windows_are_those_of_the_options(tmp_path: Path) -> None:
    line = original("start", LONG)
    path = write(tmp_path / "p.jsonl", annotated(line, answer(line, 1, (490, 495))))
    shown = list(show(path, example_id=7, max_seq_length=128, stride=64))
    windows = shown[shown.index("windows:") + 1 :]
    assert windows[0] == "    0  128 pieces, unknown"
    assert windows[1] == "       candidates 0, 1"
    assert windows[3] == "       candidates 1"
    assert any("short answer 495:500" in text for text in windows[-3:])


def test_why_a_candidate_is_not_in_the_windows(tmp_path: Path) -> None:
    line = original("one", "", "two", "three")
    line["long_answer_candidates"][2]["top_level"] = False
    shown = "\n".join(show(write(tmp_path / "p.jsonl", line), example_id=7, max_contexts=2))
    assert "candidates: 4, of them 1 in the windows" in shown
    assert "(blank)" in shown and "(nested) two" in shown and "(past the limit) three" in shown


def test_ids_are_found_as_text_whatever_they_are(tmp_path: Path) -> None:
    lines = [original("one", example_id=-5), original("two", example_id="-6")]
    path = write(tmp_path / "p.jsonl", *lines)
    assert "example   -5" in list(show(path, example_id="-5"))
    assert "example   -6" in list(show([path], example_id=-6))
    with pytest.raises(InputError, match=r"p\.jsonl: none of the 2 pages has the id 5; "):
        list(show(path, example_id=5))


def test_a_page_without_annotations_has_no_labels(tmp_path: Path) -> None:
    line = simplified(original("one", annotations=None))
    shown = "\n".join(show(write(tmp_path / "p.jsonl", line), example_id=7))
    assert "annotations: the page has none" in shown and "pieces, no label" in shown and "title     -" in shown


def test_annotations_that_contradict_themselves_are_shown_and_then_refused(tmp_path: Path) -> None:
    line = original("one two", "three")
    annotation = answer(line, 1) | {"short_answers": [{"start_token": 2, "end_token": 900}]}
    shown = []
    with pytest.raises(InputError, match="short answer is tokens 2 to 900"):
        for text in show(write(tmp_path / "p.jsonl", annotated(line, annotation)), example_id=7):
            shown.append(text)
    assert "       short answer  2:900  one two three" in shown


@settings(max_examples=25)  # each reads a vocabulary
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=90), max_size=4), st.text(max_size=200))
def test_lines_are_short_and_steer_no_terminal(
    tmp_path_factory: pytest.TempPathFactory, paragraphs: list[str], question: str
) -> None:
    path = tmp_path_factory.mktemp("show") / "p.jsonl"
    line = original(*paragraphs, question=question.encode("utf-8", "replace").decode())
    for text in show(write(path, line), example_id=7, max_seq_length=512, max_question_length=400):
        assert len(text) <= WIDTH and (text == "" or text.isprintable())


def test_stats_of_pages(tmp_path: Path) -> None:
    base = original(*PARAGRAPHS)
    long = original("start", LONG)
    nested = original("one", "two")
    nested["long_answer_candidates"][1]["top_level"] = False
    path = write(
        tmp_path / "p.jsonl",
        annotated(base, answer(base, 1, (5, 7))),
        annotated(base, answer(base, 0, yes_no="YES")),
        annotated(base, answer(base, 0, yes_no="NO")),
        annotated(base, answer(base, 0)),
        annotated(base, null()),
        annotated(long, answer(long, 1)),
        annotated(nested, answer(nested, 1, (0, 1))),
        original("one", annotations=None),
    )
    counted = stats(path)
    assert counted.pages == 8
    assert counted.answers == {"null": 1, "yes": 1, "no": 1, "short": 2, "long": 2}
    assert (counted.too_long, counted.left_out) == (1, 1)
    assert counted.windows == 10 and counted.windows_a_page == (1, 1.0, 1.25, 3)
    assert counted.labels == {"unknown": 5, "yes": 1, "no": 1, "short": 1, "long": 1}
    assert counted.window_pieces.max == 384
    lines = list(counted.lines())
    assert "answers cut off  2 (1 longer than a window, 1 in a candidate left out)" in lines
    assert json.loads(json.dumps(counted.as_dict()))["windows_a_page"]["max"] == 3
    longer = stats(path, max_seq_length=1024)
    assert (longer.too_long, longer.windows) == (0, 8)


def test_stats_of_pages_without_annotations_say_nothing_of_answers(tmp_path: Path) -> None:
    counted = stats(write(tmp_path / "p.jsonl", original("one", annotations=None)))
    assert set(counted.as_dict()) == {"pages", "windows", "windows_a_page", "window_pieces"}
    assert not [line for line in counted.lines() if "answers" in line or "labels" in line]


def test_stats_of_a_record_are_those_of_its_pages(shared: Path, tmp_path: Path) -> None:
    pages = str(shared / "golden/pages/nq-train-00.jsonl.gz")
    of_pages = stats(pages)
    train, predict = str(tmp_path / "t.parquet"), str(tmp_path / "p.parquet")
    prepare(pages, out=train, include_unknowns=1.0)
    prepare(pages, out=predict, for_="predict")
    for record in (train, predict):
        of_record = stats(record)
        assert (of_record.pages, of_record.windows) == (of_pages.pages, of_pages.windows)
        assert of_record.windows_a_page == of_pages.windows_a_page
        assert of_record.window_pieces == of_pages.window_pieces
        assert of_record.labels == (of_pages.labels if record == train else None)
    assert stats([train, train]).pages == 80


def test_pages_of_which_a_record_holds_no_window_count_as_well(tmp_path: Path) -> None:
    line = original(*PARAGRAPHS)
    pages = write(tmp_path / "p.jsonl", annotated(line, null()), annotated(line | {"example_id": 8}, answer(line, 0)))
    record = str(tmp_path / "r.parquet")
    prepare(pages, out=record, include_unknowns=-1)
    assert stats(record).windows_a_page == (0, 0.5, 0.5, 1)


def test_a_record_has_its_own_options(short_page: str, tmp_path: Path) -> None:
    record = str(tmp_path / "r.parquet")
    prepare(short_page, out=record, stride=64)
    assert stats(record, stride=64).pages == 1
    with pytest.raises(RecordError, match="made with stride 64, but the command has 128"):
        stats(record, stride=128)
    with pytest.raises(UsageError, match="unknown option strid: did you mean stride"):
        stats(record, strid=64)
    with pytest.raises(UsageError, match="count them by themselves"):
        stats([record, short_page])
    other = str(tmp_path / "o.parquet")
    prepare(short_page, out=other, stride=64, for_="predict")
    with pytest.raises(UsageError, match="made for predict, and .* is not"):
        stats([record, other])


def test_progress_comes_to_an_end(short_page: str, tmp_path: Path) -> None:
    shares: list[float] = []
    stats(short_page, progress=lambda count, share: shares.append(share))
    record = str(tmp_path / "r.parquet")
    prepare(short_page, out=record)
    stats(record, progress=lambda count, share: shares.append(share))
    assert shares == [1.0, 1.0]


@given(st.lists(st.integers(0, 20), min_size=1))
def test_a_distribution_is_that_of_its_values(values: list[int]) -> None:
    found = Distribution.of(Counter(values))
    assert (found.min, found.median, found.max) == (min(values), median(values), max(values))
    assert found.mean == pytest.approx(mean(values))


def test_the_distribution_of_nothing_is_zero() -> None:
    assert Distribution.of(Counter()) == (0, 0.0, 0.0, 0)
