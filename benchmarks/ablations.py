"""What does each part of a recipe do? One part changed at a time, the same updates, several seeds, held-out pages.

    python benchmarks/ablations.py --nq PAGES --squad PAGES --held PAGES --words ENCODER --out FOLDER

A reader of BERT-Tiny's size reads SQuAD first, once; from there each arm trains it on SQuAD and NQ, and answers the
held-out pages, by the rule of its recipe. The table has each arm's F1 and its difference from the base, as `tinynq
compare` gives it. What is in FOLDER already is not done again, so that a run that was broken off goes on. --only
names arms.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from arms import carry_out, parser

import tinynq
from tinynq.comparison import Comparison

WINDOWS: dict[str, Any] = {"max_seq_length": 256, "stride": 192}
ONE: dict[str, Any] = {"long_non_null_threshold": 1, "short_non_null_threshold": 1}  # train pages have one annotation
BASE_RATE = 3e-4  # of BERT-Tiny; the recipe's own is for MiniLM


@dataclass(frozen=True)
class Arm:
    """What differs from the base: windows of NQ, records, recipe and options, what it begins with, and a teacher."""

    nq: Mapping[str, float] = field(default_factory=lambda: {"include_unknowns": 0.04})
    mined: bool = False
    with_squad: bool = True
    squad_first: bool = True
    all_updates: bool = False  # those that others spend on SQuAD first as well
    recipe: str = "tinynq"
    teacher: str | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: {"learning_rate": BASE_RATE})


ARMS = {
    "base": Arm(),
    "hard negatives, 1 a page": Arm(mined=True),
    "null pages: 1 %": Arm(nq={"include_unknowns": 0.04, "null_unknowns": 0.01}),
    "null pages: 16 %": Arm(nq={"include_unknowns": 0.04, "null_unknowns": 0.16}),
    "answered pages: no other": Arm(nq={"include_unknowns": 0.0, "null_unknowns": 0.04}),
    "answered pages: 16 %": Arm(nq={"include_unknowns": 0.16, "null_unknowns": 0.04}),
    "bert-joint, same rate": Arm(recipe="bert-joint", options={"learning_rate": BASE_RATE}),
    "no SQuAD first": Arm(squad_first=False),
    "no SQuAD beside NQ": Arm(with_squad=False),
    "a third of the rate": Arm(options={"learning_rate": BASE_RATE / 3}),
    "three times the rate": Arm(options={"learning_rate": BASE_RATE * 3}),
    "distilled from mini": Arm(teacher="mini"),
    "distilled from mini, hard negatives": Arm(teacher="mini", mined=True),
    "dropout 0.1": Arm(options={"learning_rate": BASE_RATE, "dropout": 0.1}),
    "warm-up 10 %": Arm(options={"learning_rate": BASE_RATE, "warmup": 0.1}),
    "recipe bert-joint": Arm(recipe="bert-joint", options={}),
    "NQ alone, hard negatives": Arm(mined=True, with_squad=False),
    "bert-joint as it is, all updates on NQ": Arm(
        squad_first=False, with_squad=False, all_updates=True, recipe="bert-joint", options={}
    ),
}


def run(arguments: argparse.Namespace) -> None:
    """All arms, and the table."""
    folder: Path = arguments.out
    squad, held = str(folder / "squad.parquet"), str(folder / "held.parquet")
    if not Path(squad).exists():
        tinynq.prepare(arguments.squad, out=squad, include_unknowns=1.0, **WINDOWS)
    if not Path(held).exists():
        tinynq.prepare(arguments.held, out=held, for_="predict", **WINDOWS)
    common: dict[str, Any] = {"threads": arguments.threads, "resume": True}
    begun = str(folder / "squad-first")
    tinynq.train(
        squad, out=begun, init="bert-tiny", recipe="tinynq", warm_start=arguments.words, learning_rate=5e-4,
        steps=arguments.first, **common,
    )  # fmt: skip
    print("| | seconds | long F1 | difference | short F1 | difference |\n|---|---|---|---|---|---|")
    base: list[str] = []
    for name, arm in ARMS.items():
        if arguments.only and name not in ("base", *arguments.only):
            continue
        nq = record_of(arm, arguments, folder, begun)
        answers: list[str] = []
        seconds = 0.0
        for seed in range(arguments.seeds):
            out = str(folder / f"{slug(name)}-{seed}")
            start = {"init": begun} if arm.squad_first else {"init": "bert-tiny", "warm_start": arguments.words}
            records = [squad, nq] if arm.with_squad else [nq]
            steps = arguments.steps + arguments.first * arm.all_updates
            options: dict[str, Any] = {**common, **start, **arm.options, "steps": steps, "seed": seed}
            learn: Any = tinynq.train
            if arm.teacher:
                learn = partial(tinynq.distill, teacher=arm.teacher, lessons=f"{folder}/lessons-{Path(nq).stem}")
            seconds += learn(records, out=out, recipe=arm.recipe, **options).seconds / arguments.seeds
            answers.append(f"{out}.json")
            if not Path(answers[-1]).exists():
                tinynq.predict(out, held, out=answers[-1], threads=arguments.threads, no_answer_threshold=-float("inf"))
        base = base or answers
        print(row(name, seconds, tinynq.compare(arguments.held, predictions=(answers, base), **ONE)), flush=True)


def record_of(arm: Arm, arguments: argparse.Namespace, folder: Path, miner: str) -> str:
    """The record of NQ windows that an arm is trained on, made where it is missing."""
    rates: dict[str, Any] = {"include_unknowns": 1.0} if arm.mined else dict(arm.nq)
    record = folder / f"nq-{'-'.join(f'{name}-{rate}' for name, rate in sorted(rates.items()))}.parquet"
    if not record.exists():
        tinynq.prepare(arguments.nq, out=str(record), **WINDOWS, **rates)
    if not arm.mined:
        return str(record)
    mined = folder / "nq-mined.parquet"
    if not mined.exists():
        tinynq.mine(str(record), run=miner, out=str(mined), per_page=1, threads=arguments.threads)
    return str(mined)


def row(name: str, seconds: float, compared: Comparison) -> str:
    """A line of the table."""
    cells = [name, f"{seconds:.0f}"]
    for test in (compared.long.own.test, compared.short.own.test):
        low, high = test.interval
        cells += [f"{test.f1[0]:.1%}", f"{test.difference:+.1%} ({low:+.1%} to {high:+.1%})"]
    return f"| {' | '.join(cells)} |"


def slug(name: str) -> str:
    """An arm's name as that of a file."""
    return "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-")


def main() -> None:
    """Read the command line."""
    options = parser(__doc__, seeds=2)
    options.add_argument("--nq", nargs="+", required=True, help="NQ pages to train on")
    options.add_argument("--squad", required=True, help="pages of `tinynq convert-squad`")
    options.add_argument("--held", nargs="+", required=True, help="NQ pages to score, with annotations")
    options.add_argument("--words", required=True, help="the encoder of the warm start")
    options.add_argument("--first", type=int, default=2000, help="updates on SQuAD before")
    options.add_argument("--steps", type=int, default=400, help="updates of an arm")
    options.add_argument("--only", nargs="*", help="arms beside the base")
    carry_out(run, options.parse_args())


if __name__ == "__main__":
    main()
