"""calibrate: the best rule, its thresholds, and probabilities that come true."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nq_lines import SmallRun

from tinynq.answers import read_scale
from tinynq.calibration import RULES, best_fit, calibrate, logistic
from tinynq.checkpoint import load_run
from tinynq.config import Decoding
from tinynq.ensemble import load_ensemble
from tinynq.errors import InputError, RunError
from tinynq.gold import Gold
from tinynq.inference import predict
from tinynq.metrics import Outcome
from tinynq.predictions import read_predictions
from tinynq.types import Annotation, LongAnswer, NqSpan, Prediction

RIGHT, WRONG = NqSpan(1, 5), NqSpan(5, 9)


def outcomes(slope: float, bias: float, count: int) -> list[Outcome]:
    random = np.random.default_rng(0)
    scores = random.normal(0, 4, count)
    right = random.random(count) < 1 / (1 + np.exp(-(slope * scores + bias)))
    return [Outcome(True, True, bool(r), float(s)) for s, r in zip(scores, right, strict=True)]


def gold_of(count: int, annotators: int = 1) -> list[Gold]:
    annotation = Annotation(LongAnswer(1, 5, candidate_index=0), [NqSpan(2, 3)])
    return [(i, [annotation] * annotators, f"line {i}") for i in range(count)]


def predictions(count: int, *, right: float = 0.7, calm: float = 1.0) -> list[Prediction]:
    """Answers that are right the likelier the higher their scores are."""
    random = np.random.default_rng(1)
    made = []
    for i in range(count):
        score = float(random.normal(np.log(right / (1 - right)), 2))
        good = random.random() < 1 / (1 + np.exp(-score))
        span, short = (RIGHT, NqSpan(2, 3)) if good else (WRONG, NqSpan(6, 7))
        made.append(Prediction(i, span, calm * score, [short], calm * score))
    return made


@pytest.mark.parametrize(("slope", "bias"), [(1.0, 0.0), (0.3, -1.0), (5.0, 2.0)])
def test_the_logistic_function_is_found_again(slope: float, bias: float) -> None:
    found = logistic(outcomes(slope, bias, 20_000))
    assert found.slope == pytest.approx(slope, rel=0.06)
    assert found.bias == pytest.approx(bias, abs=0.15)


def test_scores_that_part_right_from_wrong_have_a_slope_that_ends() -> None:
    found = logistic([Outcome(True, True, score > 0, score) for score in np.linspace(-100, 100, 41).tolist()])
    assert 0 < found.slope < 10 and found.probability(100) > 0.9


def test_scores_that_say_the_opposite_are_an_error() -> None:
    with pytest.raises(InputError, match="score no higher than wrong ones; train the run longer"):
        logistic([Outcome(True, True, score < 0, score) for score in np.linspace(-5, 5, 41).tolist()])


def test_the_best_rule_is_chosen_and_the_simpler_of_equals() -> None:
    simple, better = Decoding(), Decoding(long="all-spans")
    gold = gold_of(400)
    good, bad = predictions(400, right=0.8), predictions(400, right=0.5)
    assert best_fit(gold, {simple: bad, better: good}).decoding == better
    fitted = best_fit(gold, {simple: good, better: good})
    assert fitted.decoding == simple
    assert fitted.pages == 400
    assert fitted.long.f1 == fitted.tried[0][1] == max(long for _, long, _ in fitted.tried) > 0.7


def test_probabilities_come_true_whatever_the_scale_of_scores() -> None:
    for calm in (0.1, 1.0, 10.0):
        fitted = best_fit(gold_of(4000), {Decoding(): predictions(4000, calm=calm)})
        assert sum(each.answers for each in fitted.long.bins) == 4000
        assert len(fitted.long.bins) == 10
        for each in fitted.long.bins:
            assert each.right == pytest.approx(each.probability, abs=0.08)
        assert fitted.long.error < 0.03
        assert fitted.long.calibration.slope == pytest.approx(1 / calm, rel=0.15)


def test_two_annotators_are_needed_where_there_are_several() -> None:
    gold = gold_of(100, annotators=5)
    alone = Annotation(LongAnswer(1, 5, candidate_index=0), [NqSpan(2, 3)])
    null = Annotation(LongAnswer(), [])
    mixed: list[Gold] = [*gold, *((100 + i, [alone, null, null], f"line {i}") for i in range(50))]
    made = predictions(150)
    assert best_fit(mixed, {Decoding(): made}).long.f1 < best_fit(gold_of(150), {Decoding(): made}).long.f1


def test_too_few_answers_are_an_error() -> None:
    with pytest.raises(InputError, match=r"\d of 12 long answers are right; expected at least 10 right and 10 wrong"):
        best_fit(gold_of(12), {Decoding(): predictions(12)})


def learned(small_run: SmallRun, path: Path) -> str:
    """The run's pages, with what it answers on the more confident half as gold; it has learned nothing else."""
    out = path.with_suffix(".json")
    predict(small_run.folder, small_run.pages, out=str(out), threads=1)
    made = sorted(read_predictions(out), key=lambda prediction: prediction.long_answer_score)
    answers = {each.example_id: each for each in made[len(made) // 2 :]}
    lines = []
    for text in Path(small_run.pages).read_text("utf-8").splitlines():
        line = json.loads(text)
        annotation: dict[str, Any] = {"annotation_id": 1, "yes_no_answer": "NONE", "short_answers": []}
        annotation["long_answer"] = {"start_token": -1, "end_token": -1, "candidate_index": -1}
        given = answers.get(line["example_id"])
        if given and not given.long_answer.is_null:
            span = (given.long_answer.start_token, given.long_answer.end_token)
            spans = [(each["start_token"], each["end_token"]) for each in line["long_answer_candidates"]]
            annotation["long_answer"] = {**line["long_answer_candidates"][spans.index(span)]}
            annotation["long_answer"]["candidate_index"] = spans.index(span)
            short = given.short_answers[0]
            annotation["short_answers"] = [{"start_token": short.start_token, "end_token": short.end_token}]
        lines.append(json.dumps({**line, "annotations": [annotation]}))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


def test_a_run_holds_what_was_fitted(small_run: SmallRun, tmp_path: Path) -> None:
    pages = learned(small_run, tmp_path / "pages.jsonl")
    run = tmp_path / "run"
    shutil.copytree(small_run.folder, run)
    seen: list[float] = []
    fitted = calibrate(str(run), pages, threads=1, progress=lambda _count, share: seen.append(share))
    assert fitted.pages == 40 and seen[-1] == 1.0
    assert tuple(rule for rule, _, _ in fitted.tried) == RULES
    about = load_run(run)[3]["tinynq"]
    assert about["features"] == load_run(small_run.folder)[3]["tinynq"]["features"]
    scale = read_scale(about, "here")
    assert (scale.long, scale.short) == (fitted.long.calibration, fitted.short.calibration)
    ensemble = load_ensemble(str(run))
    assert ensemble.decoding == fitted.decoding
    assert ensemble.thresholds == (fitted.long.threshold, fitted.short.threshold)
    assert json.loads(json.dumps(fitted.as_dict()))["decoding"] == about["decoding"]
    lines = list(fitted.lines())
    assert max(map(len, lines)) <= 80 and sum("chosen" in line for line in lines) == 1
    # What predict writes is decoded by the run's rule, unless told otherwise.
    made = []
    for decoding in ("auto", "bert-joint", "tinynq"):
        out = str(tmp_path / "p.json")
        predict(str(run), pages, out=out, threads=1, no_answer_threshold=-np.inf, decoding=decoding)
        made.append(read_predictions(out))
    if fitted.decoding == Decoding():
        assert made[0] == made[1]
    assert made[1] != made[2]


@pytest.mark.parametrize("decoding", [{"long": "none"}, {"short": 1}, ["all-spans"], {"yes_no": "often"}])
def test_a_rule_that_there_is_not(small_run: SmallRun, tmp_path: Path, decoding: Any) -> None:
    run = tmp_path / "run"
    shutil.copytree(small_run.folder, run)
    config = json.loads((run / "config.json").read_text("utf-8"))
    config["tinynq"]["decoding"] = decoding
    (run / "config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(RunError, match=r"config\.json: decoding is .*, which is no rule of this version"):
        load_ensemble(str(run))
