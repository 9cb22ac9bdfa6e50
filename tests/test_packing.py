"""Packed runs: what is in them, that all that takes a run takes them, and what a damaged one is told."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from nq_lines import SmallRun
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

import tinynq
from tinynq.checkpoint import PACKED, load_run, save_run
from tinynq.cli import app
from tinynq.errors import RunError, UsageError
from tinynq.inference import predict
from tinynq.predictions import read_predictions
from tinynq.training import train
from tinynq.vocab import Vocab


@pytest.fixture(scope="module")
def packed(small_run: SmallRun, tmp_path_factory: pytest.TempPathFactory) -> str:
    out = str(tmp_path_factory.mktemp("packed") / "run")
    tinynq.pack(small_run.folder, out=out)
    return out


@pytest.fixture
def mine(packed: str, tmp_path: Path) -> Path:
    """A packed run to damage."""
    return Path(shutil.copytree(packed, tmp_path / "mine"))


def test_what_is_written(small_run: SmallRun, packed: str) -> None:
    assert sorted(path.name for path in Path(packed).iterdir()) == ["config.json", PACKED]  # the vocabulary ships
    tensors = load_file(Path(packed) / PACKED)
    model, features, vocab, raw = load_run(packed)
    original, features_before, vocab_before, raw_before = load_run(small_run.folder)
    assert (features, vocab.sha256) == (features_before, vocab_before.sha256)
    about = raw["tinynq"].pop("packed")
    assert about["command"] == f"tinynq pack {small_run.folder} --out {packed}"
    assert raw == raw_before
    weights = original.state_dict()
    assert {name.removesuffix(".scale") for name in tensors} == set(weights)
    for name, parameter in model.state_dict().items():
        assert tensors[name].dtype == (torch.int8 if parameter.ndim == 2 else torch.float32)
        assert (parameter - weights[name]).norm() <= 0.02 * weights[name].norm()
        assert parameter.ndim == 2 or torch.equal(parameter, weights[name])


def test_summary_and_size(small_run: SmallRun, packed: str, tmp_path: Path) -> None:
    summary = tinynq.pack(small_run.folder, out=str(tmp_path / "again"))
    assert summary.folder == sum(path.stat().st_size for path in (tmp_path / "again").iterdir())
    assert (tmp_path / "again" / PACKED).read_bytes() == (Path(packed) / PACKED).read_bytes()
    assert summary.folder < 0.27 * summary.weights
    assert set(summary.errors) == {n for n, each in load_run(packed)[0].state_dict().items() if each.ndim == 2}
    assert all(0 < error < 0.02 for error in summary.errors.values())
    done = CliRunner().invoke(app, ["pack", small_run.folder, "--out", str(tmp_path / "cli")], catch_exceptions=False)
    assert done.stderr.splitlines() == list(summary.lines())
    assert f"  {max(summary.errors.values()):.3%}  " in done.stderr
    assert max(map(len, done.stderr.splitlines())) <= 80


def test_matrices_of_16_bits(small_run: SmallRun, tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    summary = tinynq.pack(small_run.folder, out=out, sixteen=["*.word_embeddings.*", "qa_outputs.*"])
    tensors = load_file(Path(out) / PACKED)
    halves = {name for name, tensor in tensors.items() if tensor.dtype == torch.float16}
    assert halves == {"bert.embeddings.word_embeddings.weight", "qa_outputs.weight"}
    assert all(f"{name}.scale" not in tensors and summary.errors[name] < 0.001 for name in halves)
    assert load_run(out)[0].words.weight.dtype == torch.float32
    with pytest.raises(UsageError, match=r"--sixteen nothing: no matrix of .* has such a name; expected one as bert\."):
        tinynq.pack(small_run.folder, out=str(tmp_path / "other"), sixteen="nothing")


def test_a_packed_run_is_a_run(small_run: SmallRun, packed: str, tmp_path: Path) -> None:
    outs = [str(tmp_path / f"{i}.json") for i in range(2)]
    for run, out in zip((small_run.folder, packed), outs, strict=True):
        predict(run, small_run.pages, out=out, threads=1, precision="fp32")
    for one, other in zip(*map(read_predictions, outs), strict=True):
        assert one.long_answer_score == pytest.approx(other.long_answer_score, abs=0.05)
    assert tinynq.Reader.load(packed, threads=1).answer("who wrote the book", "The king wrote the book.").question
    members = tinynq.average([packed, small_run.folder], out=str(tmp_path / "mean"))
    assert members == [packed, small_run.folder]
    train(small_run.record, out=str(tmp_path / "more"), init=packed, steps=1, batch_size=2, threads=1)
    assert load_run(tmp_path / "more")[3]["tinynq"]["init"] == packed
    twice = tinynq.pack(packed, out=str(tmp_path / "twice"))
    assert max(twice.errors.values()) < 0.02


def test_a_vocabulary_of_its_own_goes_along(small_run: SmallRun, tmp_path: Path) -> None:
    model, _, vocab, raw = load_run(small_run.folder)
    other = Vocab([*vocab.tokens[:-1], "zzz"])
    save_run(tmp_path / "run", model, other, raw["tinynq"])
    tinynq.pack(str(tmp_path / "run"), out=str(tmp_path / "packed"))
    assert load_run(tmp_path / "packed")[2].sha256 == other.sha256
    (tmp_path / "packed" / "vocab.txt").unlink()
    with pytest.raises(RunError, match=r"vocab.txt: not the vocabulary that the run was trained with"):
        load_run(tmp_path / "packed")


def test_what_cannot_be_packed(small_run: SmallRun, packed: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds a run already; choose another --out"):
        tinynq.pack(small_run.folder, out=packed)
    with pytest.raises(RunError, match="no such folder; expected a run"):
        tinynq.pack(str(tmp_path / "none"), out=str(tmp_path / "out"))
    model, _, vocab, raw = load_run(small_run.folder)
    model.qa_outputs.weight.data[0, 0] = 1e5
    save_run(tmp_path / "large", model, vocab, raw["tinynq"])
    assert tinynq.pack(str(tmp_path / "large"), out=str(tmp_path / "eight")).errors
    model.answer_type.weight.data[0, 0] = torch.nan
    save_run(tmp_path / "nan", model, vocab, raw["tinynq"])
    for run, glob in (("large", ["qa_outputs.*"]), ("nan", [])):
        with pytest.raises(RunError, match=f"{run}: tensor .* has values that are not finite, or too large for 16"):
            tinynq.pack(str(tmp_path / run), out=str(tmp_path / "out"), sixteen=glob)
    assert not (tmp_path / "out").exists()


def test_damage(mine: Path) -> None:
    path = mine / PACKED
    sound = load_file(path)
    name = "bert.pooler.dense.weight"
    changes: list[tuple[dict[str, torch.Tensor | None], str]] = [
        ({f"{name}.scale": None}, f"{PACKED}: no tensor {name}.scale, which tensor {name} needs; pack the run again"),
        ({f"{name}.scale": torch.ones(3)}, f"tensor {name} and its scales are "),
        ({f"{name}.scale": torch.full([128], torch.inf)}, f"tensor {name}.scale has values that are not finite"),
        ({name: sound[name][:, :7].clone()}, rf"tensor {name} is \[128, 7\]; the config makes it \[128, 128\]"),
        ({name: sound[name].int()}, f"tensor {name} holds torch.int32; expected floating point"),
        ({name: None}, f"no tensor {name}; expected the weights of a BERT encoder"),
    ]
    for change, message in changes:
        save_file({n: tensor for n, tensor in {**sound, **change}.items() if tensor is not None}, path)
        with pytest.raises(RunError, match=message) as error:
            load_run(mine)
        assert str(error.value).startswith(str(path)) and "\n" not in str(error.value)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(RunError, match=f"{PACKED}: no safetensors file that can be read"):
        load_run(mine)
    path.unlink()
    with pytest.raises(RunError, match=r"vocab.txt: no such file"):
        load_run(mine)


def test_an_unpacked_run_needs_its_vocabulary(small_run: SmallRun, tmp_path: Path) -> None:
    run = Path(shutil.copytree(small_run.folder, tmp_path / "run"))
    (run / "vocab.txt").unlink()
    with pytest.raises(RunError, match=r"vocab.txt: no such file; expected a run"):
        load_run(run)
    assert json.loads((run / "config.json").read_text())["tinynq"].get("packed") is None
