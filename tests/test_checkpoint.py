"""A run's folder, and encoders from Hugging Face folders, the hub and TF1 names."""

import json
import shutil
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
import safetensors.torch
import torch
from tf1_bundle import bert, write_bundle

from tinynq.checkpoint import fill, from_tf1, load_init, load_run, save_run
from tinynq.config import FeatureOptions
from tinynq.errors import InputError, RunError, UsageError
from tinynq.files import atomic_write
from tinynq.layers import ModelConfig
from tinynq.model import Batch, BertReader, collate, new_reader
from tinynq.tf1 import Checkpoint
from tinynq.types import Window
from tinynq.vocab import Vocab

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "what", "is", "##it", "hamlet", "?"]
VOCAB = Vocab(WORDS)
FEATURES = FeatureOptions(max_seq_length=32)
CONFIG = ModelConfig(
    vocab_size=len(VOCAB.tokens), hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=40,
    max_position_embeddings=48, initializer_range=0.5,
)  # fmt: skip
ABOUT: dict[str, Any] = {"version": "0", "features": asdict(FEATURES), "step": 3}
BATCH = collate([Window(0, 0, 3, list(range(5, 25)), ()), Window(0, 1, 2, list(range(30, 42)), ())])


def same_weights(a: BertReader, b: BertReader) -> bool:
    theirs = b.state_dict()
    return all(torch.equal(tensor, theirs[name]) for name, tensor in a.state_dict().items())


@pytest.fixture
def run(tmp_path: Path) -> Path:
    save_run(tmp_path / "run", new_reader(CONFIG, seed=0), VOCAB, ABOUT)
    return tmp_path / "run"


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    """A folder as transformers writes it: a plain BertModel, no prefix, the vocabulary without markers."""
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    folder = tmp_path / "encoder"
    transformers.BertModel(transformers.BertConfig(**asdict(CONFIG))).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n", "utf-8")
    return folder


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def edit_weights(folder: Path, names: dict[str, str], **changes: Any) -> None:
    """Rename tensors by parts of their names, replace some, and drop those that are None."""
    tensors = safetensors.torch.load_file(folder / "model.safetensors") | changes
    renamed = {}
    for name, tensor in tensors.items():
        for old, new in names.items():
            name = name.replace(old, new)
        if tensor is not None:
            renamed[name] = tensor
    safetensors.torch.save_file(renamed, folder / "model.safetensors")


def init(what: Path | str, vocab: Vocab = VOCAB, **options: Any) -> BertReader:
    return load_init(str(what), vocab, **{"features": FEATURES, **options})


# Runs


def test_a_run_reads_back_as_it_was_written(run: Path) -> None:
    model, features, vocab, raw = load_run(run)
    assert same_weights(model, new_reader(CONFIG, seed=0)) and not model.training
    assert (model.config, features, vocab.sha256) == (CONFIG, FEATURES, VOCAB.sha256)
    assert raw["tinynq"]["step"] == 3


def test_a_run_is_a_model_of_transformers(run: Path) -> None:
    transformers = pytest.importorskip("transformers")
    model = load_run(run)[0]
    answering, loading = transformers.BertForQuestionAnswering.from_pretrained(run, output_loading_info=True)
    assert not loading["missing_keys"] and not loading["mismatched_keys"]
    bert = transformers.BertModel.from_pretrained(run).eval()
    inputs = {"input_ids": BATCH.input_ids, "token_type_ids": BATCH.segment_ids, "attention_mask": BATCH.mask.long()}
    with torch.inference_mode():
        scores, (_, pooled) = model(BATCH), model.bert(BATCH)
        theirs = answering.eval()(**inputs)
        torch.testing.assert_close(bert(**inputs).pooler_output, pooled, rtol=0, atol=1e-5)
    torch.testing.assert_close(theirs.start_logits[BATCH.mask], scores.start[BATCH.mask], rtol=0, atol=1e-5)
    torch.testing.assert_close(theirs.end_logits[BATCH.mask], scores.end[BATCH.mask], rtol=0, atol=1e-5)


@pytest.mark.parametrize("cased", [False, True])
def test_a_run_holds_its_tokenizer(tmp_path: Path, cased: bool) -> None:
    transformers = pytest.importorskip("transformers")
    vocab = Vocab([*WORDS, "Hamlet"], cased=cased)
    save_run(tmp_path / "run", new_reader(CONFIG, seed=0), vocab, ABOUT)
    tokenizer = transformers.BertTokenizer.from_pretrained(tmp_path / "run")
    assert tokenizer("What is", "Hamlet?")["input_ids"] == [
        vocab.cls, *vocab.encode("What"), *vocab.encode("is"), vocab.sep,
        *vocab.encode("Hamlet?"), vocab.sep,
    ]  # fmt: skip
    assert tokenizer.model_max_length == 32
    assert tokenizer.convert_tokens_to_ids("[ContextId=3]") == vocab.marker("[ContextId=3]")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("config.json", b"{", "no JSON that can be read"),
        ("config.json", b"[]", "no JSON that can be read"),
        ("config.json", b"{}", "not the config of a BERT encoder .*vocab_size"),
        ("config.json", None, "config.json: no such file"),
        ("model.safetensors", b"oh", "no safetensors file that can be read"),
        ("model.safetensors", None, "model.safetensors: no such file"),
        ("vocab.txt", "\n".join([*WORDS, "more"]).encode(), "not the vocabulary that the run was trained with"),
        ("vocab.txt", None, "vocab.txt: no such file"),
    ],
)
def test_a_damaged_run(run: Path, name: str, content: bytes | None, message: str) -> None:
    (run / name).unlink()
    if content is not None:
        (run / name).write_bytes(content)
    with pytest.raises(RunError, match=message) as caught:
        load_run(run)
    assert str(caught.value).startswith(str(run)) and "\n" not in str(caught.value)


def test_a_folder_that_is_no_run(run: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="nowhere: no such folder; expected a run"):
        load_run(tmp_path / "nowhere")
    begun = tmp_path / "begun"
    (begun / "checkpoints").mkdir(parents=True)
    with pytest.raises(RunError, match="its training has not ended; go on with --resume"):
        load_run(begun)
    edit(run / "config.json", tinynq={**ABOUT, "features": {"max_seq_length": 32, "new": 1}})
    with pytest.raises(RunError, match="made by tinynq 0, which has other options .*new"):
        load_run(run)
    raw = json.loads((run / "config.json").read_text("utf-8"))
    del raw["tinynq"]
    (run / "config.json").write_text(json.dumps(raw), "utf-8")
    with pytest.raises(RunError, match="an encoder, but no run of tinynq"):
        load_run(run)


def test_every_tensor_of_a_run_must_be_there(run: Path) -> None:
    edit_weights(run, {}, **{"answer_type.bias": None})
    with pytest.raises(RunError, match="no tensor answer_type.bias"):
        load_run(run)


@pytest.mark.parametrize("fails", ["model.safetensors", "vocab.txt", "tokenizer_config.json", "config.json"])
def test_what_is_half_written_is_no_run(tmp_path: Path, fails: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(path: Path) -> AbstractContextManager[BinaryIO]:
        if path.name == fails:
            raise UsageError("the disk is full")
        return atomic_write(path)

    monkeypatch.setattr("tinynq.checkpoint.atomic_write", write)
    with pytest.raises(UsageError):
        save_run(tmp_path / "run", new_reader(CONFIG, seed=0), VOCAB, ABOUT)
    with pytest.raises(RunError):
        load_run(tmp_path / "run")
    assert not (tmp_path / "run" / "config.json").exists()


# Encoders


def test_random_encoders() -> None:
    model = init("bert-tiny", seed=5, dropout=0.3, attention_dropout=0.2)
    assert model.config.vocab_size == len(VOCAB.tokens)
    assert (model.config.hidden_dropout_prob, model.config.attention_probs_dropout_prob) == (0.3, 0.2)
    assert same_weights(model, init("bert-tiny", seed=5))
    assert not same_weights(model, init("bert-tiny", seed=6))


def test_an_encoder_of_transformers(encoder: Path) -> None:
    transformers = pytest.importorskip("transformers")
    theirs = transformers.BertModel.from_pretrained(encoder).eval()
    model = init(encoder, seed=1).eval()
    with torch.inference_mode():
        _, pooled = model.bert(BATCH)
        expected = theirs(BATCH.input_ids, BATCH.mask.long(), BATCH.segment_ids)
    torch.testing.assert_close(pooled, expected.pooler_output, rtol=0, atol=1e-5)
    assert torch.equal(model.qa_outputs.weight, init(encoder, seed=1).qa_outputs.weight)
    assert not torch.equal(model.qa_outputs.weight, init(encoder, seed=2).qa_outputs.weight)


def test_other_names_of_the_same_weights(encoder: Path) -> None:
    model = init(encoder)
    tensors = safetensors.torch.load_file(encoder / "model.safetensors")
    more = {"cls.predictions.bias": torch.zeros(3), "embeddings.position_ids": torch.arange(48)}
    old = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    edit_weights(encoder, old, **more)
    assert same_weights(init(encoder), model)
    safetensors.torch.save_file({f"bert.{name}": t for name, t in tensors.items()}, encoder / "model.safetensors")
    assert same_weights(init(encoder), model)


def test_what_an_encoder_lacks_comes_from_the_seed(encoder: Path) -> None:
    without = {"pooler.dense.weight": None, "pooler.dense.bias": None}
    edit_weights(encoder, {}, **without)
    assert same_weights(init(encoder, seed=1), init(encoder, seed=1))
    one, other = (init(encoder, seed=seed).state_dict()["bert.pooler.dense.weight"] for seed in (1, 2))
    assert not torch.equal(one, other)


def test_markers_without_a_slot_get_rows(encoder: Path) -> None:
    rows = torch.full((len(WORDS), 16), 7.0)
    edit_weights(encoder, {}, **{"embeddings.word_embeddings.weight": rows})
    edit(encoder / "config.json", vocab_size=len(WORDS))
    words = init(encoder).bert.embeddings.word_embeddings.weight
    assert words.shape == (len(VOCAB.tokens), 16)
    assert (words[: len(WORDS)] == 7.0).all() and (words[len(WORDS) :] != 7.0).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "cake"}, "not the config of an encoder that transformers can make .*cake"),
        ({"position_embedding_type": "relative_key"}, "position_embedding_type is relative_key; expected absolute"),
        ({"hidden_act": "relu"}, "hidden_act is relu; expected gelu, gelu_new"),
        ({"num_attention_heads": 5}, "5 heads do not divide hidden_size 16"),
        ({"max_position_embeddings": 16}, r"tensor bert\.\S+ is \[48, 16\]; the config makes it \[16, 16\]"),
        ({"intermediate_size": 41}, r"tensor bert\.encoder\S+ is \[40, 16\]; the config makes it \[41, 16\]"),
        ({"num_hidden_layers": 3}, r"no tensor bert\.encoder\.layer\.2\."),
    ],
)
def test_an_encoder_that_does_not_fit(encoder: Path, change: dict[str, Any], message: str) -> None:
    edit(encoder / "config.json", **change)
    with pytest.raises(RunError, match=message) as caught:
        init(encoder)
    assert str(caught.value).startswith(str(encoder))


def test_windows_longer_than_an_encoder_s_positions(encoder: Path) -> None:
    with pytest.raises(RunError, match=r"has 48 positions, but the windows have 64; .*--max-seq-length 48"):
        init(encoder, features=FeatureOptions(max_seq_length=64))


def test_an_encoder_with_another_vocabulary(encoder: Path) -> None:
    with pytest.raises(RunError, match=r"not the vocabulary that the record was made with; .*--vocab .*vocab\.txt"):
        init(encoder, Vocab([*WORDS, "more"]))
    (encoder / "vocab.txt").write_text("what\n", "utf-8")
    with pytest.raises(InputError, match=r"vocab\.txt: no \[PAD\]"):
        init(encoder)


def test_an_encoder_that_is_not_there(encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="bert-tny: no such encoder; expected bert-tiny, .*, a Hugging Face folder"):
        init("bert-tny")
    (encoder / "model.safetensors").rename(encoder / "pytorch_model.bin")
    with pytest.raises(RunError, match="only a pickled pytorch_model.bin"):
        init(encoder)


def test_names_of_the_hub(encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    constants = pytest.importorskip("huggingface_hub").constants
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    cached = tmp_path / "hub" / "models--some--encoder"
    commit = "0123456789abcdef0123456789abcdef01234567"
    shutil.copytree(encoder, cached / "snapshots" / commit)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(commit, "utf-8")
    assert same_weights(init("some/encoder"), init(encoder))
    with pytest.raises(RunError, match="some/other: no such folder, and not to be had from the hub: ") as caught:
        init("some/other")
    assert "\n" not in str(caught.value)


def test_without_the_package_for_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "huggingface_hub", None)
    with pytest.raises(RunError, match=r"some/encoder: no such folder; .* pip install 'tinynq\[hf\]'"):
        init("some/encoder")


def test_names_of_tf1(shared: Path) -> None:
    arrays = dict(np.load(shared / "golden" / "model" / "weights_step6.npz"))
    arrays["bert/pooler/dense/kernel/adam_m"] = np.ones((128, 128), np.float32)
    arrays["global_step"] = np.ones((), np.float32)
    arrays["cls/predictions/output_bias"] = np.ones(30_522, np.float32)
    state = from_tf1(arrays)
    model = new_reader(ModelConfig.of_size("bert-tiny", vocab_size=30_522), seed=0)
    assert state.keys() == model.state_dict().keys()
    fill(model, state, where="weights_step6.npz", whole=True)
    kernel = arrays["bert/encoder/layer_1/intermediate/dense/kernel"]
    assert np.array_equal(model.state_dict()["bert.encoder.layer.1.intermediate.dense.weight"].numpy(), kernel.T)
    assert np.array_equal(model.qa_outputs.bias.detach().numpy(), arrays["cls/nq/output_bias"])


# TF1 checkpoints


@pytest.fixture
def ensemble(tmp_path: Path) -> Path:
    """A folder with a TF1 checkpoint of a reader, its vocab.txt and its bert_config.json."""
    prefix = write_bundle(tmp_path / "ensemble" / "model.ckpt-6", bert(vocab=len(VOCAB.tokens), positions=384))
    prefix.with_name("vocab.txt").write_text(VOCAB.text, "utf-8")
    prefix.with_name("bert_config.json").write_text(json.dumps({"num_attention_heads": 4, "hidden_act": "gelu"}))
    return prefix.parent


@pytest.mark.parametrize("part", ["", "model.ckpt-6", "model.ckpt-6.index"])
def test_a_tf1_checkpoint_is_an_encoder_and_a_run(ensemble: Path, part: str) -> None:
    model, features, vocab, _ = load_run(ensemble / part)
    assert (features, vocab.sha256, model.training) == (FeatureOptions(), VOCAB.sha256, False)
    assert (model.config.num_attention_heads, model.config.hidden_act) == (4, "gelu_new")
    arrays = bert(vocab=len(VOCAB.tokens), positions=384)
    kernel = model.state_dict()["bert.encoder.layer.1.output.dense.weight"].numpy()
    assert np.array_equal(kernel, arrays["bert/encoder/layer_1/output/dense/kernel"].T)
    assert same_weights(init(ensemble / part, seed=1), model) and same_weights(init(ensemble / part, seed=2), model)


def test_a_tf1_encoder_without_heads(ensemble: Path) -> None:
    arrays = {name: a for name, a in bert(vocab=len(VOCAB.tokens), positions=384).items() if name.startswith("bert/")}
    prefix = write_bundle(ensemble / "model.ckpt-6", arrays)
    one, two = (init(prefix, seed=seed).state_dict() for seed in (1, 2))
    assert torch.equal(one["bert.pooler.dense.weight"], two["bert.pooler.dense.weight"])
    assert not torch.equal(one["qa_outputs.weight"], two["qa_outputs.weight"])
    with pytest.raises(RunError, match=f"{prefix}: an encoder without heads for NQ; train it: .* --init {prefix}"):
        load_run(prefix)


def test_the_vocabulary_of_a_tf1_checkpoint(ensemble: Path) -> None:
    with pytest.raises(RunError, match=r"not the vocabulary that the record was made with; .* --vocab .*vocab\.txt$"):
        init(ensemble, Vocab([*WORDS, "more"]))
    (ensemble / "vocab.txt").unlink()
    for load in (load_run, init):
        with pytest.raises(
            RunError, match=r"vocab\.txt: no such file, and the shipped .* 30,522 words, not the 219 of"
        ):
            load(ensemble)
    prefix = write_bundle(ensemble / "model.ckpt-6", bert(vocab=30_522, positions=384, layers=1))
    assert load_run(prefix)[2].sha256 == Vocab.load().sha256
    assert same_weights(init(prefix, Vocab.load()), load_run(prefix)[0])
    with pytest.raises(RunError, match=r"vocab\.txt: not the .* again without --vocab, or put that vocab\.txt there"):
        init(prefix)


@pytest.mark.parametrize(
    ("sizes", "change", "message"),
    [
        ({"positions": 100}, {}, "has 100 positions; expected at least 384, as its windows have"),
        ({"vocab": 100}, {}, "has 100 words; expected at least 219"),
        ({}, {"bert/pooler/dense/bias": np.ones(3, np.float32)}, r"tensor bert.pooler.dense.bias is \[3\]; .* \[16\]"),
        ({}, {"cls/nq/output_bias": np.ones(2)}, "tensor cls/nq/output_bias is float64; expected float32"),
    ],
)
def test_a_tf1_checkpoint_that_does_not_fit(
    ensemble: Path, sizes: dict[str, int], change: dict[str, Any], message: str
) -> None:
    arrays = bert(**{"vocab": len(VOCAB.tokens), "positions": 384, **sizes}) | change
    prefix = write_bundle(ensemble / "model.ckpt-6", arrays)
    with pytest.raises(RunError, match=message) as caught:
        load_run(prefix)
    assert str(caught.value).startswith(str(prefix))


@pytest.mark.parametrize("name", ["logits_eval_s6", "logits_eval512_s6"])
def test_the_logits_of_a_golden_tf1_checkpoint(shared: Path, name: str) -> None:
    golden = np.load(shared / "golden" / "model" / f"{name}.npz")
    model, features, vocab, _ = load_run(shared / "golden" / "model" / "finetuned")
    assert (features, vocab.sha256) == (FeatureOptions(), Vocab.load().sha256)
    ids, segments, mask = (torch.from_numpy(golden[k]) for k in ("input_ids", "segment_ids", "input_mask"))
    with torch.inference_mode():
        scores = model(Batch(ids.long(), segments.long(), mask.bool()))
    for ours, k in zip(scores, ("start_logits", "end_logits", "answer_type_logits"), strict=True):
        torch.testing.assert_close(ours, torch.from_numpy(golden[k]), rtol=0, atol=1e-4)


def test_a_golden_tf1_encoder(shared: Path) -> None:
    what = shared / "golden" / "model" / "pretrained" / "bert_model.ckpt"
    model = init(what, Vocab.load(), features=FeatureOptions())
    array = Checkpoint(what)["bert/embeddings/word_embeddings"]
    assert np.array_equal(model.bert.embeddings.word_embeddings.weight.detach().numpy(), array)
    with pytest.raises(RunError, match="an encoder without heads for NQ; train it"):
        load_run(what)
