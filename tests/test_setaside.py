"""setaside: bad pages, a line each, in a part and in the file of all."""

from pathlib import Path

import pytest

from tinynq.errors import InputError, UsageError
from tinynq.setaside import bad_file, bad_lines, bad_pages


def test_errors_are_noted_where_they_are_wanted_and_raised_where_not(tmp_path: Path) -> None:
    assert bad_lines(tmp_path) == []
    with bad_pages(tmp_path, True) as on_bad:
        on_bad(InputError("a:1: no page"))
        on_bad(InputError("a:2: two\nlines \u00fc"))
    assert bad_lines(tmp_path) == ["a:1: no page", "a:2: two lines \u00fc"]
    with bad_pages(tmp_path, True):
        pass
    assert bad_lines(tmp_path) == []
    with bad_pages(tmp_path, False) as on_bad, pytest.raises(InputError, match="no page"):
        on_bad(InputError("no page"))


def test_the_file_of_all_is_written_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    with bad_file(str(path)) as bad:
        bad.write(["one", "\u00fc"])
        bad.write([])
        bad.write(["three"])
        assert not path.exists()
    assert (bad.count, path.read_text("utf-8")) == (3, "one\n\u00fc\nthree\n")
    with pytest.raises(ValueError), bad_file(str(path)) as bad:
        bad.write(["other"])
        raise ValueError
    assert path.read_text("utf-8").startswith("one")
    assert [each.name for each in tmp_path.iterdir()] == ["bad.txt"]


def test_without_a_file_they_are_counted(tmp_path: Path) -> None:
    with bad_file(None) as bad:
        bad.write(["one", "two"])
    assert bad.count == 2


def test_a_file_that_cannot_be_written_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"), bad_file(str(tmp_path)):
        raise AssertionError("the work was begun")
