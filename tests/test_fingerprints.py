"""fingerprints: they change when a file does, and with nothing else."""

import os
from pathlib import Path

from tinynq.fingerprints import fingerprint, short_hash


def test_a_file_is_its_name_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "a"
    seen = [fingerprint([str(path)])]
    for content, time in ((b"one", 1), (b"two", 2), (b"four", 2)):
        path.write_bytes(content)
        os.utime(path, ns=(0, time))
        seen.append(fingerprint([str(path)]))
    path.rename(tmp_path / "b")
    seen.append(fingerprint([str(tmp_path / "b")]))
    assert len(set(seen)) == 5
    assert fingerprint([str(tmp_path / "b")]) == seen[-1]


def test_a_folder_is_its_files_and_a_prefix_those_that_begin_so(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "x").write_text("x")
    (tmp_path / "model.ckpt-6.index").write_text("x")
    folder, prefix = str(tmp_path / "deep"), str(tmp_path / "model.ckpt-6")
    before = fingerprint([folder]), fingerprint([prefix])
    (tmp_path / "deep" / "er" / "x").write_text("longer")
    (tmp_path / "model.ckpt-6.data").write_text("x")
    assert not {fingerprint([folder]), fingerprint([prefix])} & {*before}
    (tmp_path / "[x]").mkdir()  # is no pattern
    (tmp_path / "[x]" / "file").write_text("1")
    assert fingerprint([str(tmp_path / "[x]")]) != fingerprint([])


def test_the_order_counts_and_what_is_unknown_is_nothing(tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in "ab"]
    for path in paths:
        Path(path).write_text("x")
    assert fingerprint(paths) != fingerprint(paths[::-1])
    assert fingerprint(["-"]) == fingerprint([str(tmp_path / "none")]) == fingerprint([])


def test_hashes_are_of_values_not_of_their_order_in_a_dict() -> None:
    assert short_hash({"a": 1, "b": [2, None]}) == short_hash({"b": [2, None], "a": 1})
    assert len(short_hash([])) == 32
    assert short_hash([1, 2]) != short_hash([12])
