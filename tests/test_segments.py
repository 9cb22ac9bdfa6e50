"""segments: gzip files put together from pieces that were compressed apart."""

import gzip
import io
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinynq.errors import InputError
from tinynq.files import read_lines
from tinynq.segments import GzipOfSegments, segment


def joined(texts: list[bytes]) -> bytes:
    """The gzip file of the segments of texts."""
    file = io.BytesIO()
    with GzipOfSegments(file) as whole:
        for text in texts:
            whole.add(segment(text))
    return file.getvalue()


@given(st.lists(st.binary(max_size=300).flatmap(lambda data: st.sampled_from([data, data * 200]))))
def test_it_is_one_gzip_member_of_all_the_text(texts: list[bytes]) -> None:
    whole = joined(texts)
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)  # which ends with the first member, its checksum compared
    assert reader.decompress(whole) == b"".join(texts)
    assert reader.eof
    assert reader.unused_data == b""
    assert whole[3:8] == b"\0" * 5  # no flags, so no name, and no time


def test_a_segment_depends_on_its_text_alone() -> None:
    text = b"the same words again, " * 4000
    first, other = segment(text), segment(b"other words " * 4000)
    assert segment(text) == first
    assert (first.size, first.crc) == (len(text), zlib.crc32(text))
    assert gzip.decompress(joined([text, b"other words " * 4000, text])).endswith(text)
    assert first.data in joined([text])
    assert joined([text, text]).count(first.data) == 2
    assert other.data not in joined([text, text])


def test_a_file_that_is_cut_short_is_known_wherever_it_is_cut(tmp_path: Path) -> None:
    texts = [b"one page\n" * 50, b"another\n" * 50, b"the last\n"]
    whole = joined(texts)
    places = {len(joined(texts[:n])) - 10 for n in range(4)}  # after the header and each segment: 10 bytes end a file
    assert len(whole) - 10 in places
    for place in places | {len(whole) - 8, len(whole) - 1}:
        path = tmp_path / "cut.jsonl.gz"
        path.write_bytes(whole[:place])
        with pytest.raises(InputError, match="the gzip data is cut short; copy the file again"):
            list(read_lines(path))


def test_an_exception_leaves_the_file_without_its_end() -> None:
    file = io.BytesIO()
    with pytest.raises(KeyboardInterrupt), GzipOfSegments(file) as whole:
        whole.add(segment(b"text"))
        raise KeyboardInterrupt
    with pytest.raises(EOFError):
        gzip.decompress(file.getvalue())
