"""seeds: random numbers that follow from a seed and a name."""

import pytest

from tinynq.seeds import page_random, seeded, update_seed


def test_random_numbers_of_a_page_are_those_of_seed_and_id() -> None:
    numbers = {page_random(seed, example_id).random() for seed in (0, 1) for example_id in (7, "7", 8)}
    assert len(numbers) == 6
    assert page_random(0, 7).random() == page_random(0, 7).random() == pytest.approx(0.5, abs=0.5)
    assert page_random(0, 7).random() != page_random(0, 7, stream="synonyms").random()


def test_numbers_stay_what_they_are() -> None:
    # Records that were made yesterday are made again by the same seed.
    assert seeded(0, "7/0") == 7350728062665751606
    assert [page_random(3, example_id).randrange(10**6) for example_id in (7, "7", "\u00fc")] == [
        527737,
        302457,
        517974,
    ]


def test_updates_and_processes_have_numbers_of_their_own() -> None:
    assert len({update_seed(*each) for each in [(0, 1, 0), (1, 1, 0), (0, 2, 0), (0, 1, 1)]}) == 4
    assert update_seed(3, 5, 1) == update_seed(3, 5, 1) < 1 << 64
