"""Bad input, case by case: what is wrong ends in one line that says where and what; what is sound, in its result.

Each case is a file, made anew, and a command that reads it ({file}); more of them stand with the modules.
What a command cannot show is below the table, and mutations of sound files at the end.
"""

import gzip
import json
import math
import re
import signal
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import safetensors.torch
import torch
from fuzz import FEATURES, LINE, PREDICTION, TARGETS, VOCAB, complaint, place, read_record, sound_file
from hypothesis import given, settings
from hypothesis import strategies as st
from isal import igzip
from nq_lines import original, simplified
from test_tfrecord import GOOD, encoded, framed
from tf1_bundle import bert, write_bundle

from tinynq.cli import main
from tinynq.config import FeatureOptions
from tinynq.errors import LONGEST_MESSAGE
from tinynq.features import page_windows, training_windows
from tinynq.files import LONGEST_LINE
from tinynq.pages import read_pages
from tinynq.predictions import read_predictions
from tinynq.types import AnswerType
from tinynq.vocab import MARKERS, SPECIAL

Make = bytes | Callable[[Path], object]

PREPARE = "prepare {file} --out {out}.parquet --vocab {vocab} --include-unknowns 1"
EVAL = "eval {gold} --predictions {file}"
GOLD = "eval {file} --predictions {predictions}"
TRAIN = "train {file} --init bert-tiny --out {out}"
RUN = "predict {file} {gold} --out {out}"


class Case(NamedTuple):
    """A file, the command that reads it, and the error: what follows the file's name in it."""

    name: str
    file: Make
    command: str
    says: str


def lines(*pages: Any) -> bytes:
    """Pages as JSON lines; bytes stand as they are."""
    return b"".join(page if isinstance(page, bytes) else json.dumps(page).encode() + b"\n" for page in pages)


def second(**changes: Any) -> bytes:
    """A sound line, and one with changes; ... leaves a field out."""
    return lines(LINE, {key: value for key, value in (LINE | changes).items() if value is not ...})


def first(**changes: Any) -> bytes:
    """A sound line, and one of which one annotation is left, with changes."""
    return second(annotations=[LINE["annotations"][0] | changes])


def long(**changes: Any) -> bytes:
    """A sound line, and one whose only long answer has changes."""
    return first(long_answer=LINE["annotations"][0]["long_answer"] | changes)


def short(start: Any, end: Any) -> bytes:
    """A sound line, and one whose only short answer is that span."""
    return first(short_answers=[{"start_token": start, "end_token": end}])


def predicted(**changes: Any) -> bytes:
    """A predictions file whose second prediction has changes; ... leaves a field out."""
    item = {key: value for key, value in (PREDICTION | {"example_id": "8"} | changes).items() if value is not ...}
    return json.dumps({"predictions": [PREDICTION, item]}).encode()


def record(purpose: str = "train", *, about: Any = None, **columns: Any) -> Callable[[Path], None]:
    """A record with other columns (None: without), and ``about`` in its description."""

    def make(path: Path) -> None:
        path.write_bytes(sound_file(purpose))
        table, metadata = pq.read_table(path), dict(pq.read_metadata(path).metadata)
        for name, values in columns.items():
            at, kind = table.schema.get_field_index(name), table.schema.field(name).type
            if values is None:
                table = table.drop_columns([name])
            elif isinstance(values, pa.DataType):
                table = table.set_column(at, name, table.column(name).cast(values))
            else:
                column = table.column(name).to_pylist()
                table = table.set_column(at, name, pa.array([*column[:-1], values], kind))
        metadata[b"tinynq"] = json.dumps(json.loads(metadata[b"tinynq"]) | (about or {})).encode()
        pq.write_table(table.replace_schema_metadata(metadata), path)

    return make


def altered(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """A record of other bytes."""
    return lambda path: made(change(sound_file("train")), path)


def tfrecord(**changes: Any) -> bytes:
    """A TFRecord whose second example has changes."""
    return framed(encoded(GOOD)) + framed(encoded(GOOD | changes))


def run(name: str, change: Callable[[bytes], bytes] | None = None, **config: Any) -> Callable[[Path], None]:
    """A run with one file changed; ``config`` changes its config.json, and ``about`` the object in it."""

    def make(path: Path) -> None:
        path.mkdir()
        place("config.json", sound_file("run/config.json"), path)
        content = (path / name).read_bytes()
        if config:
            raw = json.loads(content)
            raw["tinynq"] |= config.pop("about", {})
            content = json.dumps({k: v for k, v in (raw | config).items() if v is not ...}).encode()
        (path / name).write_bytes(change(content) if change else content)

    return make


def tensors(**changes: Any) -> Callable[[bytes], bytes]:
    """Weights with other tensors; None leaves one out."""

    def change(content: bytes) -> bytes:
        found = safetensors.torch.load(content) | {name.replace("__", "."): t for name, t in changes.items()}
        return safetensors.torch.save({name: tensor for name, tensor in found.items() if tensor is not None})

    return change


def tf1(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """A folder of a TF1 checkpoint with one file changed."""

    def make(path: Path) -> None:
        write_bundle(path / "model.ckpt-6", bert(vocab=len(VOCAB.tokens), positions=384, layers=1))
        (path / "vocab.txt").write_text(VOCAB.text)
        (path / "bert_config.json").write_text('{"num_attention_heads": 2}')
        (path / name).write_bytes(change((path / name).read_bytes()))

    return make


KINDS = [kind.name.lower() for kind in AnswerType]
TEXT = lines(LINE, LINE | {"example_id": "8"})
ZIPPED = gzip.compress(TEXT)
BLANK = simplified(LINE)
ESCAPES = "\x1b]0;owned\x07\x1b[2J\u202e\n"
DIGITS = json.dumps(LINE).encode().replace(b'"example_id": 7', b'"example_id": ' + b"9" * 5000)

BAD = [
    # --- files
    Case("gzip cut short", ZIPPED[:-9], "stats {file}", r":1: the gzip data is cut short; copy the file again"),
    Case("gzip cut in its head", ZIPPED[:5], "stats {file}", r":1: the gzip data is cut short"),
    Case("gzip with a flipped byte", ZIPPED[:40] + b"\0\xff" + ZIPPED[42:], "stats {file}", r":1: the gzip data is (d|c)"),
    Case("gzip with another checksum", ZIPPED[:-8] + b"\1" * 8, "stats {file}", ":1: the gzip data is damaged .CRC"),
    Case("second member cut short", ZIPPED + ZIPPED[:-9], "stats {file}", r":\d: the gzip data is cut short"),
    Case("junk behind the gzip", ZIPPED + b"junk", "stats {file}", r":\d: the gzip data is (cut short|damaged)"),
    Case("gzip within gzip", gzip.compress(ZIPPED), "stats {file}", ":1: no NQ page: JSON is malformed"),
    Case("zip, not gzip", b"PK\3\4" + bytes(60), "stats {file}", ":1: no NQ page: JSON is malformed"),
    Case("UTF-16", TEXT.decode().encode("utf-16"), "stats {file}", ":1: no NQ page: JSON is malformed"),
    Case("invalid UTF-8", second(question_text="\u00e9").replace(b"\\u00e9", b"\xe9"), "stats {file}", ":2: no NQ page: .*utf-8"),
    Case("half a line", TEXT[:-40], "stats {file}", ":2: no NQ page: Input data was truncated"),
    Case("two objects a line", TEXT.replace(b"\n", b" "), "stats {file}", ":1: no NQ page: JSON is malformed: trailing"),
    Case("an array of pages", json.dumps([LINE]).encode(), "stats {file}", ":1: no NQ page: Expected `object`, got `array`"),
    Case("brackets without end", b"[" * 10**6, "stats {file}", ":1: no NQ page: "),
    Case("50 MB of garbage", b"\xf0" * 50_000_000, "stats {file}", ":1: no NQ page: JSON is malformed"),
    Case("a bomb", igzip.compress(b"\n" + bytes(LONGEST_LINE + 9)), "stats {file}", ":2: longer than 134,217,728 bytes; expected"),
    Case("no page to merge", b"\n\n", "merge {file} --out {out}.jsonl", ": no page to write; 0 read"),
    Case("no id to choose by", b"\n", "merge {gold} --ids {file} --out {out}.jsonl", ": holds no id; expected one"),
    # --- the fields of a page
    Case("no example_id", second(example_id=...), "stats {file}", ":2: no NQ page: .*missing required field `example_id`"),
    Case("id null", second(example_id=None), "stats {file}", r":2: no NQ page: Expected `int \| str`, got `null`"),
    Case("id a fraction", second(example_id=7.5), "stats {file}", r":2: no NQ page: Expected `int \| str`, got `float`"),
    Case("id of 5,000 digits", lines(LINE) + DIGITS, "stats {file}", ":2: no NQ page: Integer value out of range"),
    Case("no question_text", second(question_text=...), "stats {file}", ":2: no NQ page: .*missing .*`question_text`"),
    Case("question a list", second(question_text=["who"]), "stats {file}", ":2: no NQ page: Expected `str`, got `array`"),
    Case("title a number", second(document_title=3), "stats {file}", r":2: .* got `int` - at `\$.document_title`"),
    Case("tokens a text", second(document_tokens="a b"), "stats {file}", r":2: .* got `str` - at `\$.document_tokens`"),
    Case("token null", second(document_tokens=[{"token": None, "html_token": False}]), "stats {file}", r":2: .*`\$.document_tokens\[0\].token`"),
    Case("html a number", second(document_tokens=[{"token": "a", "html_token": 0}]), "stats {file}", ":2: .* `bool`, got `int`"),
    Case("neither tokens nor text", second(document_tokens=...), "stats {file}", ":2: example 7 has neither document_tokens nor"),
    Case("text a number", lines(LINE, BLANK | {"document_text": 5}), "stats {file}", r":2: .* got `int` - at `\$.document_text`"),
    Case("no candidates", second(long_answer_candidates=...), "stats {file}", ":2: .*missing .*`long_answer_candidates`"),
    Case("candidates an object", second(long_answer_candidates={}), "stats {file}", ":2: .* `array`, got `object`"),
    Case("candidate reversed", second(long_answer_candidates=[{"start_token": 5, "end_token": 2}]), "stats {file}", ":2: example 7: candidate 0 is tokens 5 to 2; expected a span"),
    Case("candidate negative", second(long_answer_candidates=[{"start_token": -4, "end_token": 2}]), "stats {file}", ":2: example 7: candidate 0 is tokens -4 to 2"),
    Case("candidate beyond the page", second(long_answer_candidates=[{"start_token": 0, "end_token": 999}]), "stats {file}", ":2: example 7: candidate 0 is tokens 0 to 999; .* the page's 13 tokens"),
    Case("candidate beyond 64 bits", second(long_answer_candidates=[{"start_token": 2**70, "end_token": 2**71}]), "stats {file}", f":2: example 7: candidate 0 is tokens {2**70}"),
    Case("candidate of fractions", second(long_answer_candidates=[{"start_token": 0.0, "end_token": 2.0}]), "stats {file}", ":2: .* `int`, got `float`"),
    Case("top_level a text", second(long_answer_candidates=[{"start_token": 0, "end_token": 2, "top_level": "no"}]), "stats {file}", ":2: .* `bool`, got `str`"),
    Case("control characters in an id", second(example_id=ESCAPES, document_tokens=...), "stats {file}", ":2: example .*owned.* has neither"),
    # --- annotations
    Case("no annotations", second(annotations=...), PREPARE, ":2: example 7 has no annotations; training needs them"),
    Case("annotations a text", second(annotations="none"), PREPARE, r":2: no NQ page: .* at `\$.annotations`"),
    Case("no long_answer", second(annotations=[{}]), PREPARE, ":2: no NQ page: .* missing required field `long_answer`"),
    Case("long answer a list", second(annotations=[{"long_answer": []}]), PREPARE, ":2: .*`object`, got `array`"),
    Case("a candidate that is not there", long(candidate_index=2), PREPARE, ":2: example 7: the long answer is candidate 2; expected one of the page's 2"),
    Case("a candidate beyond 64 bits", long(candidate_index=2**70), PREPARE, ":2: example 7: the long answer is candidate 1180"),
    Case("candidate_index a text", long(candidate_index="0"), PREPARE, ":2: .*`int`, got `str`"),
    Case("short answers null", first(short_answers=None), PREPARE, r":2: .* at `\$.annotations\[0\].short_answers`"),
    Case("short answer reversed", short(4, 3), PREPARE, ":2: example 7: a short answer is tokens 4 to 3; expected a span within its long answer, 1 to 8"),
    Case("short answer empty", short(4, 4), PREPARE, ":2: example 7: a short answer is tokens 4 to 4"),
    Case("short answer negative", short(-4, 3), PREPARE, ":2: example 7: a short answer is tokens -4 to 3"),
    Case("short answer outside", short(4, 10**15), PREPARE, ":2: example 7: a short answer is tokens 4 to 1000000000000000"),
    Case("yes_no_answer perhaps", first(yes_no_answer="PERHAPS"), PREPARE, ":2: example 7: yes_no_answer is 'PERHAPS'; expected YES, NO or NONE"),
    Case("yes_no_answer null", first(yes_no_answer=None), PREPARE, ":2: .* `str`, got `null`"),
    Case("an id twice, merged", lines(LINE, LINE), "merge {file} --out {out}.jsonl", ":2: example 7 stands at {file}:1 too; leave one"),
    # --- gold
    Case("gold without annotations", second(annotations=...), GOLD, ":2: no NQ page: .*missing required field `annotations`"),
    Case("gold of no annotator", second(annotations=[]), GOLD, ":2: example 7: no annotations, expected at least one"),
    Case("gold span reversed", long(start_token=9, end_token=3), GOLD, ":2: example 7: span of tokens 9 to 3, expected start < end"),
    Case("gold span null at one end", long(start_token=9, end_token=-1), GOLD, ":2: example 7: span of tokens 9 to -1 is null at one end"),
    Case("gold yes_no_answer", first(yes_no_answer="\x1b"), GOLD, r":2: example 7: yes_no_answer is '\\x1b', expected"),
    # --- predictions
    Case("predictions cut short", predicted()[:-20], EVAL, r": no JSON \(.*\); expected an official predictions file"),
    Case("predictions in gzip cut short", gzip.compress(predicted())[:-9], EVAL, ":1: the gzip data is cut short"),
    Case("no prediction file but a CSV", b"example_id,PredictionString\n", EVAL, r": no JSON \(.*\); expected an official"),
    Case("predictions as lines", b'{"example_id": 1}\n{"example_id": 2}\n', EVAL, r": no JSON \(Extra data"),
    Case("predictions not UTF-8", b'{"predictions": "\xe9"}', EVAL, r": no JSON \(.*utf-8"),
    Case("predictions of 5,000 digits", b'{"predictions": [' + b"9" * 5000 + b"]}", EVAL, r": no JSON \(Exceeds the limit"),
    Case("predictions nested", b'{"predictions": ' + b"[" * 10**5, EVAL, r": no JSON \(maximum recursion depth"),
    Case("score NaN", predicted(long_answer_score=math.nan), EVAL, ": prediction 1, example 8: long_answer_score is nan, expected a finite"),
    Case("score beyond a double", predicted(short_answers_score=10**400), EVAL, ": prediction 1, example 8: short_answers_score is 1000"),
    Case("score null", predicted(long_answer_score=None), EVAL, ": prediction 1, example 8: Expected .*, got `null`"),
    Case("score a text", predicted(long_answer_score="1"), EVAL, ": prediction 1, example 8: Expected .*, got `str`"),
    Case("no score", predicted(short_answers_score=...), EVAL, ": prediction 1, example 8: .*missing required field `short_"),
    Case("no id", predicted(example_id=...), EVAL, ": prediction 1, example None: .*missing required field `example_id`"),
    Case("id of half a pair", predicted(example_id="\ud800"), EVAL, ": prediction 1, example .: 'utf-8' codec can't encode"),
    Case("escapes in an id", predicted(example_id=ESCAPES, long_answer=3), EVAL, ": prediction 1, example .*owned.*: Expected `object`"),
    Case("an id that is an object", predicted(example_id={}), EVAL, r": prediction 1, example \{\}: Expected `int \| str`"),
    Case("yes beside a span", predicted(yes_no_answer="YES"), EVAL, ": prediction 1, example 8: yes_no_answer YES beside short"),
    Case("n_best a number", predicted(n_best=3), EVAL, ": prediction 1, example 8: Expected `array`, got `int`"),
    Case("span of fractions", predicted(long_answer={"start_token": 1.5}), EVAL, ": prediction 1, example 8: Expected `int`, got `float`"),
    # --- records
    Case("record cut short", altered(lambda content: content[:-30]), TRAIN, r": no record that can be read \(.*\); make it again"),
    Case("record with a column name that is not UTF-8", altered(lambda content: content.replace(b"token_map", b"token_\xff\xff\xff")), TRAIN, r": no record that can be read \(.*\); make it again"),
    Case("record of format 9", record(about={"format": 9}), TRAIN, ": format 9, made by tinynq .* reads format 1; make it again"),
    Case("format of escapes", record(about={"format": ESCAPES}), TRAIN, ": format .*owned.*, made by tinynq"),
    Case("purpose unknown", record(about={"purpose": "fun"}), TRAIN, ": its description is damaged; make it again"),
    Case("purpose another", record(about={"purpose": "predict"}), "convert {file} {out}.tfrecord", ": column candidates is missing; expected list"),
    Case("length a text", record(about={"features": {"max_seq_length": "384"}}), TRAIN, ": its description is damaged"),
    Case("length 0", record(about={"features": {"max_seq_length": 0}}), TRAIN, ": its description is damaged"),
    Case("counts a list", record(about={"counts": [1]}), "convert {file} {out}.tfrecord", ": its description is damaged"),
    Case("counts without windows", record(about={"counts": {"pages": 1}}), "convert {file} {out}.tfrecord", ": its description is damaged"),
    Case("windows missing", record(about={"counts": {"pages": 1, "windows": 9} | dict.fromkeys(KINDS, 0)}), TRAIN, ": holds 2 windows, and says 9; make it again"),
    Case("column missing", record(start=None), TRAIN, ": column start is missing; expected int32: make it again"),
    Case("column of doubles", record(question_length=pa.float64()), TRAIN, ": column question_length is double; expected int32"),
    Case("column of texts", record(index=pa.string()), TRAIN, ": column index is string; expected int32"),
    Case("null among ids", record(input_ids=[2, None]), TRAIN, ": a null in column input_ids, in row 0 or after; make the record"),
    Case("id beyond the vocabulary", record(input_ids=[2] * 20 + [9999]), TRAIN, r": row \d+, example \S+: input_ids is 9999; expected 0 to 217"),
    Case("window too long", record(input_ids=[2] * 25), TRAIN, r": row \d+, example \S+: the number of input_ids is 25; expected 1 to 24"),
    Case("answer beyond the window", record(start=500), TRAIN, r": row \d+, example \S+: start is 500; expected a place in the window"),
    Case("answer type 9", record(answer_type=9), TRAIN, r": row \d+, example \S+: answer_type is 9; expected 0 to 4"),
    Case("candidates without end", record("predict", candidates=[1, 2, 3]), "convert {file} {out}.tfrecord", r": row \d+, example \S+: the number of candidates is 3"),
    Case("example_id no JSON", record(example_id="{"), "convert {file} {out}.tfrecord", r": example_id is \{, no id as JSON"),
    Case("TFRecord cut short", tfrecord()[:-3], TRAIN, ": record 2: the file ends in it; copy it again"),
    Case("TFRecord of other features", tfrecord(input_mask=[1] * 3), TRAIN, r": record 2: .* are of \[8, 3, 8\] pieces; expected one length"),
    Case("TFRecord with another word", tfrecord(input_ids=[2**40] * 8), TRAIN, ": record 2: input_ids outside the vocabulary of 30,522"),
    Case("TFRecord in gzip cut short", gzip.compress(tfrecord())[:-9], TRAIN, ": (record [12]: )?the gzip data is cut short"),
    Case("TFRecord of a wrong length", framed(b"")[:8] + b"\0" * 40, "convert {file} {out}.tfrecord", ": no record that can be read"),
    # --- runs
    Case("config cut short", run("config.json", lambda content: content[:-9]), RUN, r"/config.json: no JSON that can be read \("),
    Case("config nested", run("config.json", lambda _: b"[" * 10**5), RUN, r"/config.json: no JSON that can be read \(maximum"),
    Case("size a text", run("config.json", hidden_size="8"), RUN, r"/config.json: .*\(hidden_size is '8'; expected int\)"),
    Case("size 0", run("config.json", num_attention_heads=0), RUN, r"/config.json: .*\(num_attention_heads is 0; expected 1 to"),
    Case("size of terabytes", run("config.json", vocab_size=10**12), RUN, r"/config.json: .*\(vocab_size is 1000000000000; expected 1 to"),
    Case("size of gigabytes", run("config.json", vocab_size=10**7, hidden_size=10**4), RUN, r"/model.safetensors: tensor \S+ is .*; the config makes it \[10000000, 10000\]"),
    Case("layers that are not there", run("config.json", num_hidden_layers=90), RUN, r"/model.safetensors: no tensor bert.encoder.layer.1\."),
    Case("dropout NaN", run("config.json", hidden_dropout_prob=math.nan), RUN, r"/config.json: .*\(hidden_dropout_prob is nan; expected"),
    Case("options of another version", run("config.json", about={"features": {"maximum": 3}}), RUN, "/config.json: made by tinynq .*, which has other options"),
    Case("options of another type", run("config.json", about={"features": {"stride": "9"}}), RUN, r"/config.json: .* other options \(stride is '9'; expected int\)"),
    Case("windows beyond its positions", run("config.json", about={"features": {"max_seq_length": 99, "stride": 8}}), RUN, "/model.safetensors: has 24 positions; expected at least 99"),
    Case("a list for what made it", run("config.json", tinynq=[1]), RUN, "/config.json: made by tinynq of nobody, which has other options"),
    Case("thresholds a text", run("config.json", about={"thresholds": {"long": "1"}}), RUN, "/config.json: thresholds is .*; expected"),
    Case("weights cut short", run("model.safetensors", lambda content: content[:-9]), RUN, r"/model.safetensors: no safetensors file .*\); copy it again"),
    Case("weights of a wild header", run("model.safetensors", lambda content: b"\xff" * 8 + content[8:]), RUN, "/model.safetensors: no safetensors file"),
    Case("a tensor of integers", run("model.safetensors", tensors(qa_outputs__bias=torch.zeros(2, dtype=torch.int64))), RUN, "/model.safetensors: tensor qa_outputs.bias holds torch.int64; expected floating"),
    Case("a tensor without shape", run("model.safetensors", tensors(bert__embeddings__word_embeddings__weight=torch.tensor(1.0))), RUN, r"/model.safetensors: tensor \S+ is \[\]; the config makes it"),
    Case("weights NaN", run("model.safetensors", tensors(qa_outputs__bias=torch.full((2,), math.nan))), RUN, ": example 7, window 0: the logits are not finite"),
    Case("no vocabulary", run("vocab.txt", lambda _: b""), RUN, r"/vocab.txt: no \[PAD\], \[UNK\], \[CLS\], \[SEP\] in it; expected the vocab.txt"),
    Case("vocabulary not UTF-8", run("vocab.txt", lambda content: content + b"\xff"), RUN, "/vocab.txt: 'utf-8' codec .*; expected the vocab.txt"),
    Case("TF1 index cut short", tf1("model.ckpt-6.index", lambda content: content[:-9]), RUN, r"/model.ckpt-6.index: no index of a TF1 checkpoint that can be read"),
    Case("TF1 shard cut short", tf1("model.ckpt-6.data-00000-of-00001", lambda content: content[:-9]), RUN, "/model.ckpt-6.data-00000-of-00001: ends before tensor .* does"),
    Case("TF1 shard altered", tf1("model.ckpt-6.data-00000-of-00001", lambda content: bytes(len(content))), RUN, "/model.ckpt-6.data-00000-of-00001: tensor .* has another checksum"),
    Case("TF1 config nested", tf1("bert_config.json", lambda _: b"[" * 10**5), RUN, "/bert_config.json: no JSON that can be read"),
]  # fmt: skip


def command(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit status of a command, in this process."""
    monkeypatch.setattr(sys, "argv", ["tinynq", *words])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Sound files that commands take beside the bad one."""
    folder = tmp_path_factory.mktemp("beside")
    (folder / "gold.jsonl").write_bytes(TEXT)
    (folder / "vocab.txt").write_text(VOCAB.text)
    (folder / "p.json").write_text(json.dumps({"predictions": [PREDICTION]}))
    return {"gold": f"{folder}/gold.jsonl", "vocab": f"{folder}/vocab.txt", "predictions": f"{folder}/p.json"}


def made(file: Make, path: Path) -> Path:
    if isinstance(file, bytes):
        path.write_bytes(file)
    else:
        file(path)
    return path


@pytest.mark.parametrize("case", BAD, ids=[case.name for case in BAD])
def test_bad_input_is_one_line_and_exit_status_2(
    case: Case, beside: dict[str, str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path = made(case.file, tmp_path / "bad")
    there = sorted(tmp_path.rglob("*"))
    words = [word.format(file=path, out=tmp_path / "out", **beside) for word in case.command.split()]
    status, (out, err) = command(words, monkeypatch), capsys.readouterr()
    assert (status, out, err.count("\n")) == (2, "", 1)
    says = case.says.replace("{file}", re.escape(str(path)))
    assert re.match(rf"tinynq: {re.escape(str(path))}{says}", err)
    assert err[:-1].isprintable() and len(err) < LONGEST_MESSAGE + 20
    assert sorted(tmp_path.rglob("*")) == there  # nothing half-written


ABOUT_PAGES = [case for case in BAD if case.command in ("stats {file}", PREPARE, GOLD)]


@pytest.mark.parametrize("case", ABOUT_PAGES, ids=[case.name for case in ABOUT_PAGES])
def test_bad_pages_are_listed_and_all_others_come_out_as_without_them(
    case: Case, beside: dict[str, str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    bad, listed = made(case.file, tmp_path / "bad"), tmp_path / "listed"
    before = made(lines(LINE | {"example_id": 70}), tmp_path / "before")
    after = made(lines(LINE | {"example_id": 71}), tmp_path / "after")

    def outcome(middle: Path, *ids: Any) -> tuple[str, list[Any]]:
        """What a command says and makes of three files, of which the second may be bad, and the predictions for ids."""
        answers = {"predictions": [PREDICTION | {"example_id": i} for i in ids]}
        names = beside | {"predictions": made(json.dumps(answers).encode(), tmp_path / "answers")}
        words = []
        for word in [*case.command.split(), "--skip-bad", "{listed}"]:
            filled = word.format(file=middle, out=tmp_path / "out", listed=listed, **names)
            words += [str(before), str(middle), str(after)] if word == "{file}" else [filled]
        status, (said, note) = command(words, monkeypatch), capsys.readouterr()
        count = len(listed.read_text("utf-8").splitlines())
        assert status == 0 and f"{listed}: {count} bad page{'' if count == 1 else 's'} left out" in note, note
        record = tmp_path / "out.parquet"
        return said, pq.read_table(record).to_pylist() if record.exists() else []

    found = outcome(bad, 70, 7, "8", 71)
    faults = listed.read_text("utf-8").splitlines()
    assert re.match(re.escape(str(bad)) + case.says, faults[0])
    assert all(fault.startswith(f"{bad}:") and fault.isprintable() for fault in faults)
    # The lines before the first bad one are sound, and those behind it bad.
    number = int(faults[0].removeprefix(f"{bad}:").split(":")[0]) if case.name != "a bomb" else 1
    sound = [LINE, LINE | {"example_id": "8"}][: number - 1]
    alone = outcome(made(lines(*sound), tmp_path / "sound"), 70, *(line["example_id"] for line in sound), 71)
    assert found == alone and listed.read_bytes() == b""


# --- what is sound, however odd it looks


def ids(path: Path) -> list[Any]:
    return [page.example_id for page in read_pages([str(path)])]


def pieces(path: Path) -> list[list[str]]:
    """The text of each page as the model sees it: its words, without question and markers."""
    found = []
    for page in read_pages([str(path)], annotated=False):
        (window,) = page_windows(page, vocab=VOCAB, options=FeatureOptions()).windows
        tokens = [VOCAB.tokens[i] for i in window.input_ids[window.question_length : -1]]
        found.append(
            [token for token in tokens if not token.startswith(("[Context", "[Paragraph", "[Table", "[NoLong"))]
        )
    return found


def targets(path: Path) -> list[tuple[str, int]]:
    """The types of the labels of each page, and how many windows it has."""
    found = []
    for page in read_pages([str(path)]):
        windows = training_windows(page, vocab=VOCAB, options=FEATURES, include_unknowns=1.0, draw=lambda: 0.0)
        types = [window.target.answer_type.name for window in windows if window.target]
        found.append((" ".join(sorted(set(types))), len(types)))
    return found


def one(*words: str, **changes: Any) -> bytes:
    """A page of one paragraph, with changes."""
    return lines(original(" ".join(words)) | changes)


def words_of(*tokens: str) -> bytes:
    """A page whose paragraph has these tokens, whatever is in them."""
    line = original(*[" ".join("x" * len(tokens))])
    for at, token in enumerate(tokens, 2):
        line["document_tokens"][at]["token"] = token
    return lines(line)


def nested(depth: int) -> bytes:
    """Tables within tables, each a candidate, of which the outermost is of the top level."""
    tokens = ["<Table>"] * depth + ["king"] + ["</Table>"] * depth
    candidates = [
        {"start_token": i, "end_token": 2 * depth + 1 - i, "top_level": i == 0, "start_byte": i} for i in range(depth)
    ]
    line = LINE | {
        "document_tokens": [{"token": token, "html_token": token != "king"} for token in tokens],
        "long_answer_candidates": candidates,
    }
    inner = {"start_token": depth - 1, "end_token": depth + 2, "candidate_index": depth - 1}
    return lines(line | {"annotations": [{"long_answer": inner}]})


BLANKS = [
    "\t",
    "\n",
    "\r",
    "\v",
    "\f",
    "\x1c",
    "\x85",
    "\xa0",
    "\u1680",
    "\u2003",
    "\u2028",
    "\u202f",
    "\u3000",
    "\ufeff",
    "",
]
ONE_LONG = [{"token": "king", "html_token": False}] * 1_300_000  # 50 MB


class Sound(NamedTuple):
    """A file, the function that reads it, and what that returns."""

    name: str
    file: Make
    read: Callable[[Path], object]
    gives: object


SOUND = [
    Sound("plain text", TEXT, ids, [7, "8"]),
    Sound("gzip of several members", ZIPPED + gzip.compress(b"") + gzip.compress(one("a")), ids, [7, "8", 7]),
    Sound("members that part a line", gzip.compress(TEXT[:99]) + gzip.compress(TEXT[99:]), ids, [7, "8"]),
    Sound("zeros behind the gzip", ZIPPED + bytes(1024), ids, [7, "8"]),
    Sound("gzip of nothing", gzip.compress(b""), ids, []),
    Sound("an empty file", b"", ids, []),
    Sound("blank lines", b"\n\r\n" + TEXT + b" \t\n\n", ids, [7, "8"]),
    Sound("line ends of Windows, none at the end", TEXT.replace(b"\n", b"\r\n")[:-2], ids, [7, "8"]),
    Sound("fields of others", one("a", other={"deep": [None] * 9}, document_title=None), ids, [7]),
    Sound("a field twice", lines(LINE).replace(b"{", b'{"example_id": 1, ', 1), ids, [7]),
    Sound("an id twice", lines(LINE, LINE), ids, [7, 7]),
    Sound("ids beyond 64 bits", lines(LINE | {"example_id": 2**80}, LINE | {"example_id": str(2**80)}), ids, [2**80, str(2**80)]),
    Sound("ids of any text", lines(LINE | {"example_id": ""}, LINE | {"example_id": ESCAPES}), ids, ["", ESCAPES]),
    Sound("a page of 50 MB", lines(LINE | {"document_tokens": LINE["document_tokens"] + ONE_LONG}), ids, [7]),
    Sound("both formats", lines(LINE, BLANK), pieces, [["the", "king", "who", "the", "king", "river", "the", "river", "##s"]] * 2),
    Sound("a page without words", one("", document_tokens=[], long_answer_candidates=[]), pieces, [[]]),
    Sound("a page without question", one("king", question_text=""), pieces, [["king"]]),
    Sound("all kinds of blanks", words_of("king", *BLANKS, "river"), pieces, [["king", "river"]]),
    Sound("blanks within words", words_of("ki\u202fng", "\xa0king", "river\ufeff"), pieces, [["[UNK]", "[UNK]", "king", "river"]]),
    Sound("control tokens", words_of(*SPECIAL, *MARKERS[:5], "[ContextId=3]", "[Paragraph=9]"), pieces, [["[UNK]"] * 11]),
    Sound("control tokens in a question", one("king", question_text="[SEP] [CLS] [Q]"), pieces, [["king"]]),
    Sound("characters without a word", words_of("\x00", "\x1b[2J", "\U0010ffff", "\u0301"), pieces, [["[UNK]"] * 3]),
    Sound("a word without end", words_of("k" * 10**6), pieces, [["[UNK]"]]),
    Sound("tables 200 deep", nested(200), pieces, [["king"]]),
    Sound("an answer 200 deep", nested(200), targets, [("UNKNOWN", 1)]),
    Sound("no annotations", one("king", annotations=[]), targets, [("UNKNOWN", 1)]),
    Sound("nine annotations", lines(LINE | {"annotations": LINE["annotations"] * 3}), targets, [("SHORT", 1)]),
    Sound("a long answer elsewhere than its candidate", long(start_token=500, end_token=900), targets, [("SHORT", 1)] * 2),
    Sound("an empty candidate", one("king", long_answer_candidates=[{"start_token": 4, "end_token": 4}]), targets, [("UNKNOWN", 1)]),
    Sound("answers null at one end", first(long_answer={"start_token": 3, "end_token": 2**70, "candidate_index": -9}), targets, [("SHORT", 1), ("UNKNOWN", 1)]),
    Sound("a record", record(), read_record, 2),
    Sound("a record with a column more, in another order", lambda path: other_layout(path), read_record, 2),
    Sound("a TFRecord in members of gzip", gzip.compress(tfrecord()[:9]) + gzip.compress(tfrecord()[9:]), TARGETS["tfrecord"].read, 2),
    Sound("a run", run("config.json"), lambda path: TARGETS["config.json"].read(path / "config.json"), 27),
    Sound("predictions in any order, gzipped", gzip.compress(predicted()), lambda path: [p.example_id for p in read_predictions(path)], [7, "8"]),
]  # fmt: skip


def other_layout(path: Path) -> None:
    """The record with its columns in another order, and one more."""
    record()(path)
    table = pq.read_table(path)
    changed = table.select(table.schema.names[::-1]).append_column("note", pa.nulls(len(table)))
    pq.write_table(changed.replace_schema_metadata(pq.read_metadata(path).metadata), path)


@pytest.mark.parametrize("case", SOUND, ids=[case.name for case in SOUND])
def test_odd_input_that_is_sound_gives_its_result(case: Sound, tmp_path: Path) -> None:
    assert case.read(made(case.file, tmp_path / "sound")) == case.gives


def test_what_each_command_makes_of_an_id_that_stands_twice(
    beside: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(made(lines(LINE, LINE | {"question_text": "the second"}), tmp_path / "twice.jsonl"))

    def outcome(words: str) -> tuple[int, str, str]:
        filled = words.format(file=path, out=tmp_path / "out", **beside).split()
        return (command(filled, monkeypatch), *capsys.readouterr())

    assert '"pages": 2' in outcome("stats {file} --json")[1]
    assert "of 2 pages" in outcome(PREPARE)[2]
    assert outcome("merge {file} --out {out}.jsonl")[0] == 2
    assert "1 of 2 pages, 1 left out by --duplicates" in outcome("merge {file} --duplicates first --out {out}.jsonl")[2]
    assert "who wrote the book" in outcome("show {file} --id 7")[1]  # the first
    assert outcome(GOLD)[1].startswith("1 pages")  # the last


def test_names_of_files_steer_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = str(tmp_path / "\x1b[31m\u202egpj.jsonl")
    for words in (["stats", name], [ESCAPES], ["stats", "--json", ESCAPES], ["stats", f"--{ESCAPES}"]):
        assert command(words, monkeypatch) == 2
        said = capsys.readouterr().err
        assert said.endswith("\n") and said[:-1].isprintable()
    Path(name).write_bytes(TEXT)
    assert command(["merge", name, "--out", name + "x.jsonl"], monkeypatch) == 0
    assert capsys.readouterr().err[:-1].isprintable()
    ids = tmp_path / "ids"
    ids.write_text("7\n\x1b[2J\n")
    assert command(["merge", name, "--ids", str(ids), "--out", name + "y.jsonl"], monkeypatch) == 0
    said = capsys.readouterr().err
    assert "1 ids not found" in said and all(line.isprintable() for line in said.splitlines())


# --- mutations


ODD: list[Any] = [
    None, True, -1, 0, 1, 7, 2**31, 2**63, 2**64, 10**30, 10**400, 1.5, -0.0, 1e308, math.nan, math.inf, "", "x", "8", "YES",
    ESCAPES, "\ud800", "\u00e9\u00a0", [], {}, [[]], [None], {"start_token": 5}, {"start_token": 1, "end_token": 2}, [7] * 40,
]  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the values of a JSON document stand, from the outermost on."""
    yield at
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*at, key))


@st.composite
def documents(draw: st.DrawFn, sound: bytes) -> bytes:
    """A JSON document with some values replaced, left out or doubled."""
    found = json.loads(sound)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.sampled_from(list(places(found))))
        odd = deepcopy(draw(st.sampled_from(ODD)))
        what = draw(st.sampled_from(["replace", "replace", "leave out", "double"]))
        if not at:
            found = odd if draw(st.integers(0, 9)) == 0 else found
            continue
        parent = found
        for key in at[:-1]:
            parent = parent[key]
        if what == "replace":
            parent[at[-1]] = odd
        elif what == "leave out":
            del parent[at[-1]]
        elif isinstance(parent, list):
            parent.append(deepcopy(parent[at[-1]]))
        else:
            parent["other"] = deepcopy(parent[at[-1]])
    return json.dumps(found).encode()


@st.composite
def mutations(draw: st.DrawFn, sound: bytes) -> bytes:
    """Bytes with some of them changed, cut out, doubled or cut off."""
    content = bytearray(sound)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        size = draw(st.integers(0, 40))
        what = draw(st.sampled_from(["change", "change", "cut out", "double", "cut off"]))
        if what == "change":
            new = draw(st.binary(max_size=8))
            content[at : at + len(new)] = new
        elif what == "double":
            content[at:at] = content[at : at + size]
        else:
            del content[at : at + size if what == "cut out" else None]
    return bytes(content)


def mutated(name: str) -> st.SearchStrategy[bytes]:
    """Mutations of the sound files of a target."""
    sound = st.sampled_from(TARGETS[name].sound())
    documented = name in ("pages", "predictions", "config.json")
    return sound.flatmap(lambda content: documents(content) | mutations(content) if documented else mutations(content))


@pytest.mark.parametrize("name", TARGETS)
def test_mutations_of_sound_files_end_in_a_result_or_in_one_line(name: str, tmp_path: Path) -> None:
    @settings(max_examples=80)
    @given(mutated(name))
    def run(content: bytes) -> None:
        complaint(TARGETS[name].read, place(name, content, tmp_path))

    for content in TARGETS[name].sound():
        assert complaint(TARGETS[name].read, place(name, content, tmp_path)) == ""
    run()


@settings(max_examples=60)
@given(st.data())
def test_mutations_of_rows_and_descriptions(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / "mutated.parquet"
    purpose = data.draw(st.sampled_from(["train", "predict"]))
    path.write_bytes(sound_file(purpose))
    table, metadata = pq.read_table(path), dict(pq.read_metadata(path).metadata)
    rows, number = table.to_pylist(), st.none() | st.integers(-(2**31), 2**31 - 1) | st.integers(-3, 30)
    for _ in range(data.draw(st.integers(0, 2))):
        row, field = data.draw(st.sampled_from(rows)), data.draw(st.sampled_from(list(table.schema)))
        if field.name == "example_id":
            row[field.name] = data.draw(
                st.none() | st.text(max_size=5) | st.sampled_from(["7", '"8"', "[1]", '"\\ud800"'])
            )
        elif pa.types.is_list(field.type):
            row[field.name] = data.draw(st.none() | st.lists(number, max_size=30))
        else:
            row[field.name] = data.draw(st.none() | st.integers(-3, 30))
    if data.draw(st.booleans()):
        metadata[b"tinynq"] = data.draw(documents(metadata[b"tinynq"]))
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema).replace_schema_metadata(metadata), path)
    complaint(read_record, path)


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(list(GOOD)), st.lists(st.integers(-2, 9) | st.integers(-(2**63), 2**63 - 1), max_size=9)
    )
)
def test_mutations_of_examples(tmp_path_factory: pytest.TempPathFactory, changes: dict[str, list[int]]) -> None:
    path = tmp_path_factory.getbasetemp() / "mutated.tfrecord"
    path.write_bytes(framed(encoded(GOOD)) + framed(encoded(GOOD | changes)))
    complaint(TARGETS["tfrecord"].read, path)
