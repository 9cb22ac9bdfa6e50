"""Features: every array of the reference, except where it is at fault; there, what is right."""

import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from nq_lines import annotated, answer, null, original

from tinynq.config import FeatureOptions
from tinynq.errors import InputError, UsageError
from tinynq.features import encode_contexts, page_windows, training_windows
from tinynq.pages import parse_page
from tinynq.types import AnswerType, Page, Window
from tinynq.vocab import Vocab

EDGE = Path(__file__).parent / "data" / "edge"
UNKNOWN_PAGE = 3231470706112544561  # its gold candidate is not kept: labelled by the reference, unknown here


@pytest.fixture(scope="module")
def vocab() -> Vocab:
    return Vocab.load()


def read(path: Path, *, annotated: bool = True) -> Iterator[Page]:
    with gzip.open(path, "rb") as lines:
        for number, line in enumerate(lines, 1):
            yield parse_page(line, where=f"{path.name}:{number}", annotated=annotated)


def arrays(windows: list[Window], length: int) -> dict[str, Any]:
    """Windows in the reference's layout: padded, with unique ids."""

    def pad(values: Any) -> list[int]:
        return [*values, *[0] * (length - len(values))]

    rows: dict[str, list[Any]] = {
        "unique_ids": [[int(w.example_id) + w.index] for w in windows],
        "input_ids": [pad(w.input_ids) for w in windows],
        "input_mask": [pad([1] * len(w.input_ids)) for w in windows],
        "segment_ids": [pad([int(i >= w.question_length) for i in range(len(w.input_ids))]) for w in windows],
    }
    if windows[0].target is None:
        rows["token_map"] = [[*w.token_map, *[-1] * (length - len(w.token_map))] for w in windows]
    else:
        targets = [w.target for w in windows if w.target]
        rows["start_positions"] = [[t.start] for t in targets]
        rows["end_positions"] = [[t.end] for t in targets]
        rows["answer_types"] = [[int(t.answer_type)] for t in targets]
    return {name: np.array(values, dtype=np.int64) for name, values in rows.items()}


def differences(ours: dict[str, Any], golden: Any) -> list[str]:
    assert set(ours) == set(golden.files)
    return [name for name in ours if not np.array_equal(ours[name], golden[name])]


@pytest.mark.parametrize(
    ("name", "options", "pages"), [("eval", {}, 40), ("eval_512_64", {"max_seq_length": 512, "stride": 64}, 8)]
)
def test_prediction_features_equal_the_reference(
    shared: Path, vocab: Vocab, name: str, options: dict[str, Any], pages: int
) -> None:
    windows = [
        window
        for page in list(read(shared / "golden/pages/nq-dev-00.jsonl.gz", annotated=False))[:pages]
        for window in page_windows(page, vocab=vocab, options=FeatureOptions(**options)).windows
    ]
    golden = np.load(shared / f"golden/features/{name}.npz")
    ours = arrays(windows, options.get("max_seq_length", 384))
    assert differences(ours, golden) == []
    ours["token_map"][-1, 100] += 1
    assert differences(ours, golden) == ["token_map"]


@pytest.mark.parametrize(
    ("name", "include_unknowns", "faulty_row"),
    [("train_u1", 1.0, 124), ("train_default", -1.0, 6), ("train_u002_s0", 0.02, 8)],
)
def test_training_features_equal_the_reference(
    shared: Path, vocab: Vocab, name: str, include_unknowns: float, faulty_row: int
) -> None:
    rng = random.Random(0)
    windows: list[Window] = []
    for page in read(shared / "golden/pages/nq-train-00.jsonl.gz"):
        windows += training_windows(
            page,
            vocab=vocab,
            options=FeatureOptions(),
            include_unknowns=include_unknowns,
            draw=without_the_first(rng.random) if page.example_id == UNKNOWN_PAGE else rng.random,
        )
    golden = dict(np.load(shared / f"golden/features/{name}.npz"))
    assert golden["unique_ids"][faulty_row, 0] == UNKNOWN_PAGE
    if include_unknowns == 1.0:  # the window is there, as unknown
        for field in ("start_positions", "end_positions", "answer_types"):
            golden[field][faulty_row] = 0
    else:  # the window is not there
        golden = {field: np.delete(values, faulty_row, axis=0) for field, values in golden.items()}
    ours = arrays(windows, 384)
    assert {field: values.shape for field, values in ours.items()} == {f: v.shape for f, v in golden.items()}
    for field, values in ours.items():
        np.testing.assert_array_equal(values, golden[field], err_msg=field)
    ours["end_positions"][-1, 0] += 1
    with pytest.raises(AssertionError):
        np.testing.assert_array_equal(ours["end_positions"], golden["end_positions"])


def without_the_first(draw: Callable[[], float]) -> Callable[[], float]:
    """A draw whose first number is 1, and which takes none for it: the reference drew nothing there."""
    first = [1.0]
    return lambda: first.pop() if first else draw()


class Right(NamedTuple):
    """What is right where REFERENCE.md names a fault: of all that is None, the reference is right.

    ``text`` is what stands behind the markers of the empty context, piece by piece, each with its page
    token; ``labels`` are the targets of the training windows; ``error`` is why training refuses the page.
    """

    labels: list[tuple[int, int, int]] | None = None
    text: str | None = None
    question: str = "who wrote the book"
    error: str | None = None


UNLABELLED = (0, 0, 0)
PLAIN = "[ContextId=0] [Paragraph=1] a/2 b/3 c/4"
TWO = PLAIN + " [ContextId=1] [Paragraph=2] d/7 e/8 f/9"
CONTROL = " ".join(f"[UNK]/{token}" for token in range(6, 14))

RIGHT: dict[str, Right] = {
    # A gold candidate that is not kept, nested or past the 47: no answer here.
    "nested_long": Right(labels=[UNLABELLED]),
    "nested_short": Right(labels=[UNLABELLED]),
    "at_47": Right(labels=[UNLABELLED] * 2),
    "past_48": Right(labels=[UNLABELLED] * 2),
    # An empty gold candidate: no answer here.
    "gold_empty_candidate": Right(labels=[UNLABELLED]),
    "gold_empty_candidate_last": Right(labels=[UNLABELLED]),
    # Unsorted short answers are sorted; one without words is none, and the long answer is left.
    "short_multi_unsorted": Right(labels=[(11, 15, 3)]),
    "short_only_html": Right(labels=[(11, 14, 4)]),
    "feff_answer": Right(labels=[(11, 13, 4)]),
    # Blank tokens shift no token map (aug_bracket and aug_empty_word: see below).
    "empty_token": Right(text="[ContextId=0] [Paragraph=1] a/2 b/4 c/5"),
    "empty_token_2": Right(text="[ContextId=0] [Paragraph=1] a/2 b/4 c/5 [ContextId=1] [Paragraph=2] q/8 r/9"),
    "nnbsp_alone": Right(text="[ContextId=0] [Paragraph=1] a/2 b/4 c/5 d/6"),
    # Blanks of other kinds within a token kill no run, and drop no page from training.
    "nbsp_in_token": Right([(12, 14, 3)], "[ContextId=0] [Paragraph=1] a/2 10/3 km/3 b/4 c/5 d/7"),
    "nnbsp_in_answer": Right([(12, 14, 3)], "[ContextId=0] [Paragraph=1] a/2 10/3 km/3 b/4 c/5 d/6"),
    "nnbsp_in_token": Right([(14, 14, 3)], "[ContextId=0] [Paragraph=1] a/2 10/3 km/3 b/4 c/5 d/6"),
    "tab_newline_token": Right([(12, 15, 3)], "[ContextId=0] [Paragraph=1] a/2 b/3 c/3 d/4 e/4 f/5"),
    # Real simplified pages have no title.
    "missing_title": Right([(11, 11, 3)], PLAIN),
    # A bracketed word is [UNK], whatever it says.
    "special_like": Right(text=f"[ContextId=0] [Paragraph=1] a/2 [UNK]/3 [/4 citation/4 needed/5 ]/5 {CONTROL} b/14"),
    "special_question": Right(text=PLAIN, question="what is [UNK] or [UNK] [UNK] ?"),
    # Annotations that contradict themselves are errors in training, and not read for prediction.
    "bad_yes_no": Right(text=PLAIN, error="yes_no_answer is 'MAYBE'; expected YES, NO or NONE"),
    "missing_annotations": Right(text=PLAIN, error="has no annotations; training needs them"),
    "short_before_long": Right(
        text=TWO, error="short answer is tokens 2 to 3; expected a span within its long answer, 6 to 11"
    ),
    "short_outside_long": Right(
        text=TWO, error="short answer is tokens 7 to 8; expected a span within its long answer, 1 to 6"
    ),
}
SHIFTED = ("aug_bracket", "aug_empty_word")  # token maps shifted by blank tokens, in pages of over a hundred
TOO_LARGE = ("max_int64_id",)  # an id that the reference could not write
LEFT_IN_SHARED = (
    *("aug_inside", "answer_exact_fit", "answer_first_token", "answer_last_token"),
    *("exact_window", "long_longer_than_window"),
)
CASES = sorted({path.stem for path in EDGE.glob("*.json")} | set(LEFT_IN_SHARED))
SAME = [name for name in CASES if name not in (*RIGHT, *SHIFTED, *TOO_LARGE)]


class Edge(NamedTuple):
    """An edge case: its page, as training and as prediction see it, and the reference's features of either."""

    train: Page
    predict: Page
    golden: dict[str, Any]


@pytest.fixture
def edge(request: pytest.FixtureRequest) -> Edge:
    """The case that the test is parametrized with."""
    name = request.param
    pages, expected = EDGE / f"{name}.jsonl.gz", EDGE / f"{name}.json"
    if name in LEFT_IN_SHARED:
        folder = request.getfixturevalue("shared") / "golden/edge"
        pages, expected = folder / f"pages/{name}.jsonl.gz", folder / f"expected/{name}.json"
    (train,), (predict,) = read(pages), read(pages, annotated=False)
    return Edge(train, predict, json.loads(expected.read_text()))


def features(windows: list[Window]) -> list[dict[str, list[int]]]:
    """Windows in the layout of the edge cases: arrays that end where the text ends."""
    rows = []
    for window in windows:
        length = len(window.input_ids)
        row = {
            "unique_ids": [int(window.example_id) + window.index],
            "input_ids": list(window.input_ids),
            "input_mask": [1] * length,
            "segment_ids": [int(at >= window.question_length) for at in range(length)],
        }
        if window.target:
            names = ("start_positions", "end_positions", "answer_types")
            row |= {name: [int(value)] for name, value in zip(names, window.target, strict=True)}
        else:
            row["token_map"] = list(window.token_map)
        rows.append(row)
    return rows


def trained(page: Page, vocab: Vocab) -> list[Window]:
    return list(training_windows(page, vocab=vocab, options=FeatureOptions(), include_unknowns=1.0, draw=lambda: 0.5))


def predicted(page: Page, vocab: Vocab) -> list[Window]:
    return page_windows(page, vocab=vocab, options=FeatureOptions()).windows


def test_there_are_seventy_edge_cases() -> None:
    assert len(CASES) == 70 and set(RIGHT) | set(SHIFTED) | set(TOO_LARGE) <= set(CASES)


@pytest.mark.parametrize("edge", SAME, indirect=True)
def test_edge_cases_equal_the_reference(edge: Edge, vocab: Vocab) -> None:
    assert features(trained(edge.train, vocab)) == edge.golden["train"]
    assert features(predicted(edge.predict, vocab)) == edge.golden["eval"]


@pytest.mark.parametrize(("edge", "right"), RIGHT.items(), indirect=["edge"], ids=RIGHT)
def test_edge_cases_in_which_the_reference_is_at_fault(edge: Edge, right: Right, vocab: Vocab) -> None:
    expected = [written_out(right, vocab)] if right.text else edge.golden["eval"]
    assert features(predicted(edge.predict, vocab)) == expected
    if right.error:
        with pytest.raises(InputError) as error:
            trained(edge.train, vocab)
        assert str(error.value).startswith(f"{edge.train.where}: example 1000") and right.error in str(error.value)
        return
    names = ("start_positions", "end_positions", "answer_types")
    expected = [{key: value for key, value in row.items() if key != "token_map"} for row in expected]
    labels = right.labels or [tuple(row[name][0] for name in names) for row in edge.golden["train"]]
    for row, label in zip(expected, labels, strict=True):
        row |= {name: [value] for name, value in zip(names, label, strict=True)}
    assert features(trained(edge.train, vocab)) == expected
    # Where the reference is right after all, the table should not say otherwise.
    assert expected != edge.golden["train"] or features(predicted(edge.predict, vocab)) != edge.golden["eval"]


def written_out(right: Right, vocab: Vocab) -> dict[str, list[int]]:
    """The prediction features that a text stands for."""
    assert right.text
    question = f"[CLS] [Q] {right.question} [SEP]".split(" ")
    words = [*question, "[ContextId=-1]", "[NoLongAnswer]", *right.text.split(" "), "[SEP]"]
    pairs = [word.partition("/")[::2] for word in words]
    return {
        "unique_ids": [1000],
        "input_ids": [vocab.tokens.index(piece) for piece, _ in pairs],
        "input_mask": [1] * len(pairs),
        "segment_ids": [int(at >= len(question)) for at in range(len(pairs))],
        "token_map": [int(token or -1) for _, token in pairs],
    }


@pytest.mark.parametrize("edge", SHIFTED, indirect=True)
def test_blank_tokens_shift_no_token_map(edge: Edge, vocab: Vocab) -> None:
    assert features(trained(edge.train, vocab)) == edge.golden["train"]
    (window,) = predicted(edge.predict, vocab)
    (golden,) = edge.golden["eval"]
    assert [token for token in dict.fromkeys(window.token_map) if token >= 0] == [
        at for at, token in enumerate(edge.predict.tokens) if token.strip() and not edge.predict.is_html[at]
    ]
    for token in set(window.token_map) - {-1}:
        pieces = [i for i, of in zip(window.input_ids, window.token_map, strict=True) if of == token]
        assert tuple(pieces) == vocab.encode(edge.predict.tokens[token])
    assert features([window])[0] | {"token_map": golden["token_map"]} == golden


@pytest.mark.parametrize("edge", TOO_LARGE, indirect=True)
def test_an_id_may_be_as_large_as_64_bits_allow(edge: Edge, vocab: Vocab) -> None:
    windows = trained(edge.train, vocab)
    assert [(w.example_id, w.index) for w in windows] == [(2**63 - 1, index) for index in range(7)]
    labels = [UNLABELLED, (256, 257, 3), (128, 129, 3), *[UNLABELLED] * 4]
    assert [w.target for w in windows] == labels
    for window in windows[1:3]:
        assert window.target
        assert [window.token_map[at] for at in window.target[:2]] == [300, 301]


def parse(line: dict[str, Any]) -> Page:
    return parse_page(json.dumps(line), where="f.jsonl:3")


def test_a_question_that_leaves_no_room_is_an_error(vocab: Vocab) -> None:
    page = parse(original("one", question="word " * 30))
    for windows in (predicted, trained):
        assert windows(page, vocab)
    with pytest.raises(
        UsageError, match=r"^f\.jsonl:3: example 7: the question takes 32 of max_seq_length 33; raise it"
    ):
        page_windows(page, vocab=vocab, options=FeatureOptions(max_seq_length=33, max_question_length=30))
    assert page_windows(page, vocab=vocab, options=FeatureOptions(max_seq_length=34, max_question_length=30)).windows


def test_a_candidate_that_is_not_there_is_an_error_in_training(vocab: Vocab) -> None:
    line = original("one", "two")
    bad = answer(line, 1)
    bad["long_answer"]["candidate_index"] = 2
    page = parse(annotated(line, null(), bad))
    with pytest.raises(
        InputError, match=r"^f\.jsonl:3: example 7: the long answer is candidate 2; expected one of the"
    ):
        trained(page, vocab)
    assert predicted(page, vocab)


def test_a_short_answer_wins_over_yes_and_yes_over_long(vocab: Vocab) -> None:
    line = original("one two three")
    for annotation, label in (
        (answer(line, 0, (1, 2), yes_no="YES"), AnswerType.SHORT),
        (answer(line, 0, yes_no="YES"), AnswerType.YES),
        (answer(line, 0, yes_no="NO"), AnswerType.NO),
        (answer(line, 0), AnswerType.LONG),
    ):
        (window,) = trained(parse(annotated(line, annotation)), vocab)
        assert window.target and window.target.answer_type == label


def test_of_several_annotations_the_lowest_candidate_with_a_short_answer_is_taken(vocab: Vocab) -> None:
    line = original("one two", "three four", "five six")
    page = parse(annotated(line, null(), answer(line, 0), answer(line, 2, (0, 1)), answer(line, 1, (1, 2))))
    (window,) = trained(page, vocab)
    assert window.target and page.tokens[window.token_map[window.target.start]] == "four"


@pytest.mark.parametrize(
    ("shorts", "words"),
    [
        (((3, 4), (0, 1)), "one two three four"),
        (((0, 4), (1, 3)), "one two three"),  # the last one's end, as in the reference
        (((0, 4), (0, 2)), "one two"),
        (((2, 3), (0, 5)), "one two three"),
        (((1, 2),), "two"),
    ],
)
def test_several_short_answers_are_one_span(vocab: Vocab, shorts: tuple[tuple[int, int], ...], words: str) -> None:
    line = original("one two three four five")
    page = parse(annotated(line, answer(line, 0, *shorts)))
    (window,) = trained(page, vocab)
    assert window.target and window.target.answer_type == AnswerType.SHORT
    first, last = (window.token_map[at] for at in window.target[:2])
    assert " ".join(page.tokens[first : last + 1]) == words


def test_a_window_is_labelled_exactly_when_it_holds_the_whole_answer(vocab: Vocab) -> None:
    line = original(" ".join(["word"] * 30))
    options = FeatureOptions(max_seq_length=18, stride=3)  # ten pieces of text a window
    for first in range(30):
        for last in range(first, min(first + 11, 30)):
            page = parse(annotated(line, answer(line, 0, (first, last + 1))))
            for window in training_windows(page, vocab=vocab, options=options, include_unknowns=1.0, draw=lambda: 0.0):
                tokens = list(window.token_map)
                whole = set(range(first + 2, last + 3)) <= set(tokens)
                expected = (tokens.index(first + 2), tokens.index(last + 2), 3) if whole else UNLABELLED
                assert window.target == expected


def test_contexts_of_a_type_are_counted_up_to_fifty(vocab: Vocab) -> None:
    page = parse(original(*["word"] * 53))
    ids = encode_contexts(page, vocab=vocab, options=FeatureOptions(max_contexts=60)).ids
    markers = [vocab.tokens[i] for i in ids if vocab.tokens[i].startswith("[Paragraph=")]
    assert markers == [f"[Paragraph={min(k, 50)}]" for k in range(1, 54)]
