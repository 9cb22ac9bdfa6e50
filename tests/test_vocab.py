"""The vocabulary: BERT's with the NQ markers, and BERT's tokenizer over it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import BertTokenizer

from tinynq import lexicon
from tinynq import vocab as vocab_module
from tinynq.errors import InputError
from tinynq.pages import read_pages
from tinynq.vocab import MARKERS, SPECIAL, Vocab, with_markers

PLAIN = [*SPECIAL, "[MASK]", "the", "book", "Book", "##s", "u", "##ber", "über", "[", "]", "1"]
WORDS = [
    *(
        "Müller",
        "naïve",
        "İstanbul",
        "São",
        "ﬁne",
        "Straße",
        "ΑΒΓ",
        "東京",
        "한국어",
        "नमस्ते",
        "e\u0301",
        "ＡＢＣ",
        "🙂",
    ),
    *("1,234.56", "U.S.", "it's", "''", "``", "—", "...", "e-mail", "don’t", "<P>", "$5", "#1", "@home", "²³", "½"),
    *("10\u202fkm", "a\xa0b", "c\u3000d", "\u00adsoft", "x\u200by", "a\tb", "antidisestablishmentarianism", "x" * 201),
]


@pytest.fixture(scope="module")
def vocab() -> Vocab:
    return Vocab.load()


@pytest.fixture(scope="module")
def oracle(vocab: Vocab, tmp_path_factory: pytest.TempPathFactory) -> BertTokenizer:
    path = tmp_path_factory.mktemp("vocab") / "vocab.txt"
    path.write_text(vocab.text, "utf-8")
    return BertTokenizer(str(path))


def plain(path: Path) -> str:
    path.write_text("\n".join(PLAIN) + "\n", "utf-8")
    return str(path)


def test_markers_in_a_plain_vocabulary_make_that_of_nq(shared: Path, vocab: Vocab) -> None:
    assert vocab.text == (shared / "data/vocab-nq.txt").read_text("utf-8")


def test_the_shipped_vocabulary_has_no_markers_of_its_own() -> None:
    path = Path(vocab_module.__file__).parent / "data/bert-uncased-vocab.txt"
    tokens = path.read_text("utf-8").rstrip("\n").split("\n")
    assert len(tokens) == 30522 and not set(tokens) & set(MARKERS)
    marked = with_markers(tokens)
    assert marked[104 : 104 + len(MARKERS)] == MARKERS
    assert [a for a, b in zip(tokens, marked, strict=True) if a != b] == [
        f"[unused{i}]" for i in range(99, 99 + len(MARKERS))
    ]
    assert with_markers(marked) == marked


def test_markers_are_appended_where_the_unused_slots_run_out() -> None:
    tokens = with_markers([*PLAIN, "[unused99]", "[unused100]", "end"])
    assert tokens[: len(PLAIN) + 3] == [*PLAIN, *MARKERS[:2], "end"]
    assert tokens[len(PLAIN) + 3 :] == MARKERS[2:]
    assert with_markers(PLAIN) == PLAIN + MARKERS


def test_a_file_may_have_either_line_end(tmp_path: Path) -> None:
    vocab = Vocab.load(plain(tmp_path / "vocab.txt"))
    (tmp_path / "dos.txt").write_bytes("".join(f"{token}\r\n" for token in PLAIN).encode())
    assert Vocab.load(str(tmp_path / "dos.txt")).sha256 == vocab.sha256
    (tmp_path / "again.txt").write_text(vocab.text, "utf-8")
    assert Vocab.load(str(tmp_path / "again.txt")).tokens == vocab.tokens


def test_the_hash_tells_vocabularies_apart(tmp_path: Path) -> None:
    path = plain(tmp_path / "vocab.txt")
    hashes = {Vocab.load(path).sha256, Vocab.load(path, cased=True).sha256, Vocab([*PLAIN, "more"]).sha256}
    assert len(hashes) == 3


def test_cased_keeps_case_and_accents() -> None:
    def words(cased: bool, word: str) -> list[str]:
        vocab = Vocab(PLAIN, cased=cased)
        return [vocab.tokens[i] for i in vocab.encode(word)]

    assert words(False, "Books") == ["book", "##s"] and words(True, "Books") == ["Book", "##s"]
    assert words(False, "Über") == ["u", "##ber"] and words(True, "Über") == ["[UNK]"]
    assert words(True, "über") == ["über"]


def test_a_word_in_brackets_is_unknown_whatever_it_says(vocab: Vocab) -> None:
    for word in (*MARKERS, *SPECIAL, "[MASK]", "[1]", "[]", "[Other=1]", "[1][2]", "[ Q ]"):
        assert vocab.encode(word) == (vocab.unk,)
    assert [vocab.tokens[i] for i in vocab.encode("[citation")] == ["[", "citation"]
    assert vocab.unk not in vocab.encode("a[1]")


def test_no_word_becomes_a_control_id(vocab: Vocab) -> None:
    control = {vocab.ids[token] for token in (*MARKERS, "[CLS]", "[SEP]", "[PAD]", "[MASK]")}
    for token in (*MARKERS, "[CLS]", "[SEP]", "[PAD]", "[MASK]"):
        for word in (token, f"x{token}", f"{token}.", token.lower(), token * 2):
            assert control.isdisjoint(vocab.encode(word))


def test_markers_are_found_and_what_is_no_marker_is_unknown(vocab: Vocab) -> None:
    assert [vocab.marker(m) for m in ("[Q]", "[ContextId=-1]", "[NoLongAnswer]", "[Paragraph=1]")] == [
        104,
        259,
        107,
        109,
    ]
    assert vocab.marker("[ContextId=51]") == vocab.marker("[Other=1]") == vocab.unk


def test_words_that_leave_nothing_have_no_pieces(vocab: Vocab) -> None:
    for word in ("", " ", "\t", "\u202f", "\xa0", "\ufeff", "\u200b", "\x00"):
        assert vocab.encode(word) == ()


def test_a_word_of_more_than_200_characters_is_unknown(vocab: Vocab) -> None:
    assert vocab.unk not in vocab.encode("a" * 200)
    assert vocab.encode("a" * 201) == (vocab.unk,)


@pytest.mark.parametrize("word", WORDS)
def test_words_are_tokenized_as_by_bert(vocab: Vocab, oracle: BertTokenizer, word: str) -> None:
    assert list(vocab.encode(word)) == oracle.encode(word, add_special_tokens=False)


def test_the_words_of_real_pages_are_tokenized_as_by_bert(shared: Path, vocab: Vocab, oracle: BertTokenizer) -> None:
    pages = read_pages([str(shared / "data/nq-real")], annotated=False)
    words = {word for page in pages for word in (*page.tokens, *page.question.split(" "))}
    words = {word for word in words if " " not in word and not (word[:1] == "[" and word[-1:] == "]")}
    assert len(words) > 3000
    assert [w for w in words if list(vocab.encode(w)) != oracle.encode(w, add_special_tokens=False)] == []


@given(st.text(st.characters(codec="utf-8", exclude_characters="[] "), max_size=30))
def test_any_word_is_tokenized_as_by_bert(vocab: Vocab, oracle: BertTokenizer, word: str) -> None:
    assert list(vocab.encode(word)) == oracle.encode(word, add_special_tokens=False)


def test_many_words_at_once_are_encoded_as_each_by_itself() -> None:
    vocab = Vocab.load()
    words = ["The", "bookshelves", "", "U.S.", "\u200b", "the", "[Q]", "don't", "中文", "The"]
    ids, lengths = vocab.encode_all(words)
    assert lengths.tolist() == [len(vocab.encode(word)) for word in words]
    assert ids.tolist() == [i for word in words for i in vocab.encode(word)]
    assert [len(found) for found in Vocab.load().encode_all([])] == [0, 0]
    assert [found.tolist() for found in Vocab.load().encode_all([""])] == [[], [0]]


def test_the_words_of_a_new_lexicon_are_cut_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon, "MAX_WORDS", 2)
    vocab = Vocab(PLAIN)
    found = [vocab.encode(word) for word in ("the", "book", "books", "the", "book")]
    assert found[:2] == found[3:] and len(lexicon.shared_lexicon()) <= 2


def test_a_vocabulary_can_be_sent_to_another_process(vocab: Vocab) -> None:
    cased = Vocab(PLAIN, cased=True)
    (make, said), (_, of_nq) = cased.__reduce__(), vocab.__reduce__()
    sent = make(*said)
    assert (sent.sha256, sent.cased, repr(sent)) == (cased.sha256, True, repr(cased))
    assert make(*said) is sent  # with the words that it knows
    assert make(*of_nq).tokens == vocab.tokens


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"the\nbook\n", r"no \[PAD\], \[UNK\], \[CLS\], \[SEP\] in it"),
        (b"\xff\xfe", "utf-8"),
        (b"", "no"),
        (None, "No such file"),
    ],
)
def test_what_is_no_vocabulary_is_an_error(tmp_path: Path, content: bytes | None, found: str) -> None:
    path = tmp_path / "vocab.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=found) as error:
        Vocab.load(str(path))
    assert str(error.value).startswith(f"{path}: ") and "expected the vocab.txt of a BERT model" in str(error.value)
    assert "\n" not in str(error.value)
