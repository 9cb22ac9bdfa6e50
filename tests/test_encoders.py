"""Encoders that are not BERT: the same as in transformers; trained, saved, read, averaged; what cannot be read."""

import builtins
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from nq_lines import SmallRun

import tinynq
from tinynq.checkpoint import load_init, load_run
from tinynq.config import FeatureOptions
from tinynq.encoders import OtherReader, outline_of, read_encoder_config, reader_of
from tinynq.errors import RunError
from tinynq.layers import ModelConfig
from tinynq.model import BertReader, collate
from tinynq.types import Window
from tinynq.vocab import SPECIAL, Vocab

transformers = pytest.importorskip("transformers")

COMMON: dict[str, Any] = {"vocab_size": 30522, "initializer_range": 0.1}
BERTS: dict[str, Any] = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24}
KINDS: dict[str, dict[str, Any]] = {
    "distilbert": {"dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 24},
    "electra": {**BERTS, "embedding_size": 8},
    "mobilebert": {**BERTS, "embedding_size": 8, "intra_bottleneck_size": 8, "num_feedforward_networks": 1},
}
CLASSES = {"distilbert": "DistilBert", "electra": "Electra", "mobilebert": "MobileBert"}
FEATURES = FeatureOptions()
BATCH = collate([Window(0, 0, 3, list(range(1000, 1020)), ()), Window(0, 1, 2, list(range(2000, 2012)), ())])


@pytest.fixture(scope="module")
def vocab() -> Vocab:
    return Vocab.load()


@pytest.fixture(params=KINDS)
def encoder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return folder_of(request.param, tmp_path / "encoder")


def folder_of(kind: str, folder: Path, **changes: Any) -> Path:
    """A random encoder as transformers writes it, with the shipped vocabulary."""
    torch.manual_seed(0)
    config = transformers.AutoConfig.for_model(kind, **{**COMMON, **KINDS[kind], **changes})
    transformers.AutoModel.from_config(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text(Vocab.load().text, "utf-8")
    return folder


def inputs(reader: BertReader) -> dict[str, Any]:
    segments = {} if reader.prefix == "distilbert" else {"token_type_ids": BATCH.segment_ids}
    return {"input_ids": BATCH.input_ids, "attention_mask": BATCH.mask.long(), **segments}


def test_the_encoder_is_that_of_transformers(encoder: Path, vocab: Vocab) -> None:
    before = torch.random.get_rng_state()
    reader = load_init(str(encoder), vocab, features=FEATURES, seed=1, dropout=0.3, attention_dropout=0.2).eval()
    assert torch.equal(torch.random.get_rng_state(), before)  # whoever draws elsewhere does not notice
    theirs = transformers.AutoModel.from_pretrained(encoder).eval()
    with torch.inference_mode():
        sequence, pooled = reader.encode(BATCH)
        expected = theirs(**inputs(reader)).last_hidden_state
    torch.testing.assert_close(sequence[BATCH.mask], expected[BATCH.mask], rtol=0, atol=1e-5)
    assert pooled.shape == (2, 16)
    rates = {m.p for m in reader.encoder.modules() if isinstance(m, torch.nn.Dropout)}
    assert 0.3 in rates and rates <= {0.3, 0.2}
    same, other = (load_init(str(encoder), vocab, features=FEATURES, seed=seed) for seed in (1, 2))
    assert torch.equal(reader.qa_outputs.weight, same.qa_outputs.weight)
    assert not torch.equal(reader.qa_outputs.weight, other.qa_outputs.weight)


def test_trained_saved_predicted_averaged(encoder: Path, small_run: SmallRun, tmp_path: Path) -> None:
    runs = [str(tmp_path / f"run{seed}") for seed in (0, 1)]
    for seed, run in enumerate(runs):
        options: dict[str, Any] = {"steps": 2, "batch_size": 4, "threads": 1, "precision": "fp32", "seed": seed}
        tinynq.train(small_run.record, out=run, init=str(encoder), recipe="fast", **options)
    assert tinynq.train(small_run.record, out=runs[1], init=str(encoder), recipe="fast", resume=True, **options)
    raw = json.loads(Path(runs[0], "config.json").read_text("utf-8"))
    kind = raw["model_type"]
    assert kind in KINDS and raw["architectures"] == [f"{CLASSES[kind]}ForQuestionAnswering"]
    start = safetensors.torch.load_file(encoder / "model.safetensors")
    trained = safetensors.torch.load_file(Path(runs[0], "model.safetensors"))
    moved = [name for name in start if not torch.equal(trained.get(f"{kind}.{name}", start[name]), start[name])]
    assert len(moved) > len(start) / 2

    reader = load_run(runs[0])[0]
    assert isinstance(reader, OtherReader) and not reader.training
    answering, loading = transformers.AutoModelForQuestionAnswering.from_pretrained(runs[0], output_loading_info=True)
    assert not loading["missing_keys"] and not loading["mismatched_keys"]
    with torch.inference_mode():
        scores, theirs = reader(BATCH), answering.eval()(**inputs(reader))
    torch.testing.assert_close(theirs.start_logits[BATCH.mask], scores.start[BATCH.mask], rtol=0, atol=1e-5)

    mean, out = str(tmp_path / "mean"), str(tmp_path / "p.json")
    tinynq.average(runs, out=mean)
    assert tinynq.predict([runs[0], mean], small_run.pages, out=out, threads=1).pages == 40
    with pytest.raises(RunError, match=r"has architectures .*average runs of one encoder"):
        tinynq.average([runs[0], small_run.folder], out=str(tmp_path / "mixed"))


def test_going_on_gives_the_weights_of_an_unbroken_training(small_run: SmallRun, tmp_path: Path) -> None:
    init = str(folder_of("electra", tmp_path / "encoder"))
    options: dict[str, Any] = {"init": init, "steps": 4, "batch_size": 4, "threads": 1, "save_every": 2}
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    tinynq.train(small_run.record, out=str(whole), **options)
    tinynq.train(small_run.record, out=str(broken), **options)
    for name in ("config.json", "model.safetensors"):
        (broken / name).unlink()
    tinynq.train(small_run.record, out=str(broken), resume=True, **options)
    one, other = (safetensors.torch.load_file(folder / "model.safetensors") for folder in (whole, broken))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_vocabulary_without_room_gets_rows_for_the_markers(tmp_path: Path) -> None:
    words = [*SPECIAL, "[MASK]", *(f"w{i}" for i in range(75))]
    folder = folder_of("distilbert", tmp_path / "encoder", vocab_size=len(words))
    (folder / "vocab.txt").write_text("\n".join(words), "utf-8")
    vocab = Vocab(words)
    reader = load_init(str(folder), vocab, features=FEATURES)
    assert len(reader.words.weight) == len(vocab.tokens) > len(words)
    start = safetensors.torch.load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"]
    assert torch.equal(reader.words.weight[: len(words)], start)
    (folder / "vocab.txt").write_text("\n".join([*words, "more"]), "utf-8")
    with pytest.raises(RunError, match="vocab.txt: has more words than the 80 of the encoder"):
        load_init(str(folder), Vocab([*words, "more"]), features=FEATURES)


def test_what_cannot_be_read(tmp_path: Path, vocab: Vocab) -> None:
    folder = folder_of("electra", tmp_path / "encoder")

    def fails(message: str, features: FeatureOptions = FEATURES) -> None:
        with pytest.raises(RunError, match=message) as caught:
            load_init(str(folder), vocab, features=features)
        assert str(folder) in str(caught.value)

    fails("has 512 positions, but the windows have 600", FeatureOptions(max_seq_length=600))
    weights = safetensors.torch.load_file(folder / "model.safetensors")
    name = "encoder.layer.1.output.dense.bias"
    safetensors.torch.save_file({n: w for n, w in weights.items() if n != name}, folder / "model.safetensors")
    fails(f"no tensor electra.{name}")
    safetensors.torch.save_file(weights | {name: torch.zeros(3)}, folder / "model.safetensors")
    fails(f"tensor electra.{name} is \\[3\\]; the config makes it \\[16\\]")
    (folder / "vocab.txt").unlink()
    fails("vocab.txt: no such file")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model_type": "cake"}, "cake"),
        ({"model_type": "t5"}, "a decoder"),
        ({"model_type": "gpt2", "is_decoder": True}, "a decoder"),
        ({"num_hidden_layers": 10**9}, "num_hidden_layers is 1000000000; expected 1 to 1000"),
        ({"hidden_size": -4}, ""),
        ({"hidden_size": "x"}, ""),
        ({"num_attention_heads": 5}, "5 heads do not divide hidden_size 16"),
    ],
)
def test_configs_of_no_encoder(changes: dict[str, Any], reason: str) -> None:
    raw = {"model_type": "electra", **COMMON, **KINDS["electra"], **changes}
    with pytest.raises(RunError, match=f"x.json: not the config of an encoder .*{reason}"):
        read_encoder_config(raw, Path("x.json"))


def test_a_folder_runs_no_code_of_its_own_and_keeps_float32() -> None:
    mine = {"auto_map": {"AutoModel": "evil.Model"}, "dtype": "float16", "tinynq": {"features": {}}}
    config = read_encoder_config({"model_type": "distilbert", **COMMON, **KINDS["distilbert"], **mine}, Path("x"))
    reader = reader_of(config, seed=0)
    assert {p.dtype for p in reader.parameters()} == {torch.float32}
    assert not {"auto_map", "tinynq"} & reader.described().keys()
    assert all(p.is_meta for p in outline_of(config).parameters())


def test_without_transformers_an_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def no_transformers(name: str, *rest: Any, **more: Any) -> Any:
        if name == "transformers":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", no_transformers)
    bert = ModelConfig(**COMMON, **BERTS)
    assert read_encoder_config(asdict(bert), Path("x")) == bert  # BERT needs none
    with pytest.raises(RunError, match=r"x: model_type is electra; .*pip install 'tinynq\[hf\]'"):
        read_encoder_config({"model_type": "electra"}, Path("x"))
