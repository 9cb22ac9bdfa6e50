"""report: one page for people that needs nothing else, whatever was predicted and whatever the text says."""

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from nq_lines import annotated, answer, null, original, simplified, write

import tinynq
from tinynq import charts
from tinynq import report as module
from tinynq.errors import InputError, UsageError
from tinynq.metrics import Outcome, answer_report
from tinynq.report import Kind, write_report

EVIL = "<script>alert(1)</script>"


class Page(HTMLParser):
    """What is on a page, once it is known to be closed as it was opened."""

    VOID = {"meta", "br", "link", "img"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def count(self, tag: str, **attributes: str) -> int:
        return sum(t == tag and attributes.items() <= a.items() for t, a in self.tags)


def prediction(example_id: int | str, score: float, long: tuple[int, int] = (-1, -1), *shorts: tuple[int, int]) -> Any:
    spans = [{"start_token": s, "end_token": e} for s, e in shorts]
    return {
        "example_id": example_id,
        "long_answer": {"start_token": long[0], "end_token": long[1]},
        "long_answer_score": score,
        "short_answers": spans,
        "short_answers_score": score,
    }


def save(folder: Path, predictions: list[Any]) -> str:
    path = folder / "predictions.json"
    path.write_text(json.dumps({"predictions": predictions}), "utf-8")
    return str(path)


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes most of the time, and is tested by itself."""
    monkeypatch.setattr(charts, "svg", lambda chart: "<svg></svg>")
    monkeypatch.setattr(charts, "curve", lambda *arguments, **options: None)
    monkeypatch.setattr(charts, "histogram", lambda *arguments, **options: None)
    monkeypatch.setattr(charts, "png", lambda chart: b"picture")


def four_pages(folder: Path) -> str:
    """A right answer, a wrong one, a missed one, and a page without answer."""
    lines = []
    questions = [f"who is {EVIL}", "where is the café", "is <b> bold", "what & why"]
    for i, question in enumerate(questions):
        line = original(f"alpha {EVIL} gamma", "delta naïve zeta", example_id=f"id-{i}", question=question)
        lines.append(line if i == 3 else annotated(line, answer(line, 0, (1, 2)), answer(line, 0, (1, 2)), null()))
    lines[3] = annotated(lines[3], null(), null(), null())
    return write(folder / "pages.jsonl", *lines)


FOUR = [
    prediction("id-0", 3.0, (1, 6), (3, 4)),
    prediction("id-1", 2.0, (6, 11), (8, 9)),
    prediction("id-2", -1.0),
    prediction("id-3", -2.0, (1, 6), (2, 3)),
]


def test_the_page_with_its_pictures(tmp_path: Path) -> None:
    out = tmp_path / "new" / "report.html"
    seen: list[float] = []
    written = tinynq.write_report(
        [four_pages(tmp_path)],
        predictions=save(tmp_path, FOUR),
        out=str(out),
        progress=lambda count, share: seen.append(share),
    )
    assert written.report == tinynq.evaluate([str(tmp_path / "pages.jsonl")], predictions=tmp_path / "predictions.json")
    assert written.files == [str(out), *(str(out.with_name(f"report-{kind}.png")) for kind in ("long", "short"))]
    assert all(Path(name).read_bytes().startswith(b"\x89PNG") for name in written.files[1:])
    assert sorted(path.name for path in out.parent.iterdir()) == sorted(Path(name).name for name in written.files)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    text = out.read_text("utf-8")
    page = Page(text)
    assert page.count("svg") == page.count("figure") == page.count("div", role="img") == 4
    assert all(a["aria-label"] for t, a in page.tags if t == "div" and a.get("role") == "img")
    assert page.count("table") == page.count("caption") == 5
    assert page.count("script") == 0
    addresses = {value for _, a in page.tags for name, value in a.items() if name in ("src", "href", "xlink:href")}
    assert all(address and address.startswith("#") for address in addresses)
    assert "url(" not in text
    assert "@import" not in text
    # All that is an address names a vocabulary of XML, and is not fetched.
    assert set(re.findall(r"https?://[\w./]+", text)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def write_four(folder: Path, **options: Any) -> str:
    out = folder / "report.html"
    write_report([four_pages(folder)], predictions=save(folder, FOUR), out=str(out), **options)
    return out.read_text("utf-8")


@pytest.mark.usefixtures("no_pictures")
def test_what_the_text_says_stays_text(tmp_path: Path) -> None:
    text = write_four(tmp_path)
    assert EVIL not in text
    page = Page(text)
    assert page.count("script") == page.count("b") == 0
    assert f"who is {EVIL}" in page.text
    assert "is <b> bold" in page.text
    assert "where is the café" in page.text
    assert f'<mark class="both">{html.escape(EVIL)}</mark>' in text
    assert "naïve" in page.text
    (tmp_path / "pages.jsonl").rename(tmp_path / "<i>.jsonl")
    out = tmp_path / "again.html"
    write_report([str(tmp_path / "<i>.jsonl")], predictions=str(tmp_path / "predictions.json"), out=str(out))
    assert Page(out.read_text("utf-8")).count("i") == 0


@pytest.mark.usefixtures("no_pictures")
def test_examples_are_right_wrong_and_missed(tmp_path: Path) -> None:
    page = Page(write_four(tmp_path))
    long, short = page.text.split("Long answers")[-1].split("Short answers")
    for part in (long, short):
        right, rest = part.split("Right: 1")[1].split("Wrong: 2")
        wrong, missed = rest.split("Missed: 2")
        assert "id-0" in right
        assert "id-1" in wrong
        assert wrong.index("id-1") < wrong.index("id-3")
        assert "below the threshold" in wrong.split("id-1")[1]
        assert missed.index("id-2") < missed.index("id-1")
        assert f"Gold “{EVIL}” (2 of 3)" in missed


@pytest.mark.usefixtures("no_pictures")
def test_the_scores_and_the_groups_are_there(tmp_path: Path) -> None:
    page = Page(write_four(tmp_path))
    assert "best F1 50.0%" in page.text
    assert "who 1 1 1 100.0% 100.0% 100.0%" in page.text
    assert "null 1 0 0 – – –" in page.text
    assert "threshold of the best F1 3 3" in page.text
    assert "recall at precision ≥ 90% 33.3%" in page.text


@pytest.mark.usefixtures("no_pictures")
def test_the_same_input_gives_the_same_page(tmp_path: Path) -> None:
    assert write_four(tmp_path) == write_four(tmp_path)


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize(
    "predictions",
    [
        [prediction(f"id-{i}", 0) for i in range(4)],
        [prediction(f"id-{i}", -10_000, (1, 6)) for i in range(4)],
        [prediction(f"id-{i}", 1.0, (500, 600), (500, 501)) for i in range(4)],
        [prediction(f"id-{i}", i, (1, 6), (3, 4)) for i in range(4)] * 2,
    ],
    ids=["all null", "no short answers, ties", "outside the page", "twice"],
)
def test_odd_predictions_have_a_page(tmp_path: Path, predictions: list[Any]) -> None:
    out = tmp_path / "r.html"
    report, _ = write_report([four_pages(tmp_path)], predictions=save(tmp_path, predictions), out=str(out))
    page = Page(out.read_text("utf-8"))
    assert ("not reached" in page.text) == (None in (*report.long.at_precision, *report.short.at_precision))
    assert ("outside the page's 11 tokens" in page.text) == (predictions[0]["long_answer"]["start_token"] == 500)
    assert f"best F1 {report.long.best.f1:.1%}" in page.text


@pytest.mark.usefixtures("no_pictures")
def test_one_page_in_the_simplified_format(tmp_path: Path) -> None:
    line = original("alpha beta", question="", example_id=5)
    pages = write(tmp_path / "p.jsonl", simplified(annotated(line, answer(line, 0), answer(line, 0))))
    out = tmp_path / "r.html"
    write_report([pages], predictions=save(tmp_path, [prediction(5, 1, (1, 5))]), out=str(out))
    page = Page(out.read_text("utf-8"))
    assert "1 page of" in page.text
    assert "best F1 100.0% 100.0% to 100.0%" in page.text
    assert "other 1 1 1 100.0%" in page.text
    assert "a long answer alone (2 of 2)" in page.text


@pytest.mark.usefixtures("no_pictures")
def test_partial_is_said(tmp_path: Path) -> None:
    pages, out = four_pages(tmp_path), str(tmp_path / "r.html")
    predictions = save(tmp_path, [*FOUR[:2], prediction(77, 1)])
    with pytest.raises(InputError, match="2 gold pages without prediction"):
        write_report([pages], predictions=predictions, out=out)
    assert not Path(out).exists()
    write_report([pages], predictions=predictions, out=out, partial=True)
    text = Page(Path(out).read_text("utf-8")).text
    assert "Partial: 2 pages without prediction and 1 predictions without page are left out" in text


def test_what_cannot_be_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages, predictions, out = four_pages(tmp_path), save(tmp_path, FOUR), str(tmp_path / "r.html")
    with pytest.raises(UsageError, match="reads the pages twice.*name a file"):
        write_report(["-"], predictions=predictions, out=out)
    with pytest.raises(UsageError, match="unknown option partly"):
        write_report([pages], predictions=predictions, out=out, partly=True)
    with pytest.raises(UsageError, match=r"cannot be written"):
        write_report([pages], predictions=predictions, out=f"{pages}/r.html")
    bare = write(tmp_path / "bare.jsonl", {"example_id": 1, "annotations": [null()]})
    with pytest.raises(InputError, match=r"bare\.jsonl:1: no NQ page.*question_text"):
        write_report([bare], predictions=predictions, out=out)
    line = original("a b", example_id=1, annotations=None)
    with pytest.raises(InputError, match="example 1: no annotations"):
        write_report([write(tmp_path / "x", line)], predictions=save(tmp_path, [prediction(1, 1)]), out=out)
    assert not list(tmp_path.glob("*.html"))


# Listings and intervals


def kind(*outcomes: tuple[bool, bool, bool, float]) -> Kind:
    made: dict[int | str, Outcome] = {i: Outcome(*row) for i, row in enumerate(outcomes)}
    return Kind("long", made, answer_report(list(made.values())))


def test_listings_keep_the_best_and_the_order_of_ties() -> None:
    rows = [(True, True, True, float(i // 2)) for i in range(60)]
    right, wrong, missed = kind(*rows, (True, False, False, -1.0), (True, False, False, -9.0)).listings()
    assert [i for i, _ in right.examples[:4]] == [58, 59, 56, 57]
    assert len(right.examples) == module.LISTED
    assert wrong.examples == []
    assert [i for i, _ in missed.examples] == [61, 60]


def test_what_is_withheld_is_missed_and_not_given() -> None:
    right, wrong, missed = kind((True, True, True, 5.0), (True, True, False, 1.0), (False, True, False, 2.0)).listings()
    assert [i for i, _ in wrong.examples] == [2, 1]
    assert [i for i, _ in missed.examples] == [1]
