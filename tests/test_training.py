"""The reference's six steps, resuming to the last bit, the order of windows, the log, what is refused."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tinynq.checkpoint import fill, from_tf1, load_run, save_run
from tinynq.config import EvalOptions, FeatureOptions, TrainOptions
from tinynq.errors import InputError, NumericError, RecordError, RunError, UsageError
from tinynq.layers import ModelConfig
from tinynq.metrics import AnswerReport, Counts, OperatingPoint, Report
from tinynq.model import BertReader, new_reader
from tinynq.objectives import joint_objective
from tinynq.optimization import adamw, descend, learning_rate
from tinynq.preparation import prepare
from tinynq.training import TrainSummary, backward, batches, fit, train
from tinynq.types import AnswerType, Int32s, Target, Window
from tinynq.vocab import Vocab

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz", "?"]
VOCAB = Vocab(WORDS)
CONFIG = ModelConfig(
    vocab_size=len(VOCAB.tokens), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24,
    max_position_embeddings=64, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1,
)  # fmt: skip
FEATURES = FeatureOptions(max_seq_length=48, stride=16)
EXACT = TrainOptions(dropout=0.0, attention_dropout=0.0, precision="fp32", device="cpu", padding="full")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)  # what is compared to the last bit must be added up in one order


class FewWindows:
    """Random windows of random lengths, with an answer at their first ``a``."""

    def __init__(self, count: int) -> None:
        random = np.random.default_rng(1)
        self.lengths: Int32s = random.integers(12, 48, count).astype(np.int32)
        self.windows = []
        for i, length in enumerate(self.lengths):
            ids = random.integers(5, 30, length).tolist()
            at = int(random.integers(6, length - 2))
            self.windows.append(Window(i, 0, 4, ids, (), Target(at, at + 1, AnswerType(int(random.integers(5))))))

    def __len__(self) -> int:
        return len(self.windows)

    def window(self, at: int, /) -> Window:
        return self.windows[at]


class Golden(NamedTuple):
    """The training windows and steps of the reference, and its model before the first."""

    windows: list[Window]
    steps: dict[str, NDArray[Any]]
    model: BertReader
    last: dict[str, torch.Tensor]


@pytest.fixture
def golden(shared: Path) -> Golden:
    folder = shared / "golden"
    rows = dict(np.load(folder / "features" / "train_u002_s0.npz"))
    windows = []
    for row in range(len(rows["input_ids"])):
        n = int(rows["input_mask"][row].sum())
        start, end, kind = (int(rows[k][row, 0]) for k in ("start_positions", "end_positions", "answer_types"))
        question_length = int((rows["segment_ids"][row, :n] == 0).sum())
        target = Target(start, end, AnswerType(kind))
        windows.append(Window(row, 0, question_length, rows["input_ids"][row, :n], (), target))
    config = ModelConfig.of_size("bert-tiny", vocab_size=30_522)
    model = new_reader(replace(config, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0), seed=0)
    before, after = (from_tf1(np.load(folder / "model" / f"weights_step{step}.npz")) for step in (0, 6))
    fill(model, before, where="weights_step0.npz", whole=True)
    return Golden(windows, dict(np.load(folder / "model" / "train_steps.npz")), model.train(), after)


def run_golden(golden: Golden, options: TrainOptions) -> tuple[list[float], list[float]]:
    optimizer = adamw(golden.model, options)
    losses, norms = [], []
    for step, rows in enumerate(golden.steps["batch_indices"], 1):
        windows = [golden.windows[row] for row in rows]
        parts, norm = backward(
            golden.model, windows, objective=joint_objective(padded=True), options=options, length=384, pad_id=0
        )
        losses.append(sum(parts) / 3)
        norms.append(norm)
        descend(optimizer, norm, rate=learning_rate(step, 20, options), clip=options.clip)
    return losses, norms


def furthest(model: BertReader, state: dict[str, torch.Tensor]) -> float:
    ours = model.state_dict()
    return max(float((ours[name] - tensor).abs().max()) for name, tensor in state.items())


@pytest.mark.parametrize("accumulate", [1, 3])
def test_golden_steps(golden: Golden, accumulate: int) -> None:
    losses, norms = run_golden(golden, replace(EXACT, batch_size=8, accumulate=accumulate, warmup=0.15))
    assert losses == pytest.approx(golden.steps["loss"].tolist(), abs=1e-4)
    assert norms == pytest.approx(golden.steps["grad_global_norm"].tolist(), abs=1e-4)
    assert furthest(golden.model, golden.last) <= 1e-5
    name = "bert.embeddings.word_embeddings.weight"
    golden.last[name][2023, 5] += 2e-5
    assert furthest(golden.model, golden.last) > 1e-5


@pytest.mark.parametrize("change", [{"warmup": 0.1}, {"clip": 0.0}, {"decay": "constant"}])
def test_golden_steps_show_another_rule(golden: Golden, change: dict[str, Any]) -> None:
    run_golden(golden, TrainOptions(**{**asdict(EXACT), "batch_size": 8, "warmup": 0.15, **change}))
    assert furthest(golden.model, golden.last) > 1e-5


def test_a_word_that_occurs_twice_counts_twice() -> None:
    model = new_reader(replace(CONFIG, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0), seed=0)
    window = Window(0, 0, 2, [2, 7, 7, 7, 9, 3], (), Target(2, 3, AnswerType.SHORT))
    _, norm = backward(model, [window], objective=joint_objective(padded=False), options=EXACT, length=None, pad_id=0)
    words = model.bert.embeddings.word_embeddings.weight
    added = torch.nn.utils.get_total_norm([p.grad for p in model.parameters() if p.grad is not None]).item()
    # Three of one word: their rows of the position table have the gradients of the lookups, unadded.
    positions = model.bert.embeddings.position_embeddings.weight.grad
    assert positions is not None and words.grad is not None
    expected = (added**2 - words.grad.square().sum() + positions.square().sum()).sqrt().item()
    assert norm == pytest.approx(expected, rel=1e-5)
    assert norm != pytest.approx(added, rel=1e-3)


@pytest.mark.parametrize("length", [None, 48])
def test_parts_of_a_batch_give_the_gradients_of_the_batch(length: int | None) -> None:
    model = new_reader(replace(CONFIG, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0), seed=0)
    windows = FewWindows(7).windows
    results = []
    for accumulate in (1, 3, 7):
        options, objective = replace(EXACT, accumulate=accumulate), joint_objective(padded=length is not None)
        losses, norm = backward(model, windows, objective=objective, options=options, length=length, pad_id=0)
        gradients = [p.grad.flatten() for p in model.parameters() if p.grad is not None]
        results.append(torch.cat([torch.tensor([*losses, norm]), *gradients]))
    for result in results[1:]:
        torch.testing.assert_close(result, results[0], rtol=1e-4, atol=1e-6)


# The order of windows


@pytest.mark.parametrize("bucket", [True, False])
def test_every_pass_has_every_window(bucket: bool) -> None:
    lengths = np.random.default_rng(0).integers(10, 400, 103).astype(np.int32)
    rows = list(islice(batches(lengths, batch_size=8, seed=1, bucket=bucket), 103))
    assert {len(row) for row in rows} == {8}
    assert np.bincount(np.concatenate(rows)).tolist() == [8] * 103
    assert len(np.unique(rows[:12])) == 96
    assert set(np.unique(rows[:5])) != set(np.unique(rows[13:18]))
    again, other = (islice(batches(lengths, batch_size=8, seed=seed, bucket=bucket), 103) for seed in (1, 2))
    assert np.array_equal(rows, list(again))
    assert not np.array_equal(rows, list(other))


def test_buckets_save_padding() -> None:
    lengths = np.random.default_rng(0).integers(10, 400, 1000).astype(np.int32)

    def padded(bucket: bool) -> int:
        rows = islice(batches(lengths, batch_size=8, seed=1, bucket=bucket), 125)
        return sum(8 * int(lengths[row].max()) for row in rows)

    assert padded(True) < 1.05 * lengths.sum() < 1.5 * lengths.sum() < padded(False)


def test_fewer_windows_than_a_batch() -> None:
    for bucket in (True, False):
        rows = next(batches(np.full(3, 9, np.int32), batch_size=8, seed=0, bucket=bucket))
        assert sorted(np.bincount(rows).tolist()) == [2, 3, 3]


# Whole runs


def about(options: TrainOptions, steps: int) -> dict[str, Any]:
    begun = {"step": 0, "seconds": 0.0, "loss": None, "best": None}
    return {"features": asdict(FEATURES), "train": asdict(options), "steps": steps, **begun}


def test_a_reader_learns(tmp_path: Path) -> None:
    options = TrainOptions(batch_size=8, learning_rate=5e-3, warmup=0.0, device="cpu")
    model = new_reader(CONFIG, seed=0)
    fit(model, FewWindows(8), VOCAB, about(options, 60), tmp_path, options=options)
    losses = [json.loads(line)["loss"] for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert len(losses) == 60 and losses[-1] < losses[0] / 2


def test_a_loss_that_is_no_number(tmp_path: Path) -> None:
    options = TrainOptions(batch_size=4, learning_rate=1e30, warmup=0.0, device="cpu")
    with pytest.raises(NumericError, match="^update 2: loss nan, gradient norm nan; lower the learning rate"):
        fit(new_reader(CONFIG, seed=0), FewWindows(8), VOCAB, about(options, 9), tmp_path, options=options)
    assert not (tmp_path / "config.json").exists()


def test_the_best_scores_are_remembered(tmp_path: Path) -> None:
    options = TrainOptions(batch_size=4, eval_every=2, save_every=3, device="cpu")
    scores = iter([0.125, 0.5, 0.375, 0.25])
    seen = []

    def evaluate(model: BertReader) -> Report:
        assert not model.training
        seen.append({name: tensor.clone() for name, tensor in model.state_dict().items()})
        f1 = next(scores)
        long, short = (
            AnswerReport(OperatingPoint(p, p, 10 * p), (), 1, 1, OperatingPoint(p, p, 0), Counts(1, 0, 0, 0, 0))
            for p in (f1, 0.25)
        )
        return Report(long=long, short=short, pages=1, options=EvalOptions())

    description = about(options, 7)
    fit(new_reader(CONFIG, seed=0), FewWindows(8), VOCAB, description, tmp_path, options=options, evaluate=evaluate)
    assert description["best"] == {"step": 4, "long_f1": 0.5, "short_f1": 0.25}
    best = load_run(tmp_path / "best")[0].state_dict()
    assert all(torch.equal(tensor, best[name]) for name, tensor in seen[1].items())
    # Each run has the thresholds of its own weights; those that were never scored have none.
    thresholds = {
        name: load_run(tmp_path / name)[3]["tinynq"]["thresholds"]
        for name in (".", "best", "checkpoints/step-3", "checkpoints/step-6")
    }
    assert thresholds == {
        ".": {"long": 2.5, "short": 2.5}, "best": {"long": 5.0, "short": 2.5},
        "checkpoints/step-3": {}, "checkpoints/step-6": {"long": 3.75, "short": 2.5},
    }  # fmt: skip
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert [(line["step"], line["dev_long_f1"]) for line in log if "dev_long_f1" in line] == [
        (2, 0.125), (4, 0.5), (6, 0.375), (7, 0.25),
    ]  # fmt: skip


def test_the_callers_random_numbers_are_left_alone(tmp_path: Path) -> None:
    options = TrainOptions(batch_size=4, device="cpu")
    before = torch.get_rng_state()
    fit(new_reader(CONFIG, seed=0), FewWindows(8), VOCAB, about(options, 2), tmp_path, options=options)
    assert torch.equal(torch.get_rng_state(), before)


# From a record, as the command does


def page(number: int) -> dict[str, Any]:
    letters = np.random.default_rng(number).choice(list("bcdefghijklm"), 30)
    tokens = ["<P>", *letters[:12], "a", "?", "</P>", "<P>", *letters[12:], "</P>"]
    long = {"start_token": 0, "end_token": 16, "candidate_index": 0}
    short = [{"start_token": 13, "end_token": 15}] if number % 2 else []
    candidates = [
        {"start_token": 0, "end_token": 16, "top_level": True},
        {"start_token": 16, "end_token": 36, "top_level": True},
    ]
    annotation = {"annotation_id": 1, "long_answer": long, "short_answers": short, "yes_no_answer": "NONE"}
    return {
        "question_text": "z z ?", "example_id": number, "document_url": "u", "document_text": " ".join(tokens),
        "long_answer_candidates": candidates, "annotations": [annotation] * 5,
    }  # fmt: skip


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pages, a record of them, and a small encoder."""
    folder = tmp_path_factory.mktemp("train")
    (folder / "pages.jsonl").write_text("".join(json.dumps(page(i)) + "\n" for i in range(24)), "utf-8")
    (folder / "vocab.txt").write_text(VOCAB.text, "utf-8")
    options = {**asdict(FEATURES), "vocab": str(folder / "vocab.txt"), "include_unknowns": 1.0}
    prepare(str(folder / "pages.jsonl"), out=str(folder / "train.parquet"), **options)
    save_run(folder / "encoder", new_reader(CONFIG, seed=0), VOCAB, {"features": asdict(FEATURES)})
    return folder


def train_in(work: Path, out: Path, **options: Any) -> TrainSummary:
    given: dict[str, Any] = {"batch_size": 8, "steps": 11, "save_every": 3, "threads": 1, "device": "cpu", "seed": 3}
    init = options.pop("init", str(work / "encoder"))
    return train(str(work / "train.parquet"), out=str(out), init=init, **{**given, **options})


def weights(run: Path) -> bytes:
    return (run / "model.safetensors").read_bytes()


def log_of(run: Path) -> list[dict[str, float]]:
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]
    return [{k: v for k, v in line.items() if k != "windows_per_s"} for line in lines]


@pytest.mark.parametrize("recipe", ["bert-joint", "fast"])
def test_a_resumed_run_ends_as_an_unbroken_one(work: Path, tmp_path: Path, recipe: str) -> None:
    unbroken, broken = tmp_path / "unbroken", tmp_path / "broken"
    pages = str(work / "pages.jsonl")
    summary = train_in(work, unbroken, recipe=recipe, dev=pages, eval_every=4)

    def stop(count: int, _: float) -> None:
        if count == 8 * 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_in(work, broken, recipe=recipe, dev=pages, eval_every=4, progress=stop)
    with pytest.raises(RunError, match="its training has not ended"):
        load_run(broken)
    with (broken / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write('{"step": 9, "lo')  # as a killed process leaves it
    counts: list[int] = []
    resumed = train_in(
        work, broken, recipe=recipe, dev=pages, eval_every=4, resume=True, progress=lambda n, _: counts.append(n)
    )
    assert counts == [8 * k for k in range(7, 12)]
    assert weights(broken) == weights(unbroken)
    assert weights(broken / "best") == weights(unbroken / "best")
    assert log_of(broken) == log_of(unbroken)
    assert (resumed.steps, resumed.loss, resumed.best) == (summary.steps, summary.loss, summary.best)
    assert {path.name for path in (broken / "checkpoints").iterdir()} == {"step-6", "step-9"}


def test_the_folder_of_a_run(work: Path, tmp_path: Path) -> None:
    summary = train_in(work, tmp_path / "run", seed=1)
    model, features, vocab, raw = load_run(tmp_path / "run")
    assert (features, vocab.sha256) == (FEATURES, VOCAB.sha256)
    assert (model.config.hidden_dropout_prob, model.config.attention_probs_dropout_prob) == (0.1, 0.1)
    described = raw["tinynq"]
    assert described["recipe"] == "bert-joint" and described["train"]["seed"] == 1
    assert described["step"] == described["steps"] == summary.steps == 11
    assert described["windows"] == summary.windows and described["init"] == str(work / "encoder")
    assert described["command"].startswith(f"tinynq train {work / 'train.parquet'} --out {tmp_path / 'run'} --init ")
    assert "--batch-size 8" in described["command"]
    assert described["loss"] == summary.loss and described["seconds"] == pytest.approx(summary.seconds)
    assert not list(tmp_path.rglob("*.tmp"))


def test_log(work: Path, tmp_path: Path) -> None:
    train_in(work, tmp_path / "run", steps=4)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text("utf-8").splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    for line in lines:
        parts = line["start_loss"] + line["end_loss"] + line["answer_type_loss"]
        assert line["loss"] == pytest.approx(parts / 3)
        assert line["windows_per_s"] > 0 and line["grad_norm"] > 0
    assert [line["learning_rate"] for line in lines] == pytest.approx([3.75e-5, 2.5e-5, 1.25e-5, 0.0])


def test_tensorboard(work: Path, tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    train_in(work, tmp_path / "run", steps=3)
    events = accumulator.EventAccumulator(str(tmp_path / "run" / "tensorboard"))
    events.Reload()
    assert [event.step for event in events.Scalars("loss")] == [1, 2, 3]


def test_without_tensorboard(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinynq.journal.find_spec", lambda name: None)
    train_in(work, tmp_path / "run", steps=2)
    assert not (tmp_path / "run" / "tensorboard").exists() and len(log_of(tmp_path / "run")) == 2


def test_steps_and_epochs(work: Path, tmp_path: Path) -> None:
    windows = train_in(work, tmp_path / "untrained", steps=0).windows
    assert load_run(tmp_path / "untrained")[3]["tinynq"]["step"] == 0
    assert train_in(work, tmp_path / "half", steps=None, epochs=0.5).steps == int(windows * 0.5 / 8)
    assert train_in(work, tmp_path / "least", steps=None, epochs=0.001).steps == 1


def test_a_resumed_run_has_as_many_threads(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinynq.training.MOST", 2)
    out = tmp_path / "run"
    train_in(work, out, steps=4, save_every=3, threads=2)
    (out / "config.json").unlink()
    monkeypatch.setattr("tinynq.threads.choose_threads", lambda: 1)
    train_in(work, out, steps=4, resume=True, threads=0)
    assert load_run(out)[3]["tinynq"]["train"]["threads"] == 2
    train_in(work, tmp_path / "new", steps=1, threads=0)
    assert load_run(tmp_path / "new")[3]["tinynq"]["train"]["threads"] == 1


def test_a_folder_that_is_taken(work: Path, tmp_path: Path) -> None:
    train_in(work, tmp_path / "run", steps=2)
    with pytest.raises(UsageError, match="holds a run already; go on with it by --resume, or choose another --out"):
        train_in(work, tmp_path / "run", steps=2)
    with pytest.raises(UsageError, match="begun with steps 2, not 5; resume with that, or choose another --out"):
        train_in(work, tmp_path / "run", steps=5, resume=True)
    before = weights(tmp_path / "run")
    assert train_in(work, tmp_path / "run", steps=2, resume=True, save_every=1).steps == 2
    assert weights(tmp_path / "run") == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"recipe": "slow"}, "unknown recipe slow: there are bert-joint, fast"),
        ({"lerning_rate": 1.0}, "unknown option lerning_rate: did you mean learning_rate?"),
        ({"batch_size": 0}, "batch_size is 0; expected at least 1"),
        ({"accumulate": 0}, "accumulate is 0; expected at least 1"),
        ({"decay": "cosine"}, "decay is cosine; expected linear, constant"),
        ({"warmup": 1.5}, "warmup is 1.5; expected 0 to 1"),
        ({"dropout": 1.0}, "dropout is 1.0; expected 0 to 0.99"),
        ({"seed": -1}, "seed is -1; expected at least 0"),
    ],
)
def test_options_that_cannot_be(work: Path, tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=f"^{message}"):
        train_in(work, tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()


def test_input_that_cannot_be(work: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not the vocabulary that the record was made with"):
        other = new_reader(replace(CONFIG, vocab_size=400), seed=0)
        save_run(tmp_path / "other", other, Vocab([*WORDS, "more"]), {"features": asdict(FEATURES)})
        train_in(work, tmp_path / "run", init=str(tmp_path / "other"))
    with pytest.raises(InputError, match="no-such"):
        train_in(work, tmp_path / "run", dev=str(tmp_path / "no-such.jsonl"))
    (tmp_path / "text.parquet").write_text("no", "utf-8")
    with pytest.raises(RecordError, match=r"text\.parquet"):
        train(str(tmp_path / "text.parquet"), out=str(tmp_path / "run"), init="bert-tiny")
    assert not (tmp_path / "run").exists()


def test_a_run_that_is_terminated_leaves_nothing_half_written(work: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from tinynq.training import train; record, out, init = sys.argv[1:];"
        "train(record, out=out, init=init, steps=100000, save_every=1, threads=1, batch_size=8, device='cpu')"
    )
    names = [str(work / "train.parquet"), str(tmp_path / "run"), str(work / "encoder")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", code, *names], env=environment)
    try:
        deadline = time.monotonic() + 120
        while not (tmp_path / "run" / "checkpoints" / "step-20").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
    found = [path for path in (tmp_path / "run" / "checkpoints").iterdir() if path.name.startswith("step-")]
    assert found
    for path in found:
        assert load_run(path)[3]["tinynq"]["step"] == int(path.name.removeprefix("step-"))


def test_frozen_words_stay_as_they_are(work: Path, tmp_path: Path) -> None:
    name = "bert.embeddings.word_embeddings.weight"
    states = []
    for steps in (0, 2):
        train_in(work, tmp_path / str(steps), steps=steps, freeze_words=True)
        states.append(load_run(tmp_path / str(steps))[0].state_dict())
    assert torch.equal(states[0][name], states[1][name])
    assert not torch.equal(states[0]["qa_outputs.weight"], states[1]["qa_outputs.weight"])
