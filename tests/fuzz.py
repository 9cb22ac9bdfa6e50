"""Readers for a fuzzer: each is given bytes, and may end in a result or a TinynqError, in nothing else.

The tests give them mutations of sound files for some seconds. `make fuzz TARGET=pages SECONDS=60` goes on for
longer, led by coverage; it needs atheris, which is no part of the extra `dev`: pip install atheris
"""

import json
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from inspect import isfunction
from pathlib import Path
from typing import Any, NamedTuple

from nq_lines import annotated, answer, null, original, simplified

import tinynq
from tinynq.checkpoint import load_run, save_run
from tinynq.config import FeatureOptions
from tinynq.errors import TinynqError
from tinynq.features import page_windows, training_windows
from tinynq.layers import ModelConfig
from tinynq.metrics import score
from tinynq.model import new_reader
from tinynq.pages import read_gold, read_pages
from tinynq.predictions import first_candidate, read_predictions, write_predictions
from tinynq.preparation import prepare
from tinynq.record import TrainingSet, read_info, read_page_windows
from tinynq.shards import merge
from tinynq.tfrecord import padded_length, read_rows
from tinynq.vocab import Vocab

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "king", "river", "who", "##s"]
VOCAB = Vocab(WORDS)
FEATURES = FeatureOptions(max_seq_length=24, stride=8)
LINE = original("the king who the king", "river the rivers", example_id=7)
LINE = annotated(LINE, answer(LINE, 0, (0, 1), (2, 4)), answer(LINE, 1, yes_no="YES"), null())
PREDICTION: dict[str, Any] = {
    "example_id": 7, "long_answer": {"start_token": 1, "end_token": 8, "start_byte": -1, "end_byte": -1},
    "long_answer_score": 1.5, "short_answers": [{"start_token": 2, "end_token": 3}], "short_answers_score": 2,
    "yes_no_answer": "NONE",
}  # fmt: skip


class Target(NamedTuple):
    """A reader, and sound files of it."""

    read: Callable[[Path], object]
    sound: Callable[[], list[bytes]]


def complaint(read: Callable[[Path], object], path: Path) -> str:
    """What a reader says of a file, once it is known to be one printable line; nothing where it reads it."""
    try:
        read(path)
    except TinynqError as error:
        message = str(error)
        if not message or len(message) > 4100 or not message.isprintable():
            raise AssertionError(f"no line for a person: {message!r}") from error
        return message
    return ""


def read_all_pages(path: Path) -> int:
    """All that is made of pages without a model; the number of them."""
    gold = complaint(lambda file: list(read_gold([str(file)])), path)
    pages = list(read_pages([str(path)], annotated=False))
    for page in pages:
        page_windows(page, vocab=VOCAB, options=FEATURES)
    complaint(lambda file: merge(str(file), out=str(file.with_suffix(".jsonl")), simplify=True), path)
    for page in read_pages([str(path)]):
        if page.annotations is not None:
            list(training_windows(page, vocab=VOCAB, options=FEATURES, include_unknowns=1.0, draw=lambda: 0.0))
    if not gold and pages:
        score(read_gold([str(path)]), map(first_candidate, pages), samples=100)
    return len(pages)


def read_all_predictions(path: Path) -> int:
    """Predictions, scored and written again; the number of them."""
    found = read_predictions(path)
    page = (7, list(next(read_pages([_sound("pages")])).annotations or ()), "gold:1")
    report = score([page], found, partial=True, samples=100)
    write_predictions(path.with_suffix(".csv"), found, format="kaggle")
    json.dumps(report.as_dict())
    return len(list(report.lines())) and len(found)


def read_record(path: Path) -> int:
    """A record, whatever it is for; the number of windows."""
    if read_info(str(path)).purpose == "predict":
        return sum(len(page.windows) for page in read_page_windows(str(path)))
    return read_training(path)


def read_training(path: Path) -> int:
    """A training set; the number of its windows."""
    data = TrainingSet.load([str(path)])
    return len([data.window(at) for at in range(len(data))])


def read_tfrecord(path: Path) -> int:
    """A TFRecord; the number of its windows."""
    return len(list(read_rows(str(path), length=padded_length(str(path)), words=len(VOCAB.tokens))))


def read_run(path: Path) -> int:
    """A run, of which ``path`` is the config.json or the weights; the number of its tensors."""
    return len(load_run(path.parent)[0].state_dict())


@cache
def _folder() -> Path:
    """What the sound files are made of and read with; it lives as long as the process."""
    folder = Path(_temporary.name)
    (folder / "pages").write_text(f"{json.dumps(LINE)}\n{json.dumps(simplified(LINE) | {'example_id': '8'})}\n")
    (folder / "predictions").write_text(json.dumps({"predictions": [PREDICTION]}))
    (folder / "vocab.txt").write_text(VOCAB.text)
    common: dict[str, Any] = {"vocab": str(folder / "vocab.txt"), "max_seq_length": 24, "stride": 8}
    prepare(str(folder / "pages"), out=str(folder / "train"), include_unknowns=1.0, **common)
    prepare(str(folder / "pages"), out=str(folder / "predict"), for_="predict", **common)
    prepare(str(folder / "pages"), out=str(folder / "x.tfrecord"), include_unknowns=1.0, **common)
    config = ModelConfig(
        vocab_size=len(VOCAB.tokens), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=24,
    )  # fmt: skip
    about = {"version": tinynq.__version__, "features": vars(FEATURES), "thresholds": {"long": 1.0}}
    save_run(folder / "run", new_reader(config, seed=0), VOCAB, about)
    return folder


_temporary = tempfile.TemporaryDirectory()


def _sound(name: str) -> str:
    return str(_folder() / name)


def sound_file(name: str) -> bytes:
    """The bytes of a sound file."""
    return (_folder() / name).read_bytes()


TARGETS = {
    "pages": Target(read_all_pages, lambda: sound_file("pages").splitlines(keepends=True)),
    "predictions": Target(read_all_predictions, lambda: [sound_file("predictions")]),
    "record": Target(read_record, lambda: [sound_file("train"), sound_file("predict")]),
    "tfrecord": Target(read_tfrecord, lambda: [sound_file("x.tfrecord")]),
    "config.json": Target(read_run, lambda: [sound_file("run/config.json")]),
    "model.safetensors": Target(read_run, lambda: [sound_file("run/model.safetensors")]),
}


def place(name: str, content: bytes, folder: Path) -> Path:
    """The bytes as the file that a target reads, the rest of a run beside it."""
    if name in ("config.json", "model.safetensors"):
        for other in ("config.json", "model.safetensors", "vocab.txt"):
            (folder / other).write_bytes(sound_file(f"run/{other}"))
    path = folder / (name if "." in name else f"{name}.file")
    path.write_bytes(content)
    return path


def main(name: str, *options: str) -> None:
    """Fuzz one target; the options are libFuzzer's."""
    try:
        import atheris
    except ImportError:
        sys.exit("tests/fuzz.py: needs atheris: .venv/bin/pip install atheris")
    if name not in TARGETS:
        sys.exit(f"tests/fuzz.py: no target {name}; there are {', '.join(TARGETS)}")
    target, folder = TARGETS[name], Path(tempfile.mkdtemp(prefix="fuzz-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, content in enumerate(target.sound()):
        (corpus / str(number)).write_bytes(content)

    def once(content: bytes) -> None:
        complaint(target.read, place(name, content, folder))

    # Only what is ours; all that is imported would take minutes.
    for module in [module for name, module in sys.modules.items() if name.startswith("tinynq.")]:
        for function in vars(module).values():
            if isfunction(function) and function.__module__ == module.__name__:
                atheris.instrument_func(function)
    atheris.Setup([sys.argv[0], f"-artifact_prefix={folder}/", *options, str(corpus)], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
