"""Ensembles and averages: means in the right place, members that fit together, checkpoints that are there."""

import json
import shlex
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from nq_lines import original, write
from tf1_bundle import bert, write_bundle

from tinynq.bundled import is_run
from tinynq.checkpoint import load_run, save_run
from tinynq.config import FeatureOptions
from tinynq.decode import Thresholds
from tinynq.ensemble import average, load_ensemble, mean_logits, member_folders
from tinynq.errors import RunError, UsageError
from tinynq.inference import predict
from tinynq.layers import ModelConfig
from tinynq.model import new_reader
from tinynq.types import Logits
from tinynq.vocab import Vocab

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "what", "is", "##it", "hamlet", "?"]
VOCAB = Vocab(WORDS)
FEATURES = FeatureOptions(max_seq_length=32)
CONFIG = ModelConfig(
    vocab_size=len(VOCAB.tokens), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24,
    max_position_embeddings=32, initializer_range=0.5,
)  # fmt: skip


def make_run(
    folder: Path,
    *,
    seed: int = 0,
    config: ModelConfig = CONFIG,
    vocab: Vocab = VOCAB,
    features: FeatureOptions = FEATURES,
    **about: Any,
) -> str:
    save_run(folder, new_reader(config, seed=seed), vocab, {"version": "0", "features": asdict(features), **about})
    return str(folder)


@pytest.fixture
def run(tmp_path: Path) -> str:
    """A finished run of 11 updates with the checkpoints 6 and 9."""
    for step in (6, 9):
        make_run(tmp_path / "run" / "checkpoints" / f"step-{step}", seed=step, step=step)
    return make_run(tmp_path / "run", seed=11, step=11, thresholds={"long": 1.5, "short": -2})


def test_tf1_checkpoints_answer_alone_and_together(tmp_path: Path) -> None:
    arrays = bert(vocab=len(VOCAB.tokens), positions=384, hidden=64)
    prefix = str(write_bundle(tmp_path / "ensemble" / "model.ckpt-6", arrays))
    (tmp_path / "ensemble" / "vocab.txt").write_text(VOCAB.text, "utf-8")
    pages = write(tmp_path / "pages.jsonl", original("what is hamlet", "it is what", example_id=5))
    for runs in (prefix, [prefix, prefix]):
        assert predict(runs, pages, out=str(tmp_path / "p.json"), precision="fp32", threads=1).pages == 1
        (answer,) = json.loads((tmp_path / "p.json").read_text())["predictions"]
        assert answer["short_answers"][0]["start_token"] >= 0
    average([prefix, prefix], out=str(tmp_path / "mean"))
    weights = load_run(tmp_path / "mean")[0].state_dict()
    assert all(torch.equal(tensor, weights[name]) for name, tensor in load_run(prefix)[0].state_dict().items())


# Probabilities


def logits(*values: float) -> Logits:
    array = np.array(values, np.float32)
    return Logits(array, array[::-1].copy(), array[:5])


def softmax(values: Any) -> Any:
    powers = np.exp(np.asarray(values, np.float64))
    return powers / powers.sum()


def test_the_mean_is_of_probabilities() -> None:
    a, b = logits(1.0, -2.0, 3.0, 0.5, 0.0, 7.0), logits(4.0, 4.0, -1.0, 0.0, 2.0, 0.0)
    (mean,) = mean_logits([[a], [b]])
    for ours, one, other in zip(mean, a, b, strict=True):
        np.testing.assert_allclose(np.exp(ours), (softmax(one) + softmax(other)) / 2, rtol=1e-5)
        assert ours.dtype == np.float32
    assert not np.allclose(softmax((a.start + b.start) / 2), np.exp(mean.start), atol=1e-2)


@given(st.lists(st.floats(-50, 50, width=32), min_size=5, max_size=40), st.integers(2, 4))
def test_a_member_with_itself_keeps_the_differences_of_its_logits(values: list[float], count: int) -> None:
    own = logits(*values)
    (mean,) = mean_logits([[own]] * count)
    for ours, theirs in zip(mean, own, strict=True):
        np.testing.assert_allclose(ours - ours[0], theirs - theirs[0], atol=5e-5)
        assert np.exp(ours.astype(np.float64)).sum() == pytest.approx(1.0, abs=1e-4)


def test_one_members_logits_stay_as_they_are() -> None:
    own = [logits(1.0, 2.0, 3.0, 4.0, 5.0), logits(0.0, 0.0, 0.0, 0.0, 9.0)]
    assert all(a is b for a, b in zip(mean_logits([own]), own, strict=True))


def test_what_is_all_but_impossible_stays_finite() -> None:
    (mean,) = mean_logits([[logits(0.0, 3000.0, 0.0, 0.0, 0.0)], [logits(0.0, 2000.0, 0.0, 0.0, 0.0)]])
    assert mean.start[0] == pytest.approx(-2000 - np.log(2), abs=1e-3)
    assert all(np.isfinite(values).all() for values in mean)


# Members


def test_runs_stand_for_themselves_or_their_last_checkpoints(run: str, tmp_path: Path) -> None:
    other = make_run(tmp_path / "other")
    checkpoints = [f"{run}/checkpoints/step-6", f"{run}/checkpoints/step-9"]
    assert member_folders(run) == member_folders(tmp_path / "run") == [run]  # type: ignore[arg-type]
    assert member_folders([run, other, run]) == [run, other, run]
    assert member_folders(run, checkpoints="last:1") == [run]
    assert member_folders(run, checkpoints="last:2") == [checkpoints[1], run]
    assert member_folders([run, other, run], checkpoints="last:1") == [run, other, run]
    assert member_folders(run, checkpoints="last:3") == [*checkpoints, run]
    (tmp_path / "run" / "config.json").unlink()  # of a run that is not finished, the checkpoints alone
    assert member_folders(run, checkpoints="last:2") == checkpoints


@pytest.mark.parametrize("which", ["best", "last", "last:0", "last:-1", "last:x", "last:2 ", "first:2", ""])
def test_checkpoints_that_cannot_be(run: str, which: str) -> None:
    with pytest.raises(UsageError, match="^checkpoints is .*; expected last:K"):
        member_folders(run, checkpoints=which)


def test_checkpoints_that_are_not_there(run: str, tmp_path: Path) -> None:
    expected = r"asks for more checkpoints than the 3 there \(step-6, step-9, the finished run\); .*larger --keep"
    with pytest.raises(UsageError, match=expected):
        member_folders(run, checkpoints="last:4")
    with pytest.raises(RunError, match="nowhere: no run and no checkpoints"):
        member_folders(str(tmp_path / "nowhere"), checkpoints="last:2")
    with pytest.raises(UsageError, match="no run is named"):
        member_folders([])


def test_an_ensemble_has_models_in_order_and_a_run_alone_its_thresholds(run: str, tmp_path: Path) -> None:
    ensemble = load_ensemble(run, checkpoints="last:2")
    assert [member.run for member in ensemble.members] == [f"{run}/checkpoints/step-9", run]
    for member, seed in zip(ensemble.members, (9, 11), strict=True):
        assert torch.equal(member.model.qa_outputs.weight, new_reader(CONFIG, seed=seed).qa_outputs.weight)
        assert not member.model.training
    assert (ensemble.features, ensemble.vocab.sha256) == (FEATURES, VOCAB.sha256)
    assert ensemble.thresholds == Thresholds()
    assert load_ensemble(run).thresholds == Thresholds(1.5, -2)
    assert load_ensemble(f"{run}/checkpoints/step-6").thresholds == Thresholds()


def test_members_must_have_the_same_windows_and_words(run: str, tmp_path: Path) -> None:
    strides = make_run(tmp_path / "strides", features=replace(FEATURES, stride=64))
    words = make_run(tmp_path / "words", vocab=Vocab([*WORDS[:-1], "!"]))
    small = make_run(tmp_path / "small", config=replace(CONFIG, hidden_size=8, intermediate_size=9))
    for join in (load_ensemble, lambda runs: average(runs, out=str(tmp_path / "mean"))):
        with pytest.raises(RunError, match=f"^{strides}: made with stride 64, but {run} has 128; take runs"):
            join([run, run, strides])
        with pytest.raises(RunError, match=f"^{words}: made with another vocabulary than {run}; take runs"):
            join([run, words])
        with pytest.raises(RunError, match="nowhere: no such folder"):
            join([run, str(tmp_path / "nowhere")])
    assert len(load_ensemble([run, small]).members) == 2  # sizes may differ in an ensemble
    with pytest.raises(RunError, match=f"^{small}: has hidden_size 8, but {run} has 16; .*as an ensemble"):
        average([run, small], out=str(tmp_path / "mean"))
    assert not (tmp_path / "mean").exists()


# Averages


def test_the_average_of_weights(run: str, tmp_path: Path) -> None:
    out = str(tmp_path / "mean")
    folders = average(run, out=out, checkpoints="last:3")
    assert folders == [f"{run}/checkpoints/step-6", f"{run}/checkpoints/step-9", run]
    model, features, vocab, raw = load_run(out)
    states = [load_run(folder)[0].state_dict() for folder in folders]
    for name, tensor in model.state_dict().items():
        mean = torch.stack([state[name].double() for state in states]).sum(0) / 3
        assert torch.equal(tensor, mean.float()), name
    assert (model.config, features, vocab.sha256) == (CONFIG, FEATURES, VOCAB.sha256)
    about = raw["tinynq"]
    assert about["average_of"] == folders
    assert shlex.split(about["command"]) == ["tinynq", "average", run, "--out", out, "--checkpoints", "last:3"]
    assert "thresholds" not in about
    assert load_ensemble(out).thresholds == Thresholds()


def test_sums_are_of_doubles(tmp_path: Path) -> None:
    folders = []
    for i, value in enumerate([1.0, 2.0**-24, 2.0**-24]):
        model = new_reader(CONFIG, seed=0)
        torch.nn.init.constant_(model.qa_outputs.bias, value)
        save_run(tmp_path / str(i), model, VOCAB, {"features": asdict(FEATURES)})
        folders.append(str(tmp_path / str(i)))
    average(folders, out=str(tmp_path / "mean"))
    expected = np.float32((1.0 + 2.0**-23) / 3)
    assert load_run(tmp_path / "mean")[0].qa_outputs.bias.tolist() == [expected] * 2
    assert expected != np.float32(1.0 / 3)


def test_a_run_is_its_own_average_but_for_its_dropout(run: str, tmp_path: Path) -> None:
    other = make_run(tmp_path / "other", seed=11, config=replace(CONFIG, hidden_dropout_prob=0.3))
    average([run, other], out=str(tmp_path / "mean"))
    model = load_run(tmp_path / "mean")[0]
    assert torch.equal(model.qa_outputs.weight, new_reader(CONFIG, seed=11).qa_outputs.weight)
    assert model.config.hidden_dropout_prob == CONFIG.hidden_dropout_prob


def test_averages_that_cannot_be(run: str, tmp_path: Path) -> None:
    before = json.loads((tmp_path / "run" / "config.json").read_text("utf-8"))
    with pytest.raises(UsageError, match="holds a run already; choose another --out"):
        average(run, out=run, checkpoints="last:2")
    assert json.loads((tmp_path / "run" / "config.json").read_text("utf-8")) == before
    for checkpoints in (None, "last:1"):
        with pytest.raises(UsageError, match="one run is its own average; name more runs, or take --checkpoints"):
            average(run, out=str(tmp_path / "mean"), checkpoints=checkpoints)
    with pytest.raises(UsageError, match="unknown option checkpoint: did you mean checkpoints"):
        average(run, out=str(tmp_path / "mean"), checkpoint="last:2")


def test_what_looks_like_a_run(run: str, tmp_path: Path) -> None:
    assert is_run(run) and is_run(f"{run}/checkpoints/step-6")
    (tmp_path / "begun" / "checkpoints").mkdir(parents=True)
    assert is_run(tmp_path / "begun")
    (tmp_path / "pages.jsonl").write_text("", "utf-8")
    for other in (tmp_path, tmp_path / "pages.jsonl", "nowhere", "-", "s3://bucket/*.gz"):
        assert not is_run(other)
