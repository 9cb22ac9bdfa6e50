"""warm_start: what the first weights of a small reader look for, before anything is trained."""

from pathlib import Path
from typing import Any

import pytest
import torch
from nq_lines import SmallRun
from torch import Tensor

from tinynq.checkpoint import load_run
from tinynq.distillation import distill
from tinynq.errors import RunError, UsageError
from tinynq.layers import HEAD_SIZE, ModelConfig
from tinynq.model import Batch, BertReader, collate, new_reader
from tinynq.training import train
from tinynq.types import Window
from tinynq.warm_start import Units, rarity, warm_start

WORDS = 3000
QUESTION = [101, 1500, 1600, 102]
PAGE = [2000, 2001, 1500, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010, 102]
MATCH = len(QUESTION) + 2  # where the page has a word of the question


def started(size: str = "bert-tiny", *, seed: int = 0) -> BertReader:
    model = new_reader(ModelConfig.of_size(size, vocab_size=WORDS), seed=seed)
    words = torch.randn(WORDS, 384, generator=torch.Generator().manual_seed(1))
    warm_start(model, words, seed=seed)
    return model.eval()


def batch() -> Batch:
    return collate([Window(0, 0, len(QUESTION), [*QUESTION, *PAGE], ())])


def attention_of(model: BertReader, head: int) -> Tensor:
    """The probabilities [L, L] of a head of the first layer."""
    x = model.bert.embeddings(batch().input_ids, batch().segment_ids)[0]
    part: Any = next(model.bert.encoder["layer"].children())
    query, key = (getattr(part.attention["self"], name)(x).view(len(x), -1, HEAD_SIZE) for name in ("query", "key"))
    return torch.softmax(query[:, head] @ key[:, head].T / HEAD_SIZE**0.5, dim=1)


@torch.no_grad()
@pytest.mark.parametrize("size", ["bert-tiny", "bert-mini"])
def test_a_word_of_the_page_finds_itself_in_the_question(size: str) -> None:
    found = attention_of(started(size), 0)
    assert found[MATCH].argmax() == 1
    assert found[MATCH, 1] > 0.9
    for other in range(len(QUESTION), len(QUESTION) + len(PAGE) - 1):  # the last marker is in the question, too
        rest = found[other, len(QUESTION) :].sum() - found[other, other]
        assert other == MATCH or found[other, other] > 3 * rest


@torch.no_grad()
@pytest.mark.parametrize(("size", "head"), [("bert-tiny", 1), ("bert-mini", 2), ("bert-mini", 3)])
def test_other_heads_look_at_the_places_around(size: str, head: int) -> None:
    row = attention_of(started(size), head)[8]
    assert row.argmax() == 8
    assert row[7] > row[6] > row[3]
    assert row[9] > row[10] > row[13]
    assert row[4:13].sum() > 0.75


@torch.no_grad()
def test_what_was_found_has_units_of_its_own() -> None:
    model = started()
    first: Any = next(model.bert.encoder["layer"].children())
    x = model.bert.embeddings(batch().input_ids, batch().segment_ids)
    units = Units(128)
    of_question = first(x, None)[0, len(QUESTION) : -1, units.signals.start + 1]
    others = torch.cat([of_question[: MATCH - len(QUESTION)], of_question[MATCH - len(QUESTION) + 1 :]])
    assert of_question[MATCH - len(QUESTION)] > others.max() + 2 * others.std()


@torch.no_grad()
def test_embeddings_are_as_long_as_layer_norm_makes_them() -> None:
    model = started()
    table = model.bert.embeddings
    x = table.word_embeddings.weight[1500] + table.position_embeddings.weight[7] + table.token_type_embeddings.weight[1]
    assert x.square().sum() == pytest.approx(128, rel=0.1)


@pytest.mark.parametrize("size", [128, 256, 768])
def test_units_have_one_use_each(size: int) -> None:
    units = Units(size)
    parts = [units.content, units.place, units.segment, units.signals, units.around]
    assert [i for part in parts for i in range(size)[part]] == list(range(size))


def test_frequent_words_are_not_rare() -> None:
    each = rarity(30522)
    assert each[101] == each[999] < each[2000] < each[5000] < each[20000]
    assert each.min() >= -2.5


def test_the_seed_makes_the_weights() -> None:
    first, same, other = (started(seed=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_an_encoder_with_fewer_units_is_an_error() -> None:
    model = new_reader(ModelConfig.of_size("bert-tiny", vocab_size=WORDS), seed=0)
    with pytest.raises(UsageError, match="has 64 units; a warm start takes at least 86"):
        warm_start(model, torch.zeros(WORDS, 64), seed=0)


def test_train_and_distill_begin_with_it(small_run: SmallRun, tmp_path: Path) -> None:
    common: dict[str, Any] = {"init": "bert-tiny", "steps": 0, "warm_start": small_run.folder, "threads": 1}
    train(small_run.record, out=str(tmp_path / "a"), **common)
    distill(small_run.record, teacher=small_run.folder, out=str(tmp_path / "b"), **common)
    first, second = (load_run(tmp_path / name)[0].state_dict() for name in "ab")
    assert all(torch.equal(first[name], second[name]) for name in first)
    words = first["bert.embeddings.word_embeddings.weight"]
    assert words[:, Units(128).place].abs().max() == 0
    assert words[:, Units(128).content].norm(dim=1)[:500].std() < 0.1


def test_what_cannot_be_begun_so_is_an_error(small_run: SmallRun, tmp_path: Path) -> None:
    common: dict[str, Any] = {"out": str(tmp_path / "run"), "steps": 1}
    with pytest.raises(UsageError, match="--warm-start is for new readers .bert-tiny.*has weights of its own"):
        train(small_run.record, init=small_run.folder, warm_start=small_run.folder, **common)
    with pytest.raises(RunError, match="no-such: no such encoder"):
        train(small_run.record, init="bert-tiny", warm_start="no-such", **common)
