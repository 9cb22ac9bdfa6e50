"""The pieces of words: those of the tokenizers library, whichever of the two cuts the word."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from tinynq.lexicon import Lexicon, Tokens
from tinynq.pieces import LONGEST_WORD, Pieces
from tinynq.vocab import Vocab

VOCAB = Vocab.load()


def pieces(lexicon: Lexicon, *, cased: bool = False) -> Pieces:
    return Pieces(lexicon, VOCAB.ids, unknown=VOCAB.unk, cased=cased, encode=lambda word: [-1])


def oracle(cased: bool) -> Tokenizer:
    made = Tokenizer(WordPiece(VOCAB.ids, unk_token="[UNK]", max_input_chars_per_word=LONGEST_WORD))
    made.normalizer = BertNormalizer(lowercase=not cased)
    made.pre_tokenizer = BertPreTokenizer()
    return made


ORACLES = {cased: oracle(cased) for cased in (False, True)}
ASCII = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)


@given(st.lists(ASCII, max_size=20), st.booleans())
def test_plain_words_are_cut_as_by_the_library(words: list[str], cased: bool) -> None:
    words = [word for word in words if not word.startswith("[")]  # a marker is a word of its own to the library
    tokens = Tokens.of(words)
    ids, lengths = pieces(tokens.lexicon, cased=cased).of(tokens.numbers)
    expected = [ORACLES[cased].encode(word, add_special_tokens=False).ids for word in words]
    assert ids.tolist() == [piece for word in expected for piece in word]
    assert lengths.tolist() == [len(word) for word in expected]


@pytest.mark.parametrize("length", [LONGEST_WORD, LONGEST_WORD + 1])
def test_a_word_may_be_of_so_many_letters(length: int) -> None:
    tokens = Tokens.of(["a" * length])
    ids, _ = pieces(tokens.lexicon).of(tokens.numbers)
    assert (ids.tolist() == [VOCAB.unk]) == (length > LONGEST_WORD)


def test_all_that_is_not_plain_goes_to_the_library() -> None:
    tokens = Tokens.of(["naïve", "a\tb", "東京", "[CLS]"])
    assert [found.tolist() for found in pieces(tokens.lexicon).of(tokens.numbers)] == [[-1, -1, -1, VOCAB.unk], [1] * 4]


def test_two_threads_cut_a_new_word_once() -> None:
    began = Event()

    def slowly(word: str) -> list[int]:
        began.set()
        sleep(0.2)
        return [len(word)]

    lexicon = Lexicon()
    numbers = np.array([lexicon[word] for word in ("é", "éé", "ééé")], np.int32)
    made = Pieces(lexicon, VOCAB.ids, unknown=VOCAB.unk, cased=False, encode=slowly)
    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(made.of, numbers)
        assert began.wait(10)
        assert [found.tolist() for found in made.of(numbers)] == [[1, 2, 3], [1, 1, 1]]
        assert [found.tolist() for found in other.result()] == [[1, 2, 3], [1, 1, 1]]


def test_a_number_that_no_word_has_is_refused() -> None:
    lexicon = Lexicon()
    assert lexicon["a"] == 0
    for number in (1, -1, 1 << 30):
        with pytest.raises(IndexError):
            pieces(lexicon).of(np.array([0, number], np.int32))
