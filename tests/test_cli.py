"""The command line, as a person meets it: in a process of its own where that matters."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from nq_lines import SmallRun, original, write
from typer.testing import CliRunner

import tinynq
from tinynq.cli import app
from tinynq.config import (
    AskOptions,
    ClusterOptions,
    CompareOptions,
    DistillOptions,
    EvalOptions,
    FetchOptions,
    ForwardOptions,
    GoldOptions,
    MemberOptions,
    MergeOptions,
    PageOptions,
    PredictOptions,
    PrepareOptions,
    RunOptions,
    SquadOptions,
    TrainOptions,
)
from tinynq.errors import UsageError
from tinynq.record import read_info

COMMANDS = ["fetch", "merge", "prepare", "convert", "train", "distill", "predict", "ask", "average", "eval"]
COMMANDS += ["compare", "show", "stats", "run", "demo", "eval-squad", "calibrate", "convert-squad", "pack"]
CONTROL = re.compile(r"[^\n -~\u00a0-\uffff]")


def tinynq_(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, its output no terminal."""
    environment = os.environ | {"COLUMNS": "80", "FORCE_COLOR": ""}
    command = [sys.executable, "-c", "from tinynq.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=300, check=False)


def complaint(*arguments: str) -> str:
    """The one line of an error, once it is known to be one, with exit status 2."""
    done = tinynq_(*arguments)
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("tinynq: ")
    return done.stderr


def test_version_and_overview() -> None:
    assert tinynq_("--version").stdout == f"tinynq {tinynq.__version__}\n"
    overview = tinynq_()
    assert overview.returncode == 0
    assert all(f"  {name} " in overview.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example_and_fits_80_columns(name: str) -> None:
    done = CliRunner().invoke(app, [name, "--help"], prog_name="tinynq", env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"})
    assert done.exit_code == 0
    assert f"Example: tinynq {name}" in done.output
    assert max(map(len, done.output.splitlines())) <= 80
    assert not CONTROL.search(done.output)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("fetch", FetchOptions),
        ("merge", MergeOptions),
        ("prepare", PrepareOptions),
        ("prepare", ClusterOptions),
        ("convert", PageOptions),
        ("train", TrainOptions),
        ("distill", DistillOptions),
        ("predict", PredictOptions),
        ("ask", AskOptions),
        ("average", MemberOptions),
        ("eval", EvalOptions),
        ("eval-squad", SquadOptions),
        ("calibrate", ForwardOptions),
        ("predict", ClusterOptions),
        ("average", MemberOptions),
        ("eval", EvalOptions),
        ("eval", GoldOptions),
        ("compare", CompareOptions),
        ("compare", GoldOptions),
        ("run", RunOptions),
    ],
)
def test_every_option_is_a_flag(name: str, options: type) -> None:
    output = CliRunner().invoke(app, [name, "--help"]).output
    for field in options.__dataclass_fields__:  # type: ignore[attr-defined]
        assert f"--{field.replace('_', '-')}" in output


def test_what_people_get_wrong_is_one_line_that_says_what_to_do(small_run: SmallRun, tmp_path: Path) -> None:
    assert "--seed" in complaint("prepare", "x.jsonl", "--out", "y.parquet", "--seeed", "3")
    assert "did you mean 'prepare'" in complaint("prepar").lower()
    assert "--for" in complaint("prepare", "x.jsonl", "--out", "y.parquet", "--for", "fun")
    assert "--out" in complaint("prepare", small_run.pages)
    assert "x.jsonl: no such file" in complaint("prepare", "x.jsonl", "--out", str(tmp_path / "y.parquet"))
    assert "unknown recipe" in complaint(
        "train", small_run.record, "--init", "bert-tiny", "--out", str(tmp_path / "run"), "--recipe", "cake"
    )
    no_run = complaint("predict", str(tmp_path), small_run.pages, "--out", str(tmp_path / "p.json"))
    assert str(tmp_path) in no_run
    assert "tinynq train" in no_run
    assert not (tmp_path / "y.parquet").exists()


def test_the_main_job_by_command(small_run: SmallRun, tmp_path: Path) -> None:
    record, run, predictions = (str(tmp_path / name) for name in ("train.parquet", "run", "predictions.json"))
    done = tinynq_("prepare", small_run.pages, "--out", record, "--include-unknowns", "1", "--seed", "3")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert re.search(r"windows of 40 pages \(.* unknown, .* short", done.stderr)
    assert read_info(record).options["seed"] == 3
    done = tinynq_("train", record, "--init", "bert-tiny", "--out", run, "--steps", "1", "--threads", "1", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = tinynq_("predict", run, small_run.pages, "--out", predictions)
    assert done.returncode == 0, done.stderr
    assert "40 pages" in done.stderr
    for output in (done.stdout, done.stderr):
        assert not CONTROL.search(output)
    done = tinynq_("eval", small_run.pages, "--predictions", predictions, "--long-non-null-threshold", "1", "--json")
    assert done.returncode == 0, done.stderr
    report = tinynq.evaluate(small_run.pages, predictions=predictions, long_non_null_threshold=1)
    assert json.loads(done.stdout) == report.official()
    assert list(json.loads(done.stdout)) == list(report.official())
    table = tinynq_("eval", small_run.pages, "--predictions", predictions).stdout
    assert "40 pages" in table
    assert max(map(len, table.splitlines())) <= 80


def test_convert_there_and_back(small_run: SmallRun, tmp_path: Path) -> None:
    original, record = str(tmp_path / "train.tfrecord"), str(tmp_path / "again.parquet")
    done = tinynq_("convert", small_run.record, original)
    windows = read_info(small_run.record).counts["windows"]
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert f"{original}: {windows:,} windows in " in done.stderr
    assert tinynq_("convert", original, record, "--stride", "64", "--quiet").stderr == ""
    assert (read_info(record).counts["windows"], read_info(record).features.stride) == (windows, 64)
    assert "no TFRecord, and so would" in complaint("convert", record, str(tmp_path / "x.parquet"))
    assert "leave out cased" in complaint("convert", record, original, "--cased")


def test_runs_come_first_and_pages_after_them(small_run: SmallRun, tmp_path: Path) -> None:
    run, mean, out = small_run.folder, str(tmp_path / "mean"), str(tmp_path / "p.csv")
    assert f"{run}, {run}: all are runs; name the NQ pages" in complaint("predict", run, run, "--out", out)

    def notes(*arguments: str) -> str:
        done = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert (done.exit_code, done.stdout) == (0, "")
        return done.stderr

    assert notes("average", run, run, "--out", mean) == f"{mean}: the mean of {run}, {run}\n"
    pages = write(tmp_path / "pages.jsonl", original("who wrote it", "the king", example_id=-20))
    common = (pages, "--out", out, "--format", "kaggle", "--no-answer-threshold")
    said = notes("predict", run, mean, *common, "1000")
    assert said.endswith("withheld: long answers below 1000, short answers below 1000\n")
    assert Path(out).read_text("utf-8") == "example_id,PredictionString\n-20_long,\n-20_short,\n"
    assert "withheld" not in notes("predict", run, *common, "-inf")
    assert re.search(r"-20_short,\d+:\d+\n", Path(out).read_text("utf-8"))
    with pytest.raises(UsageError, match="checkpoints is best; expected last:K"):
        notes("predict", run, pages, "--out", out, "--checkpoints", "best")


def test_ask(small_run: SmallRun, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>" + "The king wrote the book in the year 1887 &amp; later.</p><p>" * 3)
    arguments = (
        "ask",
        "who wrote the book",
        str(page),
        "--reader",
        small_run.folder,
        "--threads",
        "1",
        "--n-best",
        "2",
    )
    answer = json.loads(tinynq_(*arguments, "--json").stdout)
    assert len(answer["n_best"]) == 2
    said = tinynq_(*arguments)
    assert (said.returncode, said.stderr) == (0, "")
    assert "\x1b" not in said.stdout
    assert answer["n_best"][1]["text"] in said.stdout.splitlines()[-1]
    assert len(json.loads(tinynq_(*arguments[:-2], "--json").stdout)["n_best"]) == 5
    assert said.stdout.startswith(tinynq_(*arguments[:-2]).stdout)  # on the terminal they are asked for
    given = answer["short"] or answer["long"]
    assert said.stdout.startswith((answer["short"] or {"text": "in this"})["text"] if given else "no answer  (")
    assert complaint("ask", "who", str(tmp_path / "none"), "--reader", small_run.folder).endswith(
        "none: cannot be read: No such file or directory\n"
    )
    assert complaint("ask", " ", str(page), "--reader", small_run.folder).startswith("tinynq: the question is empty")


def test_eval_and_compare_say_all_there_is(small_run: SmallRun, tmp_path: Path) -> None:
    for name, end in (("a.json", 8), ("b.json", 99)):
        span = {"start_token": 1, "end_token": end}
        answers = [
            {"example_id": i, "long_answer": span, "long_answer_score": i, "short_answers_score": 0}
            for i in range(-20, 20)
        ]
        (tmp_path / name).write_text(json.dumps({"predictions": answers}))
    full = json.loads(tinynq_("eval", small_run.pages, "--predictions", "a.json", "--full-json", cwd=tmp_path).stdout)
    official = tinynq_("eval", small_run.pages, "--predictions", "a.json", "--json", cwd=tmp_path).stdout
    assert full["official"] == json.loads(official)
    words = ("compare", small_run.pages, "--predictions", "a.json", "b.json", "--samples", "200")
    done = tinynq_(*words, "--examples", "2", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("A  a.json\nB  b.json\n40 pages")
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert not CONTROL.search(done.stdout)
    compared = json.loads(tinynq_(*words, "--json", cwd=tmp_path).stdout)
    assert compared["signature"] == done.stdout.splitlines()[-1]
    assert "'--predictions' requires 2 arguments" in complaint("compare", small_run.pages, "--predictions", "a.json")
    twice = ("--predictions", "a.json", "--predictions", "b.json")
    assert "--predictions a.json b.json" in complaint("compare", small_run.pages, *twice)


def test_ids_that_differ_are_an_error_unless_partial(small_run: SmallRun, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    answers = [{"example_id": i, "long_answer_score": 0, "short_answers_score": 0} for i in (-20, 77)]
    path.write_text(json.dumps({"predictions": answers}))
    fault = complaint("eval", small_run.pages, "--predictions", str(path))
    assert "39 gold pages without prediction: -19, -18" in fault
    assert "1 prediction without gold page: 77" in fault
    done = tinynq_("eval", small_run.pages, "--predictions", str(path), "--partial")
    assert done.returncode == 0
    assert "39 pages without prediction left out" in done.stdout


def test_fetch_and_merge(small_run: SmallRun, tmp_path: Path) -> None:
    mirror, to, out = tmp_path / "mirror" / "v1.0-simplified", str(tmp_path / "nq"), str(tmp_path / "some.jsonl.gz")
    mirror.mkdir(parents=True)
    (mirror / "nq-dev-all.jsonl.gz").write_bytes(gzip.compress(Path(small_run.pages).read_bytes()))
    words = ["fetch", "dev", "--format", "simplified", "--base-url", str(mirror.parent), "--to", to]
    done = tinynq_(*words)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    before, after, note = done.stderr.splitlines()
    assert re.fullmatch(rf"{to}: 1 file, 0.0 MB to fetch, 0 there already; .* GB free", before)
    assert re.fullmatch(rf"{to}: 1 file fetched \(0.0 MB in .* s\), 0 there already", after)
    assert "nq-dev-all.jsonl.gz is in the original format" in note
    assert "0 files fetched (0.0 MB in" in tinynq_(*words, "--yes").stderr
    assert "expected A:B with 0 <= A < B <= 5" in complaint("fetch", "dev", "--to", to, "--shards", "0:9")

    (tmp_path / "ids").write_text("\n".join(map(str, range(-20, 100))))
    done = tinynq_("merge", to, "--out", out, "--ids", str(tmp_path / "ids"), "--simplify", "--sample", "0.5")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    said, missing = done.stderr.splitlines()
    written = re.match(rf"{out}: (\d+) of 40 pages, (\d+) left out by --sample; .* MB of text in .* s", said)
    assert written
    assert sum(map(int, written.groups())) == 40
    assert missing == f"{tmp_path / 'ids'}: 80 ids not found: 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, ..."
    done = tinynq_("merge", out, "--out", str(tmp_path / "many"), "--shards", "3")
    assert " pages in 3 files; " in done.stderr
    assert "stands at" in complaint("merge", out, out, "--out", str(tmp_path / "twice.jsonl"))


def test_a_report_is_written_beside_the_scores(small_run: SmallRun, tmp_path: Path) -> None:
    answers = [{"example_id": i, "long_answer_score": 0, "short_answers_score": 0} for i in range(-20, 20)]
    path, out = tmp_path / "p.json", tmp_path / "report.html"
    path.write_text(json.dumps({"predictions": answers}))
    done = tinynq_("eval", small_run.pages, "--predictions", str(path), "--report", str(out), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["long-best-threshold-f1"] == 0
    assert done.stderr == f"written: {out}, {tmp_path / 'report-long.png'}, {tmp_path / 'report-short.png'}\n"
    assert "Report on p.json" in out.read_text("utf-8")


def test_show_and_stats(small_run: SmallRun) -> None:
    shown = tinynq_("show", small_run.pages, "--id", "-20")
    assert shown.returncode == 0, shown.stderr
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "who wrote the book" in shown.stdout
    assert "12345" in complaint("show", small_run.pages, "--id", "12345")
    counted = json.loads(tinynq_("stats", small_run.pages, "--json").stdout)
    assert counted["pages"] == 40


def test_standard_input_is_a_page_source(small_run: SmallRun, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from tinynq.cli import main; main()", "prepare", "-", "--quiet"]
    command += ["--out", str(tmp_path / "r.parquet"), "--include-unknowns", "1"]
    with open(small_run.pages, "rb") as pages:
        assert subprocess.run(command, stdin=pages, capture_output=True, check=False).returncode == 0
    assert read_info(str(tmp_path / "r.parquet")).counts["pages"] == 40


def test_a_command_ends_without_a_look_for_garbage() -> None:
    code = (
        "import atexit, gc, sys\n"
        "atexit.register(lambda: print(gc.get_freeze_count() > 1000))\n"
        "sys.argv = ['tinynq', '--version']\n"
        "from tinynq.__main__ import main\n"
        "main()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "True"
