"""Options: frozen, documented, checked by name; recipes are values of them."""

import re
from dataclasses import FrozenInstanceError, asdict, fields, replace
from typing import Any

import pytest

from tinynq.config import (
    RECIPES,
    EvalOptions,
    FeatureOptions,
    MemberOptions,
    PageOptions,
    PredictOptions,
    PrepareOptions,
    TrainOptions,
    make,
)
from tinynq.errors import UsageError

KINDS = [FeatureOptions, PageOptions, PrepareOptions, TrainOptions, MemberOptions, PredictOptions, EvalOptions]
each_kind = pytest.mark.parametrize("kind", KINDS)


@each_kind
def test_every_option_has_a_help_text(kind: type[Any]) -> None:
    for field in fields(kind):
        assert re.fullmatch(r"\S.*[.)]", field.metadata["help"]), field.name
        assert field.kw_only


@each_kind
def test_options_are_frozen_and_by_keyword_only(kind: type[Any]) -> None:
    options = kind()
    with pytest.raises(FrozenInstanceError):
        setattr(options, fields(kind)[0].name, 1)
    with pytest.raises(TypeError):
        kind(1)


@each_kind
def test_options_are_made_by_name(kind: type[Any]) -> None:
    assert make(kind, {}) == kind()
    values = asdict(kind())
    assert make(kind, values) == kind()
    with pytest.raises(UsageError) as error:
        make(kind, {"no_such_option_at_all": 1})
    assert "\n" not in str(error.value) and all(name in str(error.value) for name in values)


def test_a_name_that_is_nearly_right_is_met_with_the_right_one() -> None:
    with pytest.raises(UsageError, match=r"^unknown option strides: did you mean stride\?$"):
        make(FeatureOptions, {"strides": 64})
    with pytest.raises(UsageError, match=r"learning_rate\?"):
        make(TrainOptions, {"learningrate": 1})


def test_what_the_keywords_leave_out_comes_from_the_base() -> None:
    base = TrainOptions(batch_size=4, epochs=1.0)
    assert make(TrainOptions, {"epochs": 2.0}, base=base) == TrainOptions(batch_size=4, epochs=2.0)
    assert base == TrainOptions(batch_size=4, epochs=1.0)


@pytest.mark.parametrize("kind", [FeatureOptions, PrepareOptions])
@pytest.mark.parametrize("name", ["max_seq_length", "stride", "max_question_length", "max_contexts"])
@pytest.mark.parametrize("value", [0, -1])
def test_lengths_are_at_least_one(kind: type[Any], name: str, value: int) -> None:
    with pytest.raises(UsageError, match=rf"^{name} is {value}; expected at least 1$"):
        make(kind, {name: value})
    assert getattr(make(kind, {name: 1}), name) == 1


@pytest.mark.parametrize(
    ("kind", "name", "value", "expected"),
    [
        (FeatureOptions, "stride", "64", "stride is '64'; expected int"),
        (FeatureOptions, "stride", 64.0, "stride is 64.0; expected int"),
        (FeatureOptions, "stride", True, "stride is True; expected int"),
        (FeatureOptions, "stride", None, "stride is None; expected int"),
        (FeatureOptions, "cased", 1, "cased is 1; expected bool"),
        (PageOptions, "vocab", 3, r"vocab is 3; expected str \| None"),
        (TrainOptions, "learning_rate", "1e-4", "learning_rate is '1e-4'; expected float"),
        (TrainOptions, "decay", 3, "decay is 3; expected linear, constant"),
    ],
)
def test_values_are_of_the_type_of_their_field(kind: type[Any], name: str, value: Any, expected: str) -> None:
    with pytest.raises(UsageError, match=f"^{expected}$"):
        make(kind, {name: value})


def test_a_whole_number_is_a_number() -> None:
    assert make(TrainOptions, {"learning_rate": 1, "steps": None}).learning_rate == 1


def test_the_defaults_are_those_of_the_original() -> None:
    assert asdict(FeatureOptions()) == {
        "max_seq_length": 384,
        "stride": 128,
        "max_question_length": 64,
        "max_contexts": 48,
        "cased": False,
    }
    joint = RECIPES["bert-joint"]
    assert (joint.batch_size, joint.learning_rate, joint.epochs, joint.warmup) == (32, 5e-5, 3.0, 0.1)
    assert (joint.decay, joint.weight_decay, joint.clip, joint.dropout) == ("linear", 0.01, 1.0, 0.1)
    assert (EvalOptions().long_non_null_threshold, EvalOptions().short_non_null_threshold) == (2, 2)
    assert PrepareOptions().include_unknowns == 0.02


def test_recipes_differ_and_only_bert_joint_has_attention_dropout() -> None:
    values = list(RECIPES.values())
    assert all(a != b for i, a in enumerate(values) for b in values[:i])
    assert {name for name, recipe in RECIPES.items() if recipe.attention_dropout} == {"bert-joint"}
    assert RECIPES["bert-joint"].attention_dropout == RECIPES["bert-joint"].dropout == 0.1
    assert replace(RECIPES["fast"]) == RECIPES["fast"]


def test_options_that_commands_share_say_the_same() -> None:
    texts: dict[tuple[str, Any], set[str]] = {}
    for kind in (PrepareOptions, PredictOptions, TrainOptions):
        for field in fields(kind):
            if field.name in ("precision", "device", "threads"):
                texts.setdefault((field.name, field.default), set()).add(field.metadata["help"])
    assert texts and all(len(text) == 1 for text in texts.values())
