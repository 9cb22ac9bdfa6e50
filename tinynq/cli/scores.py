"""Commands about scores: eval, eval-squad, calibrate, compare."""

import json
from typing import Annotated, Any

import typer

import tinynq
from tinynq.cli.arguments import Json, Pages, Run, SkipBad, app, note_bad, show_result
from tinynq.config import CompareOptions, EvalOptions, ForwardOptions, GoldOptions, SquadOptions
from tinynq.errors import UsageError
from tinynq.terminal import command, screen


@command(app, "eval", options=(EvalOptions, GoldOptions))
def evaluate(
    pages: Pages,
    *,
    predictions: Annotated[str, typer.Option(help="The predictions file to score.")],
    json_: Annotated[bool, typer.Option("--json", help="Print exactly the official keys and values.")] = False,
    full_json: Annotated[bool, typer.Option("--full-json", help="Print all there is to know, as JSON.")] = False,
    page: Annotated[
        str | None, typer.Option("--report", help="Also write an HTML page with curves and examples.")
    ] = None,
    skip_bad: SkipBad = None,
    options: dict[str, Any],
) -> None:
    """Score predictions as the official evaluation does.

    Example: tinynq eval nq-dev-*.jsonl.gz --predictions predictions.json
    """
    common: dict[str, Any] = {"predictions": predictions, "skip_bad": skip_bad, **options}
    with screen.stage("eval", "pages") as progress:
        if page is None:
            report = tinynq.evaluate(pages, progress=progress, **common)
        else:
            written = tinynq.write_report(pages, out=page, progress=progress, **common)
            report = written.report
    note_bad(report.bad_pages, skip_bad)
    if page is not None:
        screen.note(f"written: {', '.join(written.files)}")
    if json_ or full_json:
        screen.result(json.dumps(report.as_dict() if full_json else report.official()))
        return
    for line in report.lines():
        screen.result(line)


@command(app, "eval-squad", options=SquadOptions)
def evaluate_squad(
    reader: Run,
    file: Annotated[str, typer.Argument(help="A SQuAD v1.1 file, or a URL of one.")],
    *,
    out: Annotated[str | None, typer.Option(help="Also write the answers, as SQuAD's own script reads them.")] = None,
    json_: Json = False,
    options: dict[str, Any],
) -> None:
    """Answer SQuAD's questions, and score as its official script does.

    Example: tinynq eval-squad runs/tiny dev-v1.1.json --out answers.json
    """
    with screen.stage("eval-squad", "questions") as progress:
        scores = tinynq.evaluate_squad(reader, file, out=out, progress=progress, **options)
    show_result(scores, as_json=json_)


@command(app, "calibrate", options=ForwardOptions)
def calibrate(run: Run, pages: Pages, *, json_: Json = False, options: dict[str, Any]) -> None:
    """Fit what a run's scores mean on pages held out, and note it in the run.

    Chosen are the rule by which logits become answers, thresholds, and the probabilities that `tinynq ask` gives.

    Example: tinynq calibrate runs/tiny held-out.jsonl.gz
    """
    with screen.stage("calibrate", "pages") as progress:
        fitted = tinynq.calibrate(run, pages, progress=progress, **options)
    show_result(fitted, as_json=json_)


@command(app, "compare", options=(CompareOptions, GoldOptions))
def compare(
    pages: Pages,
    *,
    predictions: Annotated[
        tuple[str, str],
        typer.Option(help="Two predictions files; or a quoted glob each, of the runs of one system.", metavar="A B"),
    ],
    json_: Json = False,
    skip_bad: SkipBad = None,
    options: dict[str, Any],
) -> None:
    """Compare two systems: differences, intervals, p-values, pages.

    Example: tinynq compare nq-dev-*.jsonl.gz --predictions a.json b.json
    """
    if predictions[1] == "--predictions":
        raise UsageError("--predictions takes both systems at once: --predictions a.json b.json")
    with screen.stage("compare", "pages") as progress:
        comparison = tinynq.compare(pages, predictions=predictions, skip_bad=skip_bad, progress=progress, **options)
    note_bad(comparison.bad_pages, skip_bad)
    show_result(comparison, as_json=json_)
