"""Several runs as one: the mean of what they predict, or the mean of their weights.

Both take runs, or the last checkpoints of runs. An ensemble costs as much as its members together,
in time and in memory; an average costs what one run does (Wortsman et al. 2022, "Model soups").
"""

import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import tinynq
from tinynq.bundled import CONFIG, find_run, is_run
from tinynq.checkpoint import load_run, save_run
from tinynq.config import Decoding, FeatureOptions, MemberOptions, make
from tinynq.decode import Thresholds
from tinynq.encoders import ATTENTION_DROPOUT, DROPOUT
from tinynq.errors import RunError, UsageError
from tinynq.model import BertReader
from tinynq.record import first_difference
from tinynq.resume import checkpoints as checkpoints_in
from tinynq.types import Float32s, Logits
from tinynq.vocab import Vocab

LAST = re.compile(r"last:([1-9][0-9]*)")
# These play no part in prediction.
FREE = (*DROPOUT, *ATTENTION_DROPOUT, "initializer_range", "transformers_version")


class Member(NamedTuple):
    """One model of an ensemble, and the folder of its run."""

    run: str
    model: BertReader


class Ensemble(NamedTuple):
    """Models that answer together, of the same windows and vocabulary; or one model, with its run's thresholds.

    ``decoding`` is the first run's.
    """

    members: list[Member]
    features: FeatureOptions
    vocab: Vocab
    decoding: Decoding
    thresholds: Thresholds


def load_ensemble(runs: str | Sequence[str], *, checkpoints: str | None = None) -> Ensemble:
    """The models of runs, or of their checkpoints (see member_folders), all of them in memory.

    Of one run alone the thresholds are its own; scores of several are on no scale that any of them knows,
    so that those are -inf. Raises RunError for a folder that holds no run, or one whose features or
    vocabulary differ from the first's, and UsageError for checkpoints that are not there.
    """
    loaded = list(_load(member_folders(runs, checkpoints=checkpoints)))
    first = loaded[0]
    own = _thresholds(first) if len(loaded) == 1 else Thresholds()
    decoding = read_decoding(first.about, f"{Path(first.folder) / CONFIG}")
    members = [Member(each.folder, each.model) for each in loaded]
    return Ensemble(members, first.features, first.vocab, decoding, own)


def member_folders(runs: str | Sequence[str], *, checkpoints: str | None = None) -> list[str]:
    """The folders that runs stand for: their own, or with ``last:K`` the last K checkpoints of each.

    A run that is finished is the last of its checkpoints; a bundled reader's folder is found by its name. Raises
    UsageError where there are fewer than K, and for no run at all.
    """
    folders = [find_run(run) for run in ([runs] if isinstance(runs, str | os.PathLike) else runs)]
    if not folders:
        raise UsageError("no run is named; expected the folder of one, or several")
    if checkpoints is None:
        return folders
    chosen = LAST.fullmatch(checkpoints)
    if not chosen:
        raise UsageError(f"checkpoints is {checkpoints}; expected last:K, such as last:3")
    return [folder for run in folders for folder in _last(run, int(chosen[1]))]


def mean_logits(members: Sequence[Sequence[Logits]]) -> list[Logits]:
    """The log of the members' mean probability, of each start, end and answer type of each window.

    ``members[k][i]`` are the logits of window i without padding, over whose positions the softmax runs.
    Differences of log-probabilities are those of logits, so that scores keep their scale. One
    member's logits are returned as they are.
    """
    if len(members) == 1:
        return list(members[0])
    return [Logits(*map(_log_mean, zip(*window, strict=True))) for window in zip(*members, strict=True)]


def average(runs: str | Sequence[str], *, out: str, **options: Any) -> list[str]:
    """Write a run whose weights are the means of the weights of runs or checkpoints, and return their folders.

    The keywords are the fields of MemberOptions. Sums are of float64; memory does not grow with the
    number of members. The run has no thresholds, since it was never scored. Raises UsageError for fewer
    than two members and an ``out`` that holds a run, and RunError for members that cannot be read or
    differ in shape, features or vocabulary.
    """
    chosen = make(MemberOptions, options)
    folders = member_folders(runs, checkpoints=chosen.checkpoints)
    if len(folders) < 2:
        raise UsageError(f"{folders[0]}: one run is its own average; name more runs, or take --checkpoints last:K")
    if is_run(out):
        raise UsageError(f"{out}: holds a run already; choose another --out")
    members = _load(folders)
    first = next(members)
    sums = {name: tensor.double() for name, tensor in first.model.state_dict().items()}
    for member in members:
        _check_shapes(member, first)
        for name, tensor in member.model.state_dict().items():
            sums[name] += tensor
    for name, parameter in first.model.state_dict().items():
        parameter.copy_(sums[name] / len(folders))
    words = ["tinynq", "average", *member_folders(runs), "--out", out]
    words += ["--checkpoints", chosen.checkpoints] if chosen.checkpoints else []
    about = {"version": tinynq.__version__, "command": shlex.join(words), "average_of": folders}
    save_run(Path(out), first.model, first.vocab, {**about, "features": asdict(first.features)})
    return folders


class _Loaded(NamedTuple):
    """A run as load_run gives it; ``about`` is the ``tinynq`` object of its config.json."""

    folder: str
    model: BertReader
    features: FeatureOptions
    vocab: Vocab
    about: dict[str, Any]


def _load(folders: Sequence[str]) -> Iterator[_Loaded]:
    """The runs of folders, one after the other; RunError for one that differs from the first."""
    expected: tuple[FeatureOptions, Vocab] | None = None
    for folder in folders:
        model, features, vocab, raw = load_run(folder)
        expected = expected or (features, vocab)
        if other := first_difference((features, vocab), expected, of=folders[0]):
            raise RunError(f"{folder}: made with {other}; take runs that were trained on records of the same options")
        yield _Loaded(folder, model, features, vocab, raw["tinynq"])


def _last(run: str, count: int) -> list[str]:
    found = [str(path) for path in checkpoints_in(Path(run) / "checkpoints")]
    found += [run] if (Path(run) / CONFIG).is_file() else []
    if not found:
        raise RunError(f"{run}: no run and no checkpoints; expected a folder that `tinynq train` made")
    if len(found) < count:
        names = ", ".join("the finished run" if path == run else Path(path).name for path in found)
        raise UsageError(
            f"{run}: last:{count} asks for more checkpoints than the {len(found)} there ({names}); "
            "ask for fewer, or train with a larger --keep"
        )
    return found[-count:]


def _thresholds(run: _Loaded) -> Thresholds:
    own = run.about.get("thresholds", {})
    try:
        thresholds = Thresholds(**own)
        if not all(isinstance(value, int | float) for value in thresholds):
            raise TypeError
    except TypeError:
        raise RunError(
            f'{Path(run.folder) / CONFIG}: thresholds is {own}; expected {{"long": x, "short": y}}'
        ) from None
    return thresholds


def read_decoding(about: Mapping[str, Any], where: str) -> Decoding:
    """The rule of a run from the ``tinynq`` object of its config.json; bert-joint's where it has none.

    Raises RunError for a rule that there is not.
    """
    own = about.get("decoding", {})
    try:
        return Decoding(**own)
    except (TypeError, UsageError) as error:
        raise RunError(f"{where}: decoding is {own}, which is no rule of this version ({error})") from None


def _check_shapes(member: _Loaded, first: _Loaded) -> None:
    one, other = (each.model.described() for each in (member, first))
    for name in {**one, **other}:
        if name not in FREE and one.get(name) != other.get(name):
            raise RunError(
                f"{member.folder}: has {name} {one.get(name)}, but {first.folder} has {other.get(name)}; "
                "average runs of one encoder, or predict with them as an ensemble"
            )


def _log_mean(logits: Sequence[Float32s]) -> Float32s:
    """[K][n] -> [n]; in logarithms throughout, where no probability can become 0."""
    each = np.array(logits, np.float64)
    each -= np.logaddexp.reduce(each, axis=1, keepdims=True)
    mean: Float32s = (np.logaddexp.reduce(each, axis=0) - log(len(each))).astype(np.float32)
    return mean
