"""The encoder against the reference's logits and against transformers; batches; dropout; devices."""

import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import torch

from tinynq.checkpoint import fill, from_tf1
from tinynq.errors import UsageError
from tinynq.layers import ModelConfig
from tinynq.model import Batch, Scores, autocast, choose_device, collate, new_reader
from tinynq.types import Window

SMALL = ModelConfig(
    vocab_size=50, hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=40,
    max_position_embeddings=24, initializer_range=0.5,
)  # fmt: skip


def window(ids: list[int], question_length: int) -> Window:
    return Window(0, 0, question_length, ids, [-1] * len(ids))


def random_windows(*lengths: int) -> list[Window]:
    random = np.random.default_rng(0)
    return [window(random.integers(5, 50, n).tolist(), 3) for n in lengths]


def close(ours: torch.Tensor, theirs: torch.Tensor, tolerance: float) -> bool:
    return float((ours - theirs).abs().max()) <= tolerance


def golden_scores(shared: Path, name: str) -> tuple[Scores, Scores]:
    """Our logits and the reference's."""
    golden = np.load(shared / "golden" / "model" / f"{name}.npz")
    model = new_reader(ModelConfig.of_size("bert-tiny", vocab_size=30_522), seed=0).eval()
    fill(model, from_tf1(np.load(shared / "golden" / "model" / "weights_step6.npz")), where=name, whole=True)
    ids, segments, mask = (torch.from_numpy(golden[k]) for k in ("input_ids", "segment_ids", "input_mask"))
    with torch.inference_mode():
        ours = model(Batch(ids.long(), segments.long(), mask.bool()))
    names = ("start_logits", "end_logits", "answer_type_logits")
    return ours, Scores(*(torch.from_numpy(golden[k]) for k in names))


@pytest.mark.parametrize("name", ["logits_eval_s6", "logits_eval512_s6"])
def test_golden_logits(shared: Path, name: str) -> None:
    ours, theirs = golden_scores(shared, name)
    assert all(close(a, b, 1e-4) for a, b in zip(ours, theirs, strict=True))
    theirs.end[3, 17] += 2e-4
    assert not all(close(a, b, 1e-4) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("activation", ["gelu", "gelu_new"])
def test_the_encoder_is_that_of_transformers(activation: Literal["gelu", "gelu_new"]) -> None:
    transformers = pytest.importorskip("transformers")
    config = replace(SMALL, hidden_act=activation)
    ours = new_reader(config, seed=1).eval()
    theirs = transformers.BertModel(transformers.BertConfig(**asdict(config))).eval()
    theirs.load_state_dict(ours.bert.state_dict(), strict=True)
    batch = collate(random_windows(20, 12, 24, 5))
    with torch.inference_mode():
        sequence, pooled = ours.bert(batch)
        expected = theirs(batch.input_ids, batch.mask.long(), batch.segment_ids)
    assert close(sequence[batch.mask], expected.last_hidden_state[batch.mask], 1e-5)
    assert close(pooled, expected.pooler_output, 1e-5)


def test_heads_read_the_last_layer_and_the_pooled_output() -> None:
    model = new_reader(SMALL, seed=0).eval()
    batch = collate(random_windows(20, 12))
    with torch.inference_mode():
        scores = model(batch)
        sequence, pooled = model.bert(batch)
        assert torch.equal(torch.stack([scores.start, scores.end], -1), model.qa_outputs(sequence))
        assert torch.equal(scores.answer_type, model.answer_type(pooled))
    assert scores.start.shape == (2, 20) and scores.answer_type.shape == (2, 5)


def test_padding_does_not_change_the_scores() -> None:
    model = new_reader(SMALL, seed=0).eval()
    windows = random_windows(7, 24)
    with torch.inference_mode():
        alone, together = model(collate(windows[:1])), model(collate(windows))
    assert close(alone.start[0], together.start[0, :7], 1e-5)
    assert close(alone.answer_type[0], together.answer_type[0], 1e-5)


def test_collate() -> None:
    ids, segments, mask = collate([window([101, 7, 102, 8, 9, 102], 3), window([101, 102, 4, 102], 2)], pad_id=77)
    assert ids.tolist() == [[101, 7, 102, 8, 9, 102], [101, 102, 4, 102, 77, 77]]
    assert segments.tolist() == [[0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 0, 0]]
    assert mask.tolist() == [[True] * 6, [True] * 4 + [False] * 2]
    assert collate([window([101, 102], 1)], length=9).input_ids.shape == (1, 9)
    with pytest.raises(UsageError, match="has 3 pieces; expected at most 2"):
        collate([window([1, 2, 3], 1)], length=2)


def test_golden_batches(shared: Path) -> None:
    golden = np.load(shared / "golden" / "features" / "eval.npz")
    ids, segments, mask = (golden[k][:60] for k in ("input_ids", "segment_ids", "input_mask"))
    ends, questions = mask.sum(1), (mask & (1 - segments)).sum(1)
    batch = collate([window(list(row[:n]), int(q)) for row, n, q in zip(ids, ends, questions, strict=True)], length=384)
    assert all(np.array_equal(a.numpy(), b) for a, b in zip(batch, (ids, segments, mask), strict=True))


def test_random_weights() -> None:
    before = torch.get_rng_state()
    config = ModelConfig.of_size("bert-tiny", vocab_size=5000)
    model, again, other = (new_reader(config, seed=seed) for seed in (3, 3, 4))
    assert torch.equal(torch.get_rng_state(), before)
    words = model.bert.embeddings.word_embeddings.weight
    assert words.abs().max() <= 0.04
    assert words.std().item() == pytest.approx(0.02 * 0.8796, rel=0.01)  # a normal cut off at two deviations
    assert torch.equal(words, again.bert.embeddings.word_embeddings.weight)
    assert not torch.equal(words, other.bert.embeddings.word_embeddings.weight)
    for name, p in model.named_parameters():
        if name.endswith("bias") or "LayerNorm" in name:
            assert (p == (0.0 if name.endswith("bias") else 1.0)).all()


@pytest.mark.parametrize("change", [{"hidden_dropout_prob": 0.5}, {"attention_probs_dropout_prob": 0.5}])
def test_dropout_only_in_training(change: dict[str, Any]) -> None:
    plain = replace(SMALL, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    model = new_reader(replace(plain, **change), seed=0)
    batch = collate(random_windows(20, 20))
    with torch.no_grad():
        noisy, other, calm, again = model(batch), model(batch), model.eval()(batch), model(batch)
        assert close(new_reader(plain, seed=0)(batch).start, calm.start, 1e-5)
    assert not torch.equal(noisy.start, other.start)
    assert torch.equal(calm.start, again.start)


def test_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert choose_device("auto") == choose_device("cpu") == torch.device("cpu")
    with pytest.raises(UsageError, match="device cuda is not there; this machine has cpu"):
        choose_device("cuda")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device("auto") == torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto") == torch.device("cuda")


@pytest.mark.parametrize(
    ("capabilities", "dtype"),
    [
        ({"amx_bf16": True, "avx512_bf16": False}, torch.bfloat16),
        ({"amx_bf16": False, "avx512_bf16": True}, torch.bfloat16),
        ({"amx_bf16": False, "avx512_bf16": False, "avx512_f": True}, torch.float32),
        ({"architecture": "aarch64"}, torch.float32),
    ],
)
def test_automatic_precision_is_what_the_cpu_is_fast_in(
    capabilities: dict[str, Any], dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    a = torch.ones(2, 2)
    with autocast(torch.device("cpu"), "auto"):
        assert (a @ a).dtype == dtype
    with autocast(torch.device("cpu"), "fp32"):
        assert (a @ a).dtype == torch.float32


def test_scores_are_float32_in_bf16() -> None:
    batch = collate(random_windows(20, 12))
    model = new_reader(SMALL, seed=0).eval()
    with torch.inference_mode(), autocast(torch.device("cpu"), "bf16"):
        scores = model(batch)
    assert [tensor.dtype for tensor in scores] == [torch.float32] * 3
    with torch.inference_mode():
        expected = model(batch)
    for made, exact in zip(scores, expected, strict=True):
        assert close(made, exact, 0.3)


def test_an_outline_is_made_without_torchs_compiler() -> None:
    # Its import takes longer than to load a reader.
    code = (
        "import sys; from tinynq.layers import ModelConfig; from tinynq.model import outline; "
        "outline(ModelConfig.of_size('bert-tiny', vocab_size=100)); sys.exit('torch._dynamo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_bf16_training_on_a_cpu_goes_by_plain_attention(monkeypatch: pytest.MonkeyPatch) -> None:
    config = ModelConfig.of_size("bert-tiny", vocab_size=50)
    reader = new_reader(replace(config, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0), seed=0).train()
    batch = collate(random_windows(9, 6))
    with torch.no_grad(), autocast(torch.device("cpu"), "bf16"):
        plain = reader(batch)
        monkeypatch.setattr("tinynq.layers.plain_attention", None)  # evaluation does without it
        fused = reader.eval()(batch)
    for mine, theirs in zip(plain, fused, strict=True):
        torch.testing.assert_close(mine, theirs, atol=0.02, rtol=0.02)


@pytest.mark.parametrize("able", [True, False])
@pytest.mark.parametrize("activation", ["gelu", "gelu_new"])
def test_bf16_prediction_on_a_cpu_rounds_and_does_no_more(
    activation: Literal["gelu", "gelu_new"], able: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not able:  # a CPU without bf16 is told to use it all the same
        monkeypatch.setattr(torch.cpu, "get_capabilities", dict)
    reader = new_reader(replace(SMALL, hidden_act=activation), seed=0).eval()
    batch = collate(random_windows(20, 12, 24, 5))
    with torch.inference_mode():
        exact = reader(batch)
        with autocast(torch.device("cpu"), "bf16"):
            rounded = reader(batch)
    for mine, theirs in zip(rounded, exact, strict=True):
        assert 0 < float((mine - theirs).abs().mean()) < 0.02 * float(theirs.abs().mean() + 1)
