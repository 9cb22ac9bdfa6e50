"""Commands about pages and records: fetch, merge, prepare, mine, convert, convert-squad, show, stats."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

import tinynq
from tinynq.cli.arguments import Json, Pages, SkipBad, app, note_bad, show_result
from tinynq.config import (
    ClusterOptions,
    FetchOptions,
    MergeOptions,
    MineOptions,
    PageOptions,
    PrepareOptions,
    Purpose,
    Split,
    SquadPart,
    WorkerOptions,
)
from tinynq.terminal import command, screen, timed

if TYPE_CHECKING:
    from tinynq.download import FetchPlan


@command(app, "fetch", options=FetchOptions)
def fetch(
    split: Annotated[Split, typer.Argument(help="Which part of the release.")],
    *,
    to: Annotated[str, typer.Option(help="The folder for the files.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before a transfer begins.")] = False,
    options: dict[str, Any],
) -> None:
    """Fetch what is missing of the NQ release; what broke off goes on.

    Example: tinynq fetch train --shards 0:10 --to nq
    """

    def confirm(plan: "FetchPlan") -> None:
        text = (
            f"{to}: {_files(plan.files)}, {plan.bytes / 1e6:,.1f} MB to fetch, {plan.present:,} there already; "
            f"{plan.free / 1e9:,.1f} GB free"
        )
        if yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
            screen.note(text)
        else:
            typer.confirm(f"{text}. Go on?", default=True, abort=True, err=True)

    with timed("fetch", "MB") as (progress, seconds):
        summary = tinynq.fetch(
            split, to=to, confirm=confirm, progress=lambda count, share: progress(count // 10**6, share), **options
        )
    present = len(summary.paths) - summary.fetched
    screen.note(
        f"{to}: {_files(summary.fetched)} fetched ({summary.bytes / 1e6:,.1f} MB in {seconds():.1f} s), "
        f"{present:,} there already"
    )
    if split == "dev" and options["format"] == "simplified":
        screen.note("nq-dev-all.jsonl.gz is in the original format, as the release has it; `tinynq merge --simplify`")


@command(app, "merge", options=(MergeOptions, WorkerOptions))
def merge(
    pages: Pages,
    *,
    out: Annotated[str, typer.Option(help="A .jsonl or .jsonl.gz file to write; with --shards a folder.")],
    skip_bad: SkipBad = None,
    options: dict[str, Any],
) -> None:
    """Merge, choose, divide or simplify the pages of NQ files.

    Example: tinynq merge nq-train-*.jsonl.gz --simplify --out train.jsonl.gz
    """
    with timed("merge", "pages") as (progress, seconds):
        summary = tinynq.merge(pages, out=out, skip_bad=skip_bad, progress=progress, **options)
    took = seconds()
    left_out = "".join(f", {count:,} left out by --{name}" for name, count in summary.left_out.items())
    files = f" in {_files(len(summary.paths))}" if options.get("shards") else ""
    screen.note(
        f"{out}: {summary.written:,} of {summary.read:,} pages{files}{left_out}; {summary.bytes_written / 1e6:,.1f} MB "
        f"of text in {took:.1f} s (read at {summary.bytes_read / 1e6 / took:,.0f} MB/s)"
    )
    note_bad(summary.bad, skip_bad)
    if summary.missing:
        first = ", ".join(summary.missing[:10]) + (", ..." if len(summary.missing) > 10 else "")
        screen.note(f"{options['ids']}: {len(summary.missing):,} ids not found: {first}")


@command(app, "prepare", options=(PrepareOptions, ClusterOptions))
def prepare(
    pages: Pages,
    *,
    out: Annotated[str, typer.Option(help="The record to write, Parquet; the original's TFRecord if named .tfrecord.")],
    for_: Annotated[Purpose, typer.Option("--for", help="What the record is for.")] = "train",
    skip_bad: SkipBad = None,
    options: dict[str, Any],
) -> None:
    """Make a record of windows from NQ pages.

    Example: tinynq prepare nq-train-*.jsonl.gz --out train.parquet
    """
    from tinynq.augment import summary

    with timed("prepare", "pages") as (progress, seconds):
        info = tinynq.prepare(pages, out=out, for_=for_, skip_bad=skip_bad, progress=progress, **options)
    kinds = ", ".join(
        f"{count:,} {kind}" for kind, count in info.counts.items() if kind not in ("pages", "windows", "bad")
    )
    screen.note(
        f"{out}: {info.counts['windows']:,} windows of {info.counts['pages']:,} pages"
        f"{f' ({kinds})' if kinds else ''} in {seconds():.1f} s"
    )
    note_bad(info.counts.get("bad", 0), skip_bad)
    for line in summary(info.synonyms) if info.synonyms else ():
        screen.note(line)


@command(app, "mine", options=MineOptions)
def mine(
    record: Annotated[str, typer.Argument(help="A record for training, best made with --include-unknowns 1.")],
    *,
    run: Annotated[str, typer.Option(help="The run, or bundled reader, that looks for answers.")],
    out: Annotated[str, typer.Option(help="The record to write.")],
    options: dict[str, Any],
) -> None:
    """Keep the windows without an answer in which a run would find one.

    Windows with an answer are all kept.

    Example: tinynq mine all.parquet --run runs/mini --out hard.parquet
    """
    with timed("mine", "windows") as (progress, seconds):
        mined = tinynq.mine(record, run=run, out=out, progress=progress, **options)
    screen.note(
        f"{out}: {mined.answered:,} windows with an answer, and {mined.kept:,} of {mined.unanswered:,} without, "
        f"in {seconds():.1f} s"
    )


@command(app, "convert", options=PageOptions, unset=True)
def convert(
    record: Annotated[str, typer.Argument(help="A record, or a TFRecord of the original for training.")],
    out: Annotated[str, typer.Argument(help="The other: named .parquet, .tfrecord or .tfrecord.gz.")],
    *,
    options: dict[str, Any],
) -> None:
    """Make a TFRecord of a record, or a record of a TFRecord.

    The options say what a TFRecord does not.

    Example: tinynq convert train_0-10_record train.parquet
    """
    with timed("convert", "windows") as (progress, seconds):
        info = tinynq.convert(record, out=out, progress=progress, **options)
    screen.note(f"{out}: {info.counts['windows']:,} windows in {seconds():.1f} s")


@command(app, "convert-squad", options=SquadPart)
def convert_squad(
    file: Annotated[str, typer.Argument(help="A SQuAD v1.1 file, or a URL of one.")],
    out: Annotated[str, typer.Argument(help="The NQ pages to write, a .jsonl.gz file.")],
    *,
    options: dict[str, Any],
) -> None:
    """Make NQ pages of SQuAD's questions, one paragraph each.

    Example: tinynq convert-squad train-v1.1.json squad.jsonl.gz
    """
    with timed("convert-squad", "questions") as (progress, seconds):
        converted = tinynq.convert_squad(file, out=out, progress=progress, **options)
    screen.note(f"{out}: {converted.pages:,} pages in {seconds():.1f} s; {converted.left_out:,} questions left out")


@command(app, "show", options=PageOptions)
def show(
    pages: Pages,
    *,
    id_: Annotated[str, typer.Option("--id", help="The example id of the page.")],
    options: dict[str, Any],
) -> None:
    """Print a page, its annotations, and its labelled windows.

    Example: tinynq show nq-dev-00.jsonl.gz --id 5225754983651766092
    """
    lines: list[str] = []
    try:
        with screen.stage("show", "pages") as progress:
            lines.extend(tinynq.show(pages, example_id=id_, progress=progress, **options))
    finally:  # where annotations contradict themselves, all else is shown
        for line in lines:
            screen.result(line)


@command(app, "stats", options=PageOptions, unset=True)
def stats(
    sources: Annotated[list[str], typer.Argument(help="NQ pages as for prepare, or records.")],
    *,
    json_: Json = False,
    skip_bad: SkipBad = None,
    options: dict[str, Any],
) -> None:
    """Count answer types, windows a page, and answers cut off.

    Example: tinynq stats nq-train-*.jsonl.gz
    """
    with screen.stage("stats", "pages") as progress:
        counted = tinynq.stats(sources, skip_bad=skip_bad, progress=progress, **options)
    note_bad(counted.bad, skip_bad)
    show_result(counted, as_json=json_)


def _files(count: int) -> str:
    return f"{count:,} file{'' if count == 1 else 's'}"
