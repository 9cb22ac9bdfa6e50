"""Write docs/commands.md, the help of every command; --check only says whether it is current."""

import os
import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs" / "commands.md"
INTRODUCTION = """\
# Commands

What `tinynq COMMAND --help` prints. This page is made by `make docs`; `make check` fails when it is not current.
"""


def commands_page() -> str:
    """The page, from the commands as they are: 80 columns, no control characters on any terminal."""
    # Read by typer and rich when they are imported; the other variables would turn colours on.
    os.environ.update(COLUMNS="80", TERMINAL_WIDTH="80", NO_COLOR="1", TERM="dumb")
    for name in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS"):
        os.environ.pop(name, None)
    from typer.main import get_command
    from typer.testing import CliRunner

    from tinynq.cli import app

    names = sorted(getattr(get_command(app), "commands", {}))
    parts = [INTRODUCTION]
    for words in [[], *([name] for name in names)]:
        result = CliRunner().invoke(app, [*words, "--help"], prog_name="tinynq")
        if result.exit_code != 0:
            raise SystemExit(f"make_docs: 'tinynq {' '.join(words)} --help' failed: {result.output}")
        text = "\n".join(line.rstrip() for line in result.output.strip().splitlines())
        if found := re.search(r"[^\n -~\u00a0-\uffff]", text):
            raise SystemExit(f"make_docs: 'tinynq {' '.join(words)} --help' prints {found.group()!r}")
        parts.append(f"## {' '.join(['tinynq', *words])}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def main() -> None:
    """Write or check the page; exit with 1 when the check finds it out of date."""
    page = commands_page()
    if "--check" not in sys.argv[1:]:
        DOCS.write_text(page, encoding="utf-8")
    elif not DOCS.exists() or DOCS.read_text(encoding="utf-8") != page:
        raise SystemExit("docs/commands.md is not current: run 'make docs' and look at the difference")


if __name__ == "__main__":
    main()
