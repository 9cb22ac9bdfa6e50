"""workers: parts in the order of shards, whoever makes them; kept after an error; nobody left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import tinynq
from tinynq.config import WorkerOptions
from tinynq.errors import InputError, UsageError, WorkerError
from tinynq.files import atomic_write
from tinynq.storage import hold
from tinynq.types import Progress, no_progress
from tinynq.workers import part_folder, run_shards


@dataclass(frozen=True)
class Shout:
    """The text of a shard in capitals; a shard may also say what is to go wrong. Each call is a line of ``calls``."""

    calls: str
    mark: str = "!"

    def __call__(self, shard: str, part: Path, progress: Progress) -> None:
        text = sys.stdin.read() if shard == "-" else Path(shard).read_text()
        with open(self.calls, "a") as file:
            file.write(f"{os.path.basename(shard)} {os.getpid()}\n")
        progress(1, 0.5)
        if text.startswith("sleep"):
            time.sleep(float(text.split()[1]))
        if text.startswith("die"):
            os.kill(os.getpid(), signal.SIGKILL)
        if text.startswith("bad"):
            raise InputError(f"{shard}: {text}")
        with atomic_write(part) as file:
            file.write((text.upper() + self.mark).encode())
        progress(2, 1.0)


class Place:
    """Shards, the folder of their parts, and who was called."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.calls, self.shards = folder / ".out.parts", folder / "calls", list[str]()
        self._home = folder

    def write(self, *texts: str) -> None:
        for i, text in enumerate(texts):
            (self._home / f"{i}.txt").write_text(text)
        self.shards = [str(self._home / f"{i}.txt") for i in range(len(texts))]

    def run(
        self, workers: int = 1, *, mark: str = "!", progress: Progress = no_progress, ahead: int | None = None,
        shards: Sequence[str] = (), tidy: bool = True,
    ) -> list[str]:  # fmt: skip
        parts = run_shards(
            Shout(str(self.calls), mark), shards or self.shards, folder=self.folder,
            options=WorkerOptions(workers=workers), progress=progress, ahead=ahead, tidy=tidy,
        )  # fmt: skip
        return [part.read_text() for part in parts]

    def called(self) -> list[str]:
        """The shards that work was done on since it was last asked."""
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        self.calls.unlink(missing_ok=True)
        return sorted(line.split()[0] for line in lines)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("workers", [0, 1, 2, 5])
def test_parts_come_in_the_order_of_the_shards(place: Place, workers: int) -> None:
    place.write("sleep 0.3", "b", "", "d" * 9999, "e")
    expected = ["SLEEP 0.3!", "B!", "!", "D" * 9999 + "!", "E!"]
    assert place.run(workers) == expected
    assert len(place.called()) == 5
    assert place.run(workers) == expected
    assert place.called() == []  # all were there


def test_the_same_shard_twice_is_two_parts(place: Place) -> None:
    place.write("a")
    assert place.run(2, shards=place.shards * 2) == ["A!", "A!"]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_finished_is_kept_after_an_error(place: Place, workers: int) -> None:
    place.write("a", "b", "bad thing", "d")
    with pytest.raises(InputError, match=r"2\.txt: bad thing"):
        place.run(workers)
    done = set(place.called())
    assert {"0.txt", "1.txt", "2.txt"} <= done
    Path(place.shards[2]).write_text("mended")
    assert place.run(workers) == ["A!", "B!", "MENDED!", "D!"]
    assert not set(place.called()) & {"0.txt", "1.txt"}


@pytest.mark.parametrize("workers", [1, 3])
def test_the_error_of_the_earliest_shard_is_raised(place: Place, workers: int) -> None:
    place.write("a", "sleep 0.5", "bad second", "bad third")
    Path(place.shards[1]).write_text("bad first")
    with pytest.raises(InputError, match="bad first"):
        place.run(workers)


def test_parts_of_other_input_options_or_versions_are_deleted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    def names() -> set[str]:
        return {path.name for path in place.folder.iterdir()}

    place.write("a", "b")
    place.run()
    before, _ = names(), place.called()
    Path(place.shards[1]).write_text("other")
    assert place.run() == ["A!", "OTHER!"]
    assert place.called() == ["1.txt"] and len(names()) == 2 and len(before & names()) == 1
    before = names()
    assert place.run(mark="?") == ["A?", "OTHER?"]
    assert place.called() == ["0.txt", "1.txt"] and len(names()) == 2 and not before & names()
    before = names()
    monkeypatch.setattr(tinynq, "__version__", "99")
    place.run(mark="?")
    assert place.called() == ["0.txt", "1.txt"] and len(names()) == 2 and not before & names()


def test_what_a_killed_process_left_is_deleted_and_what_it_may_go_on_with_is_not(place: Place, tmp_path: Path) -> None:
    place.write("a")
    place.run()
    (part,) = place.folder.iterdir()
    part.rename(place.folder / f"{part.name}.partial")
    (place.folder / f".{part.name}.0123abcd.tmp").mkdir()
    (place.folder / "00000-other.partial").mkdir()
    with pytest.raises(ValueError), part_folder(str(tmp_path / "out")):
        place.run()
        raise ValueError
    assert {path.name for path in place.folder.iterdir()} == {part.name, f"{part.name}.partial"}


def test_parts_of_others_stay_where_the_folder_is_shared(place: Place) -> None:
    place.write("a")
    place.run(tidy=False)
    place.run(mark="?", tidy=False)
    assert len(list(place.folder.iterdir())) == 2


def test_what_may_have_changed_unnoticed_is_done_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        for _ in range(2):
            assert place.run(2, shards=["-", "-"]) == ["!", "!"]  # by this process: standard input is its own
    assert place.called() == ["-"] * 4


def test_a_worker_that_ends_by_itself_is_one_line_that_says_what_to_do(place: Place) -> None:
    place.write("a", "die", "c")
    with pytest.raises(WorkerError) as caught:
        place.run(2)
    assert str(caught.value).startswith(f"{place.shards[1]}: a worker ended in the midst of it (killed, or out of")
    assert "start again: what is finished is kept, and fewer --workers need less memory" in str(caught.value)
    place.write("a", "better", "c")
    assert place.run(2) == ["A!", "BETTER!", "C!"]


def test_jobs_are_begun_only_so_far_ahead(place: Place) -> None:
    place.write("sleep 1", "b", "c", "d")
    options = WorkerOptions(workers=2)
    work = Shout(str(place.calls))
    parts = run_shards(work, place.shards, folder=place.folder, options=options, progress=no_progress, ahead=2)
    assert next(parts).read_text() == "SLEEP 1!"
    assert place.called() == ["0.txt", "1.txt"]
    assert len(list(parts)) == 3


def test_workers_end_with_the_run(place: Place) -> None:
    place.write("a", "sleep 60", "sleep 60")
    began = time.monotonic()
    options = WorkerOptions(workers=2)
    work = Shout(str(place.calls))
    parts = run_shards(work, place.shards, folder=place.folder, options=options, progress=no_progress)
    next(parts)
    parts.close()
    assert time.monotonic() - began < 30
    assert not alive(place)


def test_workers_end_when_their_parent_is_killed(place: Place, tmp_path: Path) -> None:
    place.write("sleep 60", "sleep 60")
    code = (
        "import sys; from test_workers import *; from pathlib import Path\n"
        f"place = Place(Path({str(tmp_path)!r})); place.shards = {place.shards}; place.run(2)"
    )
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    parent = subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path})
    wait_for(lambda: place.calls.exists() and place.calls.read_text().count("\n") == 2)
    assert len(alive(place)) == 2
    parent.kill()
    parent.wait()
    wait_for(lambda: not alive(place))


def alive(place: Place) -> list[int]:
    """The workers that have been called and still run."""
    found = []
    for line in place.calls.read_text().splitlines():
        pid = int(line.split()[1])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            continue
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or ") Z" not in state.read_text():  # ended, and nobody has asked how
            found.append(pid)
    return found


def wait_for(condition: object, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.05)


# --- progress


@pytest.mark.parametrize("workers", [1, 2])
def test_the_last_word_of_progress_is_that_all_is_done(place: Place, workers: int) -> None:
    place.write("a", "b", "c", "d")
    told: list[tuple[int, float]] = []
    place.run(workers, progress=lambda count, share: told.append((count, share)))
    assert told[-1] == (8, 1.0)


# --- the folder of the parts


def test_the_parts_lie_beside_the_output_and_go_with_success(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out.json"
    with part_folder(str(out)) as folder:
        assert folder == out.parent / ".out.json.parts"
        (folder / "part").write_text("made")
    assert list(out.parent.iterdir()) == []
    (tmp_path / "link").symlink_to("new/out.json")
    with part_folder(f"file://{tmp_path}/link") as folder:
        assert folder == out.parent / ".out.json.parts"


def test_after_an_error_the_parts_stay_and_nothing_else(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    with pytest.raises(KeyboardInterrupt), part_folder(out):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError), part_folder(out) as folder:
        (folder / "part").write_text("made")
        (folder / ".part.01234567.tmp").mkdir()
        raise ValueError
    assert [path.name for path in folder.iterdir()] == ["part"]


def test_a_kill_while_parts_are_deleted_leaves_none_that_is_half_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next start would take it for a finished one."""
    out = str(tmp_path / "out")

    def interrupted(path: Path) -> None:
        next(path.iterdir()).unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt), part_folder(out) as folder:
        for name in ("first", "second"):
            (folder / name).mkdir()
            for file in ("about.json", "windows.arrow"):
                (folder / name / file).write_text("made")
        patched.setattr("tinynq.files.shutil.rmtree", interrupted)
    whole = [path for path in folder.iterdir() if not path.name.startswith(".")]
    assert len(whole) == 1 and len(list(whole[0].iterdir())) == 2
    with part_folder(out):
        pass
    assert not list(tmp_path.iterdir())


def test_two_processes_do_not_write_one_output(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    with part_folder(out), pytest.raises(UsageError) as caught, part_folder(out):
        pass
    assert str(caught.value) == f"{out}: is being written by another process; wait for its end, or choose another --out"
    with part_folder(out) as folder:
        assert folder.is_dir()


def test_a_place_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    message = "file/out: cannot be written: (Not a directory|File exists)"
    with pytest.raises(UsageError, match=message), part_folder(str(tmp_path / "file" / "out")):
        pass


def test_beside_a_pipe_or_a_storage_is_no_place(tmp_path: Path, cache: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for out in (os.devnull, str(tmp_path / "pipe")):
        with part_folder(out) as folder, part_folder(out) as another:  # as many as one likes
            assert folder.is_dir() and folder != another
            assert not folder.is_relative_to(tmp_path) and folder.parent != Path(os.devnull).parent
        assert not folder.exists()
    with pytest.raises(ValueError), part_folder("memory://x/out") as folder:
        (folder / "part").write_text("made")
        raise ValueError
    with part_folder("memory://x/out") as again:
        assert again == folder and (again / "part").exists() and again.parent == cache / "parts"
    assert not again.exists()


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    held = hold(tmp_path)
    with pytest.raises(BlockingIOError):
        hold(tmp_path)
    os.close(held)
    os.close(hold(tmp_path))
    with pytest.raises(FileNotFoundError):
        hold(tmp_path / "none")
