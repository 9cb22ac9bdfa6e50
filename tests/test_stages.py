"""stages: what makes one be done again, and what does not."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tinynq.fingerprints import fingerprint
from tinynq.stages import MANIFEST, Manifest, Stage


def stage(folder: Path, outputs: Sequence[str] = ("made",), **options: Any) -> Stage:
    paths = [str(folder / name) for name in outputs]

    def work(progress: object) -> None:
        for path in map(Path, paths):
            path.write_text("made")

    return Stage(name="make", unit="pages", inputs=[str(folder / "in")], outputs=paths, options=options, work=work)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").write_text("input")
    return tmp_path


def done(folder: Path, **options: Any) -> Manifest:
    manifest, made = Manifest(folder), stage(folder, **options)
    manifest.begin(made)
    made.work(lambda count, share: None)
    manifest.end(made)
    return manifest


def test_what_is_done_is_current_in_another_process_too(folder: Path) -> None:
    assert not Manifest(folder).is_current(stage(folder))
    assert done(folder, seed=1).is_current(stage(folder, seed=1))
    assert Manifest(folder).is_current(stage(folder, seed=1))


def test_other_options_inputs_and_outputs_make_it_stale(folder: Path) -> None:
    manifest = done(folder, seed=1)
    assert not manifest.is_current(stage(folder, seed=2))
    (folder / "made").write_text("by somebody else")
    assert not manifest.is_current(stage(folder, seed=1))
    manifest = done(folder, seed=1)
    (folder / "in").write_text("another input")
    assert not manifest.is_current(stage(folder, seed=1))
    manifest = done(folder, seed=1)
    (folder / "made").unlink()
    assert not manifest.is_current(stage(folder, seed=1))


def test_what_broke_off_has_begun_and_is_not_current(folder: Path) -> None:
    manifest = Manifest(folder)
    assert not manifest.has_begun(stage(folder))
    manifest.begin(stage(folder))
    (folder / "made").write_text("half")
    again = Manifest(folder)
    assert again.has_begun(stage(folder))
    assert not again.has_begun(stage(folder, seed=3))
    assert not again.is_current(stage(folder))


@pytest.mark.parametrize("content", ["", "[]", "{", '{"make": 3}', "\x8b"])
def test_a_damaged_manifest_only_means_that_all_is_done_again(folder: Path, content: str) -> None:
    done(folder)
    (folder / MANIFEST).write_text(content, encoding="latin-1")
    assert not Manifest(folder).is_current(stage(folder))
    assert done(folder).is_current(stage(folder))


def test_a_folder_stands_for_the_files_in_it(tmp_path: Path) -> None:
    inner = tmp_path / "run" / "deep"
    inner.mkdir(parents=True)
    before = fingerprint([str(tmp_path / "run")])
    (inner / "file").write_text("x")
    after = fingerprint([str(tmp_path / "run")])
    assert before != after == fingerprint([str(tmp_path / "run")])
