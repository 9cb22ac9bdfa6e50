"""The two experiments of tinyBERT-NQ, from shards to a report: BERT-Tiny on 60k pages, plain and with synonym copies.

The original took the first 10 of 50 train shards, the recipe bert-joint, and three updates for every
32 pages and copies: 5,763 updates for 61,477 pages, and 8,621 for 91,962 of them.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from glob import glob
from pathlib import Path
from typing import Any

from tinynq.bundled import CONFIG
from tinynq.checkpoint import WEIGHTS
from tinynq.config import RECIPES, Experiment, RunOptions, Split, make
from tinynq.download import RELEASE, fetch
from tinynq.files import SUFFIXES, atomic_write
from tinynq.inference import predict
from tinynq.metrics import Report, evaluate
from tinynq.preparation import prepare
from tinynq.record import read_info
from tinynq.report import write_report
from tinynq.shards import merge
from tinynq.stages import Manifest, Stage
from tinynq.training import train
from tinynq.types import Progress

SYNONYMS: dict[Experiment, float] = {"60k": 0.0, "60k-syn": 0.2}
SHARDS: dict[Split, int] = {"train": 10, "dev": 5}
SIZE, RECIPE = "bert-tiny", "bert-joint"
MADE = ("train.jsonl.gz", "train.parquet", "run", "predictions.json", "scores.json", "report.html")


def run(
    experiment: Experiment,
    *,
    data: str,
    out: str,
    stage: Callable[[str, str], AbstractContextManager[Progress]],
    skipped: Callable[[str], None] = lambda name: None,
    **options: Any,
) -> Report:
    """Run an experiment: find or fetch shards, merge, prepare, train, predict the dev set, score, report.

    NQ shards are looked for in the folder ``data``, and fetched into it where there are none. All
    that is made lies in ``out``. A stage whose output is there, and was made from what is there now,
    is ``skipped``; training that broke off goes on. ``stage(name, unit)`` gives each stage that is
    done its Progress. The keywords are the fields of RunOptions. Raises what the stages raise.
    """
    manifest = Manifest(Path(out))
    for step in stages(experiment, data=data, out=out, options=make(RunOptions, options)):
        if manifest.is_current(step):
            skipped(step.name)
            continue
        if not (step.resumes and manifest.has_begun(step)):
            _delete(step.outputs)
        manifest.begin(step)
        with stage(step.name, step.unit) as progress:
            step.work(progress)
        manifest.end(step)
    return evaluate(find_shards(data, "dev"), predictions=Path(out) / "predictions.json")


def stages(experiment: Experiment, *, data: str, out: str, options: RunOptions) -> Iterator[Stage]:
    """The stages of an experiment, in order; each is described from what is there when it is asked for."""
    pages, record, trained, predictions, scores, page = (str(Path(out) / name) for name in MADE)
    manifest, shards = Manifest(Path(out)), {}
    for split in SHARDS:
        fetching = _fetching(split, data)
        # Shards that are there may be the first few of a fetch that broke off.
        if not find_shards(data, split) or manifest.has_begun(fetching):
            yield fetching
        shards[split] = find_shards(data, split) or released(split, data)
    dev = shards["dev"]
    machine: dict[str, Any] = {"threads": options.threads, "device": options.device, "precision": options.precision}
    merging = partial(merge, shards["train"], out=pages)
    yield _stage("merge", shards["train"], pages, merging, take=options.pages, simplify=True)
    preparing = partial(prepare, pages, out=record)
    yield _stage("prepare", [pages], record, preparing, synonyms=SYNONYMS[experiment], seed=options.seed)
    training = partial(train, record, out=trained, init=SIZE, resume=True, **machine)
    yield _stage("train", [record], trained, training, recipe=RECIPE, steps=_steps(record), seed=options.seed)
    weights = [str(Path(trained) / name) for name in (CONFIG, WEIGHTS)]
    yield _stage("predict", [*weights, *dev], predictions, partial(predict, trained, dev, out=predictions, **machine))
    scoring = partial(_write_scores, dev, predictions=predictions, out=scores)
    yield _stage("score", [predictions, *dev], scores, scoring)
    yield _stage("report", [predictions, *dev], page, partial(write_report, dev, predictions=predictions, out=page))


def find_shards(data: str, split: Split) -> list[str]:
    """The first NQ files of a split in a folder and the folders in it, by name; [] where there is none."""
    names = [name for end in SUFFIXES for name in glob(f"{data}/**/*nq-{split}*{end}", recursive=True)]
    return sorted(name for name in names if "sample" not in Path(name).name)[: SHARDS[split]]


def released(split: Split, data: str) -> list[str]:
    """Where the shards of the release are to lie, once they are fetched."""
    return [str(Path(data) / Path(name).name) for name in RELEASE[split, "original"][: SHARDS[split]]]


def updates(pages: int) -> int:
    """The original's number of updates: the recipe's passes over pages and copies, in batches of its size."""
    return max(1, int(pages * RECIPES[RECIPE].epochs / RECIPES[RECIPE].batch_size))


def _stage(name: str, inputs: list[str], output: str, work: Callable[..., object], **told: Any) -> Stage:
    return Stage(
        name=name,
        unit="windows" if name == "train" else "pages",
        inputs=inputs,
        outputs=[output],
        options=told,
        work=lambda progress: work(progress=progress, **told),
        resumes=name == "train",
    )


def _fetching(split: Split, data: str) -> Stage:
    told: dict[str, Any] = {"shards": f"0:{SHARDS[split]}"}
    work = partial(fetch, split, to=data, **told)
    return Stage(
        name=f"fetch {split}",
        unit="bytes",
        inputs=[],
        outputs=released(split, data),
        options=told,
        work=lambda progress: work(progress=progress),
        resumes=True,
    )


def _steps(record: str) -> int | None:
    """The updates for a record; None while there is none."""
    return updates(read_info(record).counts["pages"]) if Path(record).exists() else None


def _write_scores(pages: Sequence[str], *, predictions: str, out: str, progress: Progress) -> None:
    report = evaluate(pages, predictions=predictions, progress=progress)
    with atomic_write(out) as file:
        file.write(json.dumps(report.as_dict(), indent=2).encode() + b"\n")


def _delete(outputs: Sequence[str]) -> None:
    for path in map(Path, outputs):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
