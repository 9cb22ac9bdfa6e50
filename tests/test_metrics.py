"""metrics: every digit of the official evaluation, its errors, and what must hold of any scores."""

import gzip
import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinynq.errors import InputError, UsageError
from tinynq.metrics import TARGETS, Counts, Report, evaluate, score
from tinynq.predictions import read_predictions
from tinynq.types import Annotation, ExampleId, LongAnswer, NqSpan, Prediction

HERE = Path(__file__).parent / "data" / "eval"
SHIPPED = ["all_null_pred", "duplicate_preds"]
SHARED = [
    "all_tied",
    "basic_1000",
    "byte_spans",
    "calibrated_ties",
    "int_scores",
    "multi_file",
    "negative_scores",
    "one_annotation",
    "perfect",
    "seed_like",
]
THRESHOLDS = {"metrics": 2, "metrics_thr1": 1, "metrics_thr3": 3}

Gold = list[tuple[ExampleId, list[Annotation], str]]

NULL = Annotation(LongAnswer())
ANSWERED = Annotation(LongAnswer(10, 20, 100, 200, 0), [NqSpan(12, 14, 120, 140)])


def evaluate_case(folder: Path, threshold: int = 2) -> Report:
    return evaluate(
        [str(path) for path in sorted(folder.glob("gold-*.jsonl.gz"))],
        predictions=folder / "predictions.json",
        long_non_null_threshold=threshold,
        short_non_null_threshold=threshold,
    )


def assert_golden(folder: Path, name: str) -> None:
    # As text: every digit, the order of the keys, and 0 is not 0.0.
    expected = (folder / f"{name}.json").read_text().strip()
    assert json.dumps(evaluate_case(folder, THRESHOLDS[name]).official()) == expected


def predicted(example_id: ExampleId, score: float = 1.0, **fields: Any) -> Prediction:
    return Prediction(
        example_id,
        fields.get("long", NqSpan()),
        fields.get("long_score", score),
        fields.get("short", []),
        fields.get("short_score", score),
        fields.get("yes_no", "NONE"),
    )


def write(path: Path, *items: Any) -> Path:
    path.write_text(json.dumps({"predictions": items}))
    return path


# The golden cases


@pytest.mark.parametrize("name", THRESHOLDS)
@pytest.mark.parametrize("case", SHIPPED)
def test_golden(case: str, name: str) -> None:
    assert_golden(HERE / case, name)


@pytest.mark.parametrize("name", THRESHOLDS)
@pytest.mark.parametrize("case", SHARED)
def test_golden_of_shared(shared: Path, case: str, name: str) -> None:
    assert_golden(shared / "golden" / "eval" / case, name)


def test_the_golden_list_is_complete(shared: Path) -> None:
    assert sorted([*SHIPPED, *SHARED, *(path.name for path in HERE.glob("err_*"))]) == sorted(
        path.name for path in (shared / "golden" / "eval").iterdir()
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"start_token": 855', '"start_token": 854'),
        ('"long_answer_score": 0.0006861281310667211', '"long_answer_score": 0.0006861281310667212'),
    ],
)
def test_the_golden_comparison_sees_one_altered_value(tmp_path: Path, old: str, new: str) -> None:
    source = HERE / "duplicate_preds"
    for path in source.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert_golden(tmp_path, "metrics")
    text = (source / "predictions.json").read_text()
    assert old in text
    (tmp_path / "predictions.json").write_text(text.replace(old, new))
    with pytest.raises(AssertionError):
        assert_golden(tmp_path, "metrics")


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("err_bad_span", r"predictions\.json: prediction 0, example 1: span of tokens 9 to 4"),
        ("err_extra_pred", r"^1 prediction without gold page: 4; expected the same ids"),
        ("err_id_type", r'^1 gold page without prediction: 1; 1 prediction without gold page: "1";'),
    ],
)
def test_golden_errors(case: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        evaluate_case(HERE / case)


def as_official(report: Report) -> list[str]:
    """The printed form of the official evaluation."""
    lines = []
    for kind, part in (("LONG", report.long), ("SHORT", report.short)):
        best = part.best
        lines += ["*" * 20, f"{kind} ANSWER R@P TABLE:", f"Optimal threshold: {float(best.threshold):.5}"]
        lines += [" F1     /  P      /  R", f"{best.f1: >7.2%} / {best.precision: >7.2%} / {best.recall: >7.2%}"]
        for target, point in zip(TARGETS, part.at_precision, strict=True):
            if point:
                reached = f"actual p={point.precision:.2%}, score threshold={float(point.threshold):.4}"
                lines.append(f"R@P={target}: {point.recall:.2%} ({reached})")
    return [*lines, "*" * 20, f"METRICS IGNORING SCORES (n={report.pages}):", *ignoring_scores(report)]


def ignoring_scores(report: Report) -> list[str]:
    rows = [("Long answer ", report.long.every), ("Short answer", report.short.every)]
    head = " " * 14 + "F1     /  P      /  R"
    return [head, *(f"{name} {p.f1: >7.2%} / {p.precision: >7.2%} / {p.recall: >7.2%}" for name, p in rows)]


@pytest.mark.parametrize("case", SHARED)
def test_all_that_the_official_evaluation_prints_is_known(shared: Path, case: str) -> None:
    folder = shared / "golden" / "eval" / case
    report = evaluate_case(folder)
    # It stops at an integer threshold, and at a precision that is not reached.
    printed = (folder / "pretty.txt").read_text().strip().split("\nEXIT 1")[0]
    assert as_official(report)[: len(printed.splitlines())] == printed.splitlines()
    scored = (folder / "pretty_seed.txt").read_text().splitlines()
    assert scored[1:] == [f"NUMBER OF VALIDATION SAMPLES (n={report.pages}):", *ignoring_scores(report)]
    share = re.compile(r"\d+\.\d\d%")
    assert set(share.findall(printed)) <= set(share.findall("\n".join(report.lines())))


# What must hold of any scores

spans = st.builds(lambda start, length: (start, start + length), st.integers(0, 4), st.integers(1, 3))
short_spans = spans.map(lambda s: NqSpan(*s))
annotations = st.builds(
    lambda long, short, yes_no, answered: Annotation(
        LongAnswer(long[0], long[1], candidate_index=0) if answered else LongAnswer(),
        short if answered and yes_no == "NONE" else [],
        yes_no if answered else "NONE",
    ),
    spans,
    st.lists(short_spans, max_size=3),
    st.sampled_from(["NONE", "NONE", "YES", "NO"]),
    st.booleans(),
)
golds: st.SearchStrategy[Gold] = st.lists(st.lists(annotations, min_size=1, max_size=5), min_size=1, max_size=12).map(
    lambda pages: [(i, page, f"gold:{i + 1}") for i, page in enumerate(pages)]
)
scores = st.integers(-3, 3) | st.sampled_from([-1.0, 0.5, 2.0]) | st.floats(-1e6, 1e6)


def has_short(annotation: Annotation) -> bool:
    return bool(annotation.short_answers) or annotation.yes_no_answer != "NONE"


def answer_of_gold(example_id: ExampleId, page: Sequence[Annotation], threshold: int, score: float) -> Prediction:
    long = [a.long_answer for a in page if not a.long_answer.is_null]
    short = [a for a in page if has_short(a)]
    prediction = predicted(example_id, score)
    if len(long) >= threshold:
        prediction.long_answer = long[0]
    if len(short) >= threshold:
        prediction.short_answers = short[-1].short_answers[::-1]
        prediction.yes_no_answer = short[-1].yes_no_answer
    return prediction


@given(golds, st.lists(scores, min_size=12, max_size=12), st.integers(1, 3))
def test_gold_as_prediction_has_f1_1(gold: Gold, values: list[float], threshold: int) -> None:
    predictions = [answer_of_gold(i, page, threshold, value) for (i, page, _), value in zip(gold, values, strict=False)]
    report = score(gold, predictions, long_non_null_threshold=threshold, short_non_null_threshold=threshold)
    for part in (report.long, report.short):
        assert part.predicted == part.gold
        assert part.best[:2] == ((1.0, 1.0) if part.gold else (0.0, 0.0))
        assert all(point == part.best for point in part.at_precision) or not part.gold


@st.composite
def systems(draw: st.DrawFn) -> tuple[Gold, list[Prediction]]:
    """Gold and predictions that are partly right."""
    gold: Gold = draw(golds)
    predictions = []
    for i, page, _ in gold:
        answer = draw(annotations) if draw(st.booleans()) else draw(st.sampled_from(page))
        predictions.append(
            predicted(
                i,
                long=answer.long_answer,
                long_score=draw(scores),
                short=answer.short_answers,
                short_score=draw(scores),
                yes_no=answer.yes_no_answer,
            )
        )
    return gold, predictions


@given(systems(), st.randoms(use_true_random=False))
def test_scores_do_not_depend_on_the_order_of_pages(
    system: tuple[Gold, list[Prediction]], shuffler: random.Random
) -> None:
    gold, predictions = system
    official = score(gold, predictions).official()
    shuffler.shuffle(gold)
    shuffler.shuffle(predictions)
    assert json.dumps(score(gold, predictions).official()) == json.dumps(official)


@given(systems())
def test_thresholds_are_scores_and_points_are_what_they_withhold(system: tuple[Gold, list[Prediction]]) -> None:
    gold, predictions = system
    part = score(gold, predictions).long
    values = [prediction.long_answer_score for prediction in predictions]
    for point in filter(None, [part.best if part.best.f1 else None, *part.at_precision]):
        assert point.threshold in values
        kept = [p if p.long_answer_score >= point.threshold else predicted(p.example_id) for p in predictions]
        again = score(gold, kept).long
        assert again.best.f1 == pytest.approx(part.best.f1) or point != part.best
        assert point.recall * part.gold == pytest.approx(point.precision * again.predicted)


# The rules one by one


def test_equal_scores_count_together_and_the_first_best_f1_wins() -> None:
    gold: Gold = [(i, [ANSWERED] * 2, "") for i in range(4)]
    right, wrong = ANSWERED.long_answer, NqSpan(30, 40)
    tied = [predicted(0, 5, long=right), predicted(1, 5, long=wrong), predicted(2, 3), predicted(3, 1)]
    best = score(gold, tied).long.best
    assert (best.precision, best.recall, best.threshold) == (0.5, 0.25, 5)


def test_the_threshold_keeps_the_type_of_the_score() -> None:
    gold: Gold = [(1, [ANSWERED] * 2, "")]
    for value in (3, 3.0):
        threshold = score(gold, [predicted(1, value, long=ANSWERED.long_answer)]).official()["long-best-threshold"]
        assert repr(threshold) == repr(value)


def test_the_threshold_of_tied_1_and_1_0_does_not_depend_on_the_order() -> None:
    gold: Gold = [(i, [ANSWERED] * 2, "") for i in (1, 2)]
    tied = [predicted(1, 1, long=ANSWERED.long_answer), predicted(2, 1.0, long=ANSWERED.long_answer)]
    assert {repr(score(pages, tied).long.best.threshold) for pages in (gold, gold[::-1])} == {"1.0"}


@pytest.mark.parametrize(
    ("span", "correct"),
    [
        (NqSpan(10, 20), True),  # tokens alone
        (NqSpan(start_byte=100, end_byte=200), True),  # bytes alone
        (NqSpan(11, 20, 100, 200), True),  # bytes are enough
        (NqSpan(10, 20, 101, 200), True),  # and so are tokens
        (NqSpan(10, 21), False),
        (NqSpan(9, 20), False),
    ],
)
def test_a_span_is_right_in_bytes_or_in_tokens(span: NqSpan, correct: bool) -> None:
    report = score([(1, [NULL, ANSWERED, ANSWERED], "")], [predicted(1, long=span)])
    assert report.long.best.f1 == (1.0 if correct else 0.0)


@pytest.mark.parametrize(
    ("spans", "correct"),
    [
        ([NqSpan(5, 7), NqSpan(1, 3)], True),
        ([NqSpan(5, 7), NqSpan(1, 3), NqSpan(5, 7), NqSpan()], True),
        ([NqSpan(1, 3)], False),
        ([NqSpan(1, 3), NqSpan(5, 7), NqSpan(8, 9)], False),
    ],
)
def test_short_answers_match_as_sets(spans: list[NqSpan], correct: bool) -> None:
    page = [Annotation(LongAnswer(0, 9, candidate_index=0), [NqSpan(1, 3), NqSpan(5, 7)])] * 2
    assert score([(1, page, "")], [predicted(1, short=spans)]).short.best.f1 == (1.0 if correct else 0.0)


def test_yes_and_no_are_short_answers() -> None:
    yes = Annotation(LongAnswer(0, 9, candidate_index=0), [], "YES")
    gold: Gold = [(1, [yes, ANSWERED, NULL], "")]
    assert score(gold, [predicted(1, yes_no="yes")]).short.best.f1 == 1.0
    assert score(gold, [predicted(1, yes_no="NO")]).short.best.f1 == 0.0
    assert score(gold, [predicted(1, short=ANSWERED.short_answers)]).short.best.f1 == 1.0


def test_partial_scores_what_is_there_and_says_so() -> None:
    gold: Gold = [(i, [ANSWERED] * 2, "") for i in range(3)]
    predictions = [predicted(i, long=ANSWERED.long_answer) for i in (0, 7, 8)]
    report = score(gold, predictions, partial=True)
    assert (report.pages, report.pages_left_out, report.predictions_left_out) == (1, 2, 2)
    assert report.long.best.recall == 1.0
    assert "partial: 2 pages without prediction left out" in "\n".join(report.lines())
    with pytest.raises(InputError, match="share no id"):
        score(gold, predictions[1:], partial=True)


def test_of_two_with_one_id_the_last_is_scored() -> None:
    other = predicted(1, long=NqSpan(90, 91))
    gold: Gold = [(1, [NULL] * 2, ""), (2, [NULL] * 2, ""), (1, [ANSWERED] * 2, "")]
    predictions = [other, predicted(2), predicted(1, long=ANSWERED.long_answer)]
    report = score(gold, predictions)
    assert (report.pages, report.long.gold, report.long.best.f1) == (2, 1, 1.0)
    assert report == score(gold[1:], predictions[1:])
    assert score(gold[::-1], predictions).long.gold == 0


def test_what_can_be_gone_through_once_is_scored_alike() -> None:
    gold: Gold = [(i, [ANSWERED] * 2, "") for i in range(3)]
    predictions = [predicted(i, long=ANSWERED.long_answer) for i in range(3)]
    assert score(iter(gold), iter(predictions)) == score(gold, predictions)


def test_ids_that_differ_are_listed_ten_of_each_side() -> None:
    gold: Gold = [(i, [NULL], "") for i in range(12)]
    with pytest.raises(InputError) as error:
        score(gold, [predicted(f"x{i}") for i in range(3)])
    assert str(error.value) == (
        "12 gold pages without prediction: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...; "
        '3 predictions without gold page: "x0", "x1", "x2"; expected the same ids on both sides, or the option partial'
    )


def test_the_printed_form_fits_a_terminal() -> None:
    gold: Gold = [(i, [ANSWERED] * 2, "") for i in range(9)]
    wrong = [predicted(i, -1.23456789e-10, long=NqSpan(1, 2)) for i in range(1, 9)]
    lines = list(score(gold, [predicted(0, 1e10, long=ANSWERED.long_answer), *wrong]).lines())
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    assert "100.00%" in text and "11.11%" in text and text.count("not reached") == 3
    assert not any(line != line.rstrip() for line in lines)


# What stands beside the scores


def three_pages() -> tuple[Gold, list[Prediction]]:
    gold: Gold = [(0, [ANSWERED] * 2, ""), (1, [ANSWERED] * 2, ""), (2, [NULL] * 2, "")]
    return gold, [predicted(i, 3 - i, long=NqSpan(10, 20, 100, 200)) for i in range(3)]


@given(systems())
def test_counts_make_the_best_point(system: tuple[Gold, list[Prediction]]) -> None:
    report = score(*system, samples=100)
    for part in (report.long, report.short):
        counts = part.counts
        assert sum(counts) == report.pages
        assert counts.right + counts.wrong + counts.missed == part.gold
        if part.best.f1:
            assert part.best.precision == counts.right / (counts.right + counts.wrong + counts.spurious)
            assert part.best.recall == counts.right / part.gold
        assert (part.every.recall > 0) == (part.best.f1 > 0)
        for name, (low, high) in part.intervals(report.options).items():
            assert 0 <= low <= high <= 1
            assert counts.right or (name, low, high) == (name, 0, 0)


def test_counts_by_what_came_of_a_page() -> None:
    gold: Gold = [(i, [ANSWERED] * 2 if i < 3 else [NULL] * 2, "") for i in range(5)]
    right, wrong = ANSWERED.long_answer, NqSpan(30, 40)
    answers = [predicted(0, 9, long=right), predicted(1, 9, long=wrong), predicted(2, 1, long=wrong)]
    answers += [predicted(3, 9, long=wrong), predicted(4, 8, long=wrong)]
    report = score(gold, answers)
    assert report.long.best.threshold == 9
    assert report.long.counts == Counts(right=1, wrong=1, missed=1, spurious=1, silent=1)


def test_the_interval_narrows_with_pages_and_holds_the_score() -> None:
    widths = []
    for times in (1, 10, 100):
        gold, answers = three_pages()
        gold = [(f"{i} {k}", page, "") for k in range(times) for i, page, _ in gold]
        answers = [
            msgspec.structs.replace(p, example_id=f"{p.example_id} {k}", long_answer=NqSpan(1, 2) if k % 2 else right)
            for k in range(times)
            for p in answers
            for right in [p.long_answer]
        ]
        report = score(gold, answers)
        low, high = report.long.intervals(report.options)["f1"]
        assert low <= report.long.best.f1 <= high
        widths.append(high - low)
    assert widths[0] > widths[1] > 2 * widths[2] > 0


def test_samples_and_seed_are_those_of_the_options() -> None:
    gold, answers = three_pages()
    answers[1].long_answer = NqSpan(30, 40)
    one, same, other = (list(score(gold, answers, samples=200, seed=seed).lines()) for seed in (1, 1, 2))
    assert one == same != other
    assert "bs:200|seed:1" in one[-1]


def test_intervals_are_computed_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("tinynq.metrics.rate_intervals", refuse)
    report = score(*three_pages())
    assert report.official()["long-best-threshold-f1"] == 1.0
    with pytest.raises(RuntimeError):
        list(report.lines())


def test_as_dict_is_json_with_all_there_is() -> None:
    gold, answers = three_pages()
    report = score(gold, answers, samples=100)
    content = json.loads(json.dumps(report.as_dict()))
    assert content["official"] == report.official()
    assert content["signature"] == report.signature
    assert content["options"] == {**vars(report.options)}
    best = content["long"]["best"]
    assert (best["f1"], best["threshold"], best["counts"]["right"], best["counts"]["silent"]) == (1.0, 2, 2, 1)
    assert best["intervals"]["f1"] == list(report.long.intervals(report.options)["f1"])
    assert content["long"]["every_answer"] == {"f1": 0.8, "precision": 2 / 3, "recall": 1.0, "threshold": 1}
    assert content["long"]["recall_at_precision"]["0.9"]["recall"] == 1.0
    assert content["short"]["recall_at_precision"] == {"0.5": None, "0.75": None, "0.9": None}


def test_the_signature_is_of_the_content_not_of_the_file(tmp_path: Path) -> None:
    gold, answers = three_pages()
    pages = tmp_path / "gold.jsonl"
    pages.write_bytes(b"\n".join(msgspec.json.encode({"annotations": a, "example_id": i, "x": 1}) for i, a, _ in gold))
    plain, laid_out = tmp_path / "p.json", tmp_path / "q.json.gz"
    plain.write_bytes(msgspec.json.encode({"predictions": answers}))
    text = json.dumps({"predictions": msgspec.to_builtins(answers[::-1])}, indent=2)
    laid_out.write_bytes(gzip.compress(text.encode()))
    signatures = {evaluate([str(pages)], predictions=path).signature for path in (plain, laid_out)}
    assert signatures == {score(gold, answers).signature}
    answers[0].short_answers_score = 3.5
    changed = score(gold, answers).signature
    assert [a == b for a, b in zip(changed.split("|"), signatures.pop().split("|"), strict=True)].count(False) == 1


# Input that cannot be


@given(systems())
def test_predictions_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, system: tuple[Gold, list[Prediction]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.json"
    path.write_bytes(msgspec.json.encode({"predictions": system[1]}))
    assert msgspec.to_builtins(read_predictions(path)) == [
        {
            **msgspec.to_builtins(p),
            "long_answer": msgspec.to_builtins(NqSpan(*msgspec.structs.astuple(p.long_answer)[:4])),
        }
        for p in system[1]
    ]


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ([], "no annotations"),
        ([Annotation(LongAnswer(4, 2, candidate_index=0))], "tokens 4 to 2"),
        ([Annotation(LongAnswer(), [NqSpan(4, -1)])], "tokens 4 to -1"),
        ([Annotation(LongAnswer(), [], "PERHAPS")], "'PERHAPS'"),
    ],
)
def test_bad_gold_is_named(page: list[Annotation], message: str) -> None:
    with pytest.raises(InputError, match=f"^dev.jsonl:3: example 1: .*{message}"):
        score([(1, page, "dev.jsonl:3")], [predicted(1)])


def test_an_unknown_option_is_an_error() -> None:
    with pytest.raises(UsageError, match="did you mean partial"):
        evaluate([], predictions="p.json", partially=True)
