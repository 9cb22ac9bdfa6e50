"""A reader to ask: Reader.load().answer(question, page)."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from tinynq.answers import Answer, Scale, make_answer, read_scale
from tinynq.blocks import Document
from tinynq.bundled import CONFIG, find_run
from tinynq.checkpoint import load_run
from tinynq.config import N_BEST, AskOptions, Decoding, Device, FeatureOptions, Kind, Precision, PredictOptions, make
from tinynq.documents import open_document, read_document
from tinynq.ensemble import read_decoding
from tinynq.errors import UsageError
from tinynq.features import Contexts, encode_contexts, page_windows
from tinynq.inference import predict_pages
from tinynq.model import BertReader, choose_device
from tinynq.threads import set_threads_apart
from tinynq.types import Page, PageWindows
from tinynq.vocab import Vocab

DEFAULT = "mini"

Source: TypeAlias = Page | Path | str | Document


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A run that answers questions about pages; make it with ``Reader.load``."""

    model: BertReader
    features: FeatureOptions
    vocab: Vocab
    scale: Scale
    decoding: Decoding
    options: PredictOptions

    @classmethod
    def load(
        cls,
        run: str | Path = DEFAULT,
        *,
        threads: int = 0,
        precision: Precision = "auto",
        device: Device = "auto",
    ) -> "Reader":
        """The reader of that name which ships with the package, or the one of a run's folder or TF1 checkpoint.

        ``threads`` are torch's, for the whole process (0: one a core). Raises RunError for what is no
        reader, or a damaged one.
        """
        options = PredictOptions(threads=threads, precision=precision, device=device)
        folder = find_run(run)
        set_threads_apart(options.threads)
        model, features, vocab, config = load_run(folder)
        scale = read_scale(config["tinynq"], f"{folder}/{CONFIG}")
        model.to(choose_device(options.device))
        decoding = read_decoding(config["tinynq"], f"{folder}/{CONFIG}")
        return cls(model=model, features=features, vocab=vocab, scale=scale, decoding=decoding, options=options)

    def answer(self, question: str, page: Source, *, kind: Kind = "auto", n_best: int = N_BEST) -> Answer:
        """The answer to one question; see answer_many."""
        return self.answer_many([question], page, kind=kind, n_best=n_best)[0]

    def answer_many(
        self, questions: Sequence[str], pages: Source | Sequence[Source], *, kind: Kind = "auto", n_best: int = N_BEST
    ) -> list[Answer]:
        """The answers to several questions about one page, or about one page each.

        A page is a Page, a text, a file (Path) or a Document, as read_document takes it. However many questions it
        has, it is read and made pieces of once. ``n_best`` is how many of the best spans an answer has. Raises
        UsageError for a question that is empty or too long, and InputError for a page that cannot be read or has no
        text.
        """
        sources = [pages] * len(questions) if isinstance(pages, Page | Path | str | Document) else list(pages)
        if len(sources) != len(questions):
            raise UsageError(f"{len(questions)} questions about {len(sources)} pages; expected one page, or one each")
        asked = [self._question(question) for question in questions]
        read: dict[Hashable, tuple[Document, Contexts]] = {}
        keys: list[Hashable] = [each if isinstance(each, Path | str) else id(each) for each in sources]
        for key, source in zip(keys, sources, strict=True):
            if key not in read:
                document = source if isinstance(source, Document) else read_document(source, kind=kind)
                read[key] = document, encode_contexts(document.page, vocab=self.vocab, options=self.features)

        def windows() -> Iterator[PageWindows]:
            for number, (key, question) in enumerate(zip(keys, asked, strict=True), 1):
                document, contexts = read[key]
                page = msgspec.structs.replace(document.page, question=question, example_id=f"question {number}")
                yield page_windows(page, vocab=self.vocab, options=self.features, contexts=contexts)

        options = replace(self.options, n_best=n_best)
        predicted = predict_pages(self.model, windows(), pad_id=self.vocab.pad, options=options, decoding=self.decoding)
        return [
            make_answer(question, read[key][0], prediction, self.scale)
            for question, key, (_, prediction) in zip(questions, keys, chain.from_iterable(predicted), strict=True)
        ]

    def _question(self, question: str) -> str:
        """The question as NQ's are: one line without a question mark."""
        words = question.split()
        text = " ".join(words).rstrip(" ?")
        if not text:
            raise UsageError("the question is empty; expected some words")
        pieces = sum(len(self.vocab.encode(word)) for word in text.split(" "))
        limit = min(self.features.max_question_length - 1, self.features.max_seq_length // 2)
        if pieces > limit:
            raise UsageError(f"the question has {pieces:,} word pieces; expected at most {limit}: use fewer words")
        return text


def ask(question: str, page: str, *, reader: str = DEFAULT, **options: Any) -> Answer:
    """The answer to a question about a page: a file, a URL, or ``-`` for standard input.

    ``reader`` is what Reader.load takes; the keywords are the fields of AskOptions. Raises InputError, RunError
    and UsageError as open_document and Reader do.
    """
    chosen = make(AskOptions, options)
    document = open_document(page, kind=chosen.kind)
    return Reader.load(reader, threads=chosen.threads).answer(question, document, n_best=chosen.n_best)
