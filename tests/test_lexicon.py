"""Words by number."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tinynq import lexicon
from tinynq.lexicon import Lexicon, Tokens, shared_lexicon

WORDS = ["a", "b", "", "a", "中文", "b"]


def test_a_word_keeps_its_number() -> None:
    known = Lexicon()
    assert [known[word] for word in WORDS] == [0, 1, 2, 0, 3, 1]
    assert known.words == ["a", "b", "", "中文"] and len(known) == 4


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as Python lets them."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("restless")
def test_threads_give_a_word_one_number() -> None:
    words = [f"word {n}" for n in range(20_000)]
    for _ in range(5):
        known = Lexicon()
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(lambda _, known=known: [known[word] for word in words], range(4)))
        assert all(numbers == found[0] for numbers in found) and len(known.words) == len(words)
        assert [known.words[number] for number in found[0]] == words


def test_tokens_are_the_words_that_they_were_made_of() -> None:
    tokens = Tokens.of(WORDS)
    assert list(tokens) == WORDS and len(tokens) == 6 and tokens[4] == "中文" and tokens[-1] == "b"
    assert tokens == WORDS and tokens == Tokens.of(iter(WORDS)) and tokens != WORDS[:-1] and tokens != 3
    assert repr(tokens) == repr(WORDS)


def test_a_part_of_tokens_is_tokens() -> None:
    tokens = Tokens.of(WORDS)
    assert isinstance(tokens[1:3], Tokens) and tokens[1:3] == WORDS[1:3] and tokens[::-2] == WORDS[::-2]
    assert tokens.where(np.array([True, False, False, False, True, True])) == ["a", "中文", "b"]
    assert Tokens.of(tokens) is tokens


def test_a_place_outside_is_refused() -> None:
    with pytest.raises(IndexError):
        Tokens.of(WORDS)[6]


def test_a_full_lexicon_gives_way_to_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    old = Tokens.of(WORDS)
    monkeypatch.setattr(lexicon, "MAX_WORDS", len(shared_lexicon()))
    assert len(shared_lexicon()) == 0 and shared_lexicon() is not old.lexicon
    assert old == WORDS == Tokens.of(WORDS)
