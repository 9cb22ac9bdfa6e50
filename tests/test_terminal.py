"""terminal: where output goes, and flags made from options."""

import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from tinynq.config import Checked, option
from tinynq.terminal import Screen, command, run_app, timed


@dataclass(frozen=True, kw_only=True)
class Fruit(Checked):
    count: int = option(3, "How many.")
    ripe: bool = option(True, "Whether to eat them now.")


def test_results_and_notes_go_their_own_ways(capsys: pytest.CaptureFixture[str]) -> None:
    for screen in (Screen(), Screen(quiet=True)):
        screen.result("the result")
        screen.note("a note")
    captured = capsys.readouterr()
    assert captured.out == "the result\nthe result\n"
    assert captured.err == "a note\n"


def test_a_passage_is_marked_where_a_person_sees_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "word " * 1000 + "the answer" + " word" * 1000
    Screen().marked(text, (5000, 5010))
    plain = capsys.readouterr().out
    assert plain.startswith("... word ") and "the answer" in plain and plain.endswith(" ...\n")
    assert plain.count("\n") == 1 and len(plain) < 1300
    monkeypatch.setattr(
        "rich.console.Console", partial(Console, force_terminal=True, width=80, color_system="standard")
    )
    Screen().marked(text, (5000, 5010))
    seen = capsys.readouterr().out
    assert "\x1b[1;7mthe answer\x1b[0m" in seen
    assert max(len(line) for line in seen.splitlines()) < 100
    Screen().marked("all of it\x1b[31m", None)
    assert capsys.readouterr().out == "all of it\N{REPLACEMENT CHARACTER}[31m\n"


def test_no_bar_is_shown_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with timed("work", "pages") as (progress, seconds):
        progress(1, 0.5)
    assert seconds() >= 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("unset", "expected"), [(False, {"count": 3, "ripe": False}), (True, {"ripe": False})])
def test_a_flag_a_field_and_only_what_was_given(unset: bool, expected: dict[str, Any]) -> None:
    app, seen = typer.Typer(), []

    @command(app, "eat", options=Fruit, unset=unset)
    def eat(*, options: dict[str, Any]) -> None:
        """Eat fruit."""
        seen.append(options)

    assert CliRunner().invoke(app, ["--no-ripe"]).exit_code == 0
    assert seen == [expected]
    assert "How many." in CliRunner().invoke(app, ["--help"]).output


def test_a_stop_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    app = typer.Typer()

    @command(app, "eat")
    def eat() -> None:
        """Eat for long."""
        raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("sys.argv", ["eat"])
    with pytest.raises(SystemExit) as stopped:
        run_app(app)
    signal.signal(signal.SIGTERM, before)
    assert stopped.value.code == 130
    assert capsys.readouterr().err == "tinynq: stopped; what was finished is kept\n"


def test_one_process_of_many_complains(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    app = typer.Typer()

    @command(app, "eat")
    def eat() -> None:
        """Eat."""

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("sys.argv", ["eat", "--fast"])
    for rank, lines in (("1", 0), ("0", 1)):
        monkeypatch.setenv("LOCAL_RANK", rank)
        with pytest.raises(SystemExit) as stopped:
            run_app(app)
        assert stopped.value.code == 2
        assert capsys.readouterr().err.count("\n") == lines
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_done_tells_its_status_whatever_comes(sent: signal.Signals) -> None:
    code = f"""
import os
from tinynq.cli import main

class Late:
    def __del__(self, kill=os.kill, process=os.getpid()):
        kill(process, {int(sent)})

late = Late()  # goes when Python clears up
main()
"""
    done = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("tinynq ")
