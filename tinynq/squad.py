"""SQuAD v1.1 (Rajpurkar et al. 2016): a reader's answers to its questions, and their scores by the official rules."""

import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tinynq.checkpoint import load_run
from tinynq.config import SquadOptions, make
from tinynq.decode import decode
from tinynq.errors import UsageError
from tinynq.features import page_windows
from tinynq.files import atomic_write
from tinynq.inference import page_logits
from tinynq.model import choose_device
from tinynq.squad_pages import WORD, SquadQuestion, read_squad, squad_page
from tinynq.threads import set_threads_apart
from tinynq.types import Logits, PageWindows, Progress, no_progress

ARTICLES = re.compile(r"\b(a|an|the)\b")
TOP = 20  # starts and ends that are paired, as in BERT's own run_squad


@dataclass(frozen=True)
class SquadScores:
    """The means over all questions, in percent."""

    exact_match: float
    f1: float
    questions: int

    def as_dict(self) -> dict[str, Any]:
        """The keys and values of the official script."""
        return {"exact_match": self.exact_match, "f1": self.f1}

    def lines(self) -> Iterator[str]:
        """The scores for people."""
        yield f"exact match  {self.exact_match:5.1f}%"
        yield f"F1           {self.f1:5.1f}%"
        yield f"questions    {self.questions:6,}"


def evaluate_squad(
    reader: str, file: str, *, out: str | None = None, progress: Progress = no_progress, **options: Any
) -> SquadScores:
    """Answer the questions of a SQuAD v1.1 file with a run, and score the answers by the official rules.

    Every question is answered, by the best span of its paragraph, however probable no answer is. ``out``
    gets the answers in the official format, ``{id: text}``; of two questions with one id the last is answered, and both
    are scored by that, as the official script would. The keywords are the fields of SquadOptions.
    Raises RunError for what is no run, InputError for what is no SQuAD v1.1 file, and UsageError for
    options that cannot be.
    """
    chosen = make(SquadOptions, options)
    set_threads_apart(chosen.threads)
    model, features, vocab, _ = load_run(reader)
    model.to(choose_device(chosen.device))
    questions = read_squad(file, articles=chosen.articles, limit=chosen.limit)
    pages = (page_windows(squad_page(question, where=file), vocab=vocab, options=features) for question in questions)
    answers: dict[str, str] = {}
    asked = iter(enumerate(questions, 1))
    for some, logits in page_logits(model, pages, pad_id=vocab.pad, options=chosen):
        for page, of_page, (count, question) in zip(some, logits, asked, strict=False):  # asked goes on
            answers[question.id] = best_answer(question.context, page, of_page)
            progress(count, count / len(questions))
    if out is not None:
        with atomic_write(out) as written:
            written.write(msgspec.json.encode(answers))
    return squad_scores(questions, answers)


def best_answer(context: str, page: PageWindows, logits: Sequence[Logits]) -> str:
    """The paragraph's own characters under the best span of all windows; "" where it has no word."""
    span = decode(page, logits, top=TOP).short_answers[0]
    if span.is_null:  # no pair of the best fits together: then all positions are paired
        span = decode(page, logits, top=max(len(scores.start) for scores in logits)).short_answers[0]
    if span.is_null:
        return ""
    words = list(WORD.finditer(context))
    return context[words[span.start_token - 1].start() : words[span.end_token - 2].end()]


def squad_scores(questions: Sequence[SquadQuestion], answers: Mapping[str, str]) -> SquadScores:
    """Exact match and F1 of answers by id, each the best over what people answered.

    A question without an answer counts as wrong. Raises UsageError for no question at all.
    """
    if not questions:
        raise UsageError("no question to score; expected one at least")
    exact = f1 = 0.0
    for question in questions:
        if (answer := answers.get(question.id)) is not None:
            exact += max(normalized(answer) == normalized(gold) for gold in question.answers)
            f1 += max(word_f1(answer, gold) for gold in question.answers)
    share = 100.0 / len(questions)
    return SquadScores(share * exact, share * f1, len(questions))


def normalized(answer: str) -> str:
    """An answer in lower case, without ASCII punctuation, then without articles, words set apart by one blank."""
    kept = "".join(c for c in answer.lower() if c not in string.punctuation)
    return " ".join(ARTICLES.sub(" ", kept).split())


def word_f1(answer: str, gold: str) -> float:
    """F1 of the words that two normalized answers share, each as often as both have it; 0 where they share none."""
    ours, theirs = normalized(answer).split(), normalized(gold).split()
    common = (Counter(ours) & Counter(theirs)).total()
    if not common:
        return 0.0
    precision, recall = common / len(ours), common / len(theirs)
    return 2 * precision * recall / (precision + recall)
