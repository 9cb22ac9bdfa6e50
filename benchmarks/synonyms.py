"""Do synonym copies help? Two arms, the same updates, several seeds of each, compared on dev pages.

    python benchmarks/synonyms.py --train PAGES... --dev PAGES... --out FOLDER --init bert-tiny --share 0.1

A share of the train *questions* (by a hash, so that a smaller share lies within a larger one) is prepared
twice: plain, and with synonym copies of its answered pages. For each seed a reader is trained on either record
with the same options and number of updates, and answers the dev pages. What is in FOLDER already is not done
again, so that a run that was broken off goes on. The table is that of `tinynq compare`: A is with synonyms, B without.
"""

import argparse
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import msgspec
from arms import carry_out, parser

import tinynq
from tinynq.files import LineReader, atomic_write, expand

FEATURES = {"max_seq_length": int, "stride": int, "include_unknowns": float}
TRAINING = {"learning_rate": float, "dropout": float, "steps": int}
ARMS = {"synonyms": 0.2, "plain": 0.0}


class Question(msgspec.Struct):
    """All that is needed of a line."""

    question_text: str


def share_of(sources: Sequence[str], share: float) -> Iterator[bytes]:
    """The lines of the questions whose hash is below ``share``: a question's pages all stay, or all go."""
    decoder = msgspec.json.Decoder(Question)
    for _, line in LineReader(expand(sources)):
        question = decoder.decode(line).question_text
        digest = blake2b(f"share|{question}".encode(), digest_size=8).digest()
        if int.from_bytes(digest, "big") < share * 2**64:
            yield line


def run(arguments: argparse.Namespace) -> None:
    """Both arms, and the table."""
    folder: Path = arguments.out
    pages = folder / "train.jsonl"
    if not pages.exists():
        with atomic_write(pages) as file:
            file.writelines(line + b"\n" for line in share_of(arguments.train, arguments.share))
    predictions: dict[str, list[str]] = {arm: [] for arm in ARMS}
    for arm, rate in ARMS.items():
        record = str(folder / f"{arm}.parquet")
        if not Path(record).exists():
            tinynq.prepare(
                str(pages), out=record, synonyms=rate, **{name: getattr(arguments, name) for name in FEATURES}
            )
    for seed in range(arguments.seeds):
        for arm in ARMS:
            trained, answers = str(folder / f"{arm}-{seed}"), str(folder / f"{arm}-{seed}.json")
            options = {name: getattr(arguments, name) for name in TRAINING} | {"threads": arguments.threads}
            summary = tinynq.train(
                str(folder / f"{arm}.parquet"), out=trained, init=arguments.init, recipe="fast",
                seed=seed, resume=True, **options,
            )  # fmt: skip
            if not Path(answers).exists():
                tinynq.predict(trained, arguments.dev, out=answers, threads=arguments.threads)
            predictions[arm].append(answers)
            report = tinynq.evaluate(arguments.dev, predictions=answers)
            print(
                f"{arm:9} seed {seed}: {summary.steps} updates, loss {summary.loss:.3f}, {summary.seconds:.0f} s; "
                f"long F1 {report.long.best.f1:.1%}, short F1 {report.short.best.f1:.1%}",
                flush=True,
            )
    compared = tinynq.compare(arguments.dev, predictions=(predictions["synonyms"], predictions["plain"]))
    print(*compared.lines(), sep="\n")


def main() -> None:
    """Read the command line."""
    options = parser(__doc__, seeds=3)
    options.add_argument("--train", nargs="+", required=True, help="NQ files, globs or folders")
    options.add_argument("--dev", nargs="+", required=True, help="NQ files, globs or folders, with annotations")
    options.add_argument("--init", required=True, help="as for tinynq train")
    options.add_argument("--share", type=float, default=1.0, help="of the train questions")
    defaults = {"max_seq_length": 128, "stride": 96, "include_unknowns": 0.02, "learning_rate": 1e-3, "dropout": 0.1}
    for name, kind in {**FEATURES, **TRAINING}.items():
        options.add_argument(f"--{name.replace('_', '-')}", type=kind, default=defaults.get(name, 600))
    carry_out(run, options.parse_args())


if __name__ == "__main__":
    main()
