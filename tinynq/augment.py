"""Page -> Page with synonyms: a copy in which some words are replaced, and every span follows its words.

The table is made from WordNet by scripts/make_synonyms.py; its licence lies beside it. Which words
are replaced, and by what, is in docs/decisions/0008-synonyms.md.
"""

import gzip
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files as resources
from itertools import accumulate
from random import Random

import msgspec

from tinynq.config import PrepareOptions, SynonymsIn
from tinynq.types import Annotation, Candidate, ExampleId, LongAnswer, NqSpan, Page

_NUMBERS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion
    hundreds thousands millions billions dozen dozens once twice first second third fourth fifth sixth seventh eighth
    ninth tenth half
"""
_STOP_WORDS = """
    a about above across after again against ago all almost along already also although always am among amongst an
    and another any anybody anyone anything are around as at away back be became because become becomes been before
    behind being below beneath beside besides between beyond both but by can cannot could did do does doing done down
    during each either else enough etc even ever every everybody everyone everything except far few for from further
    get gets getting go goes going gone got had has have having he hence her here hers herself him himself his how
    however i if in indeed inside instead into is it its itself just least less let like many may me might mine more
    most much must my myself near neither never no nobody none nor not nothing now of off often on only onto or other
    others otherwise our ours ourselves out outside over own per perhaps quite rather same several shall she should
    since so some somebody someone something sometimes soon still such than that the their theirs them themselves then
    there therefore these they this those though through throughout thus till to together too toward towards under
    until unto up upon us very via was we well went were what whatever when whenever where whereas wherever whether
    which whichever while who whoever whole whom whose why will with within without would yes yet you your yours
    yourself yourselves s t d ll m re ve n't 's 't 'd 'll 'm 're 've ca wo
"""

NUMBERS, STOP_WORDS = frozenset(_NUMBERS.split()), frozenset(_STOP_WORDS.split())
SENTENCE_ENDS = frozenset(".!?")
# What may stand between two sentences.
QUOTES = frozenset(["''", "'", '"', "``", "`", "”", "“", "’", "‘", ")", "(", "[", "]"])
SENTENCE_TAGS = frozenset(["<P>", "<Li>", "<Dd>"])  # what else holds text, holds titles and names

# Why a word stays, as it is counted.
REASONS = (
    *("not_drawn", "no_synonym", "no_counts", "stop_word", "name", "number", "punctuation"),
    *("context", "answer", "question"),
)
NO_NAMES = frozenset(["stop_word", "number", "punctuation"])  # whatever their capitals


def augmented(
    pages: Iterable[Page], *, options: PrepareOptions, random_of: Callable[[ExampleId], Random], counts: Counter[str]
) -> Iterator[Page]:
    """Every page, and behind each answered one its copy with synonyms, which is a page of its own.

    Where no word is replaced there is no copy: it would only count the page twice. ``counts``
    gets ``copies``, ``unchanged`` and what ``with_synonyms`` counts.
    """
    for page in pages:
        yield page
        if options.synonyms and any(not annotation.long_answer.is_null for annotation in page.annotations or ()):
            draw = random_of(page.example_id)
            copy, words = with_synonyms(page, rate=options.synonyms, within=options.synonyms_in, draw=draw)
            counts.update(words)
            counts["copies" if words["replaced"] else "unchanged"] += 1
            if words["replaced"]:
                yield copy


def with_synonyms(page: Page, *, rate: float, within: SynonymsIn, draw: Random) -> tuple[Page, Counter[str]]:
    """A copy of a page with a share ``rate`` of the words that have synonyms replaced by one of them.

    Its id is that of the page and ``+synonyms``. The counts are ``words`` looked at, ``replaced``,
    and the rest by the reason why they stayed, one of REASONS.
    """
    answer = answer_tokens(page)
    parts = ["answer" if at in answer else "context" for at in range(len(page.tokens))]
    counts: Counter[str] = Counter()
    changed = _chosen(page.tokens, page.is_html, parts, rate=rate, within=within, draw=draw, counts=counts)
    asked = page.question.split(" ")
    html, parts = [False] * len(asked), ["question"] * len(asked)
    for at, synonym in _chosen(asked, html, parts, rate=rate, within=within, draw=draw, counts=counts).items():
        asked[at] = synonym
    copy = _rewritten(page, changed)
    copy.example_id, copy.question = f"{page.example_id}+synonyms", " ".join(asked)
    return copy, counts


def answer_tokens(page: Page) -> set[int]:
    """The page tokens that are the answer's own words: its short answers', else the whole long answer's."""
    answered = [a for a in page.annotations or () if not a.long_answer.is_null]
    shorts = [(short.start_token, short.end_token) for a in answered for short in a.short_answers]
    longs = [page.candidates[a.long_answer.candidate_index] for a in answered]
    for spans in (shorts, [(long.start_token, long.end_token) for long in longs]):
        if found := {at for start, end in spans for at in range(start, end) if not page.is_html[at]}:
            return found
    return set()


def summary(counts: Mapping[str, int]) -> list[str]:
    """What was counted, for people: at most 80 columns."""
    eligible = sum(counts.get(key, 0) for key in ("replaced", *REASONS[:3]))
    having = eligible - sum(counts.get(key, 0) for key in REASONS[1:3])
    unchanged = f" ({counts['unchanged']:,} had no word to replace)" if counts.get("unchanged") else ""
    rows = [("words looked at", counts.get("words", 0)), ("replaced", counts.get("replaced", 0))]
    rows += [(f"left: {reason.replace('_', ' ')}", counts[reason]) for reason in REASONS if counts.get(reason)]
    return [
        f"synonyms: {counts.get('copies', 0):,} copies of answered pages{unchanged}",
        *(f"  {name:<20}{count:>14,}{count / max(1, rows[0][1]):>8.1%}" for name, count in rows),
        f"  {having:,} of {eligible:,} eligible words have a synonym ({having / max(1, eligible):.1%})",
    ]


def _chosen(
    words: Sequence[str],
    is_html: Sequence[bool],
    parts: Sequence[str],
    *,
    rate: float,
    within: SynonymsIn,
    draw: Random,
    counts: Counter[str],
) -> dict[int, str]:
    """The words to replace, by position, and what by, in their own case; every word is counted."""
    chosen: dict[int, str] = {}
    starts, before = not any(is_html), ""  # a page begins with its title
    for at, word in enumerate(words):
        if is_html[at]:
            starts = word in SENTENCE_TAGS
            continue
        counts["words"] += 1
        lower = word.lower()
        reason, synonyms = _look_up(lower)
        if within not in ("all", parts[at]):
            reason = parts[at]
        elif word != lower and reason not in NO_NAMES and _is_name(word, starts, words[at + 1 : at + 2]):
            reason = "name"
        elif not reason and draw.random() >= rate:
            reason = "not_drawn"
        if not reason:
            synonym = draw.choice(synonyms)
            chosen[at] = synonym if word == lower else synonym[0].upper() + synonym[1:]
        counts[reason or "replaced"] += 1
        if word in SENTENCE_ENDS:
            starts = not (len(before) == 1 and before.isupper())  # behind an initial it ends nothing
        elif word not in QUOTES:
            starts = False
        before = word
    return chosen


def _is_name(word: str, starts: bool, following: Sequence[str]) -> bool:
    """Whether a word with capitals is a name: in a sentence, or in front of another capital, or with more than one."""
    return not starts or not word[1:].islower() or any(after[:1].isupper() for after in following)


@lru_cache(maxsize=1 << 16)
def _look_up(word: str) -> tuple[str, Sequence[str]]:
    """Why a word in lower case has to stay ("": it need not), and its synonyms."""
    if not any(letter.isalnum() for letter in word):
        return "punctuation", ()
    if word in NUMBERS or any(letter.isnumeric() for letter in word):
        return "number", ()
    if word in STOP_WORDS:
        return "stop_word", ()
    synonyms = table().get(word)
    if not synonyms:
        return "no_counts" if synonyms is None else "no_synonym", ()
    return "", synonyms.split("|")


@cache
def table() -> dict[str, str]:
    """The synonyms of each word that has counts in WordNet, with | between them; read when first used."""
    data = (resources("tinynq") / "data" / "synonyms.tsv.gz").read_bytes()
    rows = (line.partition("\t") for line in gzip.decompress(data).decode("ascii").splitlines())
    return {word: synonyms for word, _, synonyms in rows}


def _rewritten(page: Page, changed: Mapping[int, str]) -> Page:
    """A copy of a page with other words at some positions; a synonym of several words is several tokens."""
    tokens: list[str] = []
    is_html: list[bool] = []
    lengths = [1] * len(page.tokens)
    done = 0
    for at, synonym in changed.items():
        words = synonym.split(" ")
        lengths[at] = len(words)
        tokens += [*page.tokens[done:at], *words]
        is_html += [*page.is_html[done:at], *[False] * len(words)]
        done = at + 1
    places = [0, *accumulate(lengths)]

    def place(span: Candidate | NqSpan) -> tuple[int, int]:
        start, end = (places[at] if 0 <= at < len(places) else at for at in (span.start_token, span.end_token))
        return start, end

    # Without byte offsets: those are of the page as it was.
    annotations = page.annotations and [
        Annotation(
            LongAnswer(*place(annotation.long_answer), candidate_index=annotation.long_answer.candidate_index),
            [NqSpan(*place(short)) for short in annotation.short_answers],
            annotation.yes_no_answer,
        )
        for annotation in page.annotations
    ]
    return msgspec.structs.replace(
        page,
        tokens=[*tokens, *page.tokens[done:]],
        is_html=is_html + page.is_html[done:],
        candidates=[Candidate(*place(candidate), candidate.top_level) for candidate in page.candidates],
        annotations=annotations,
    )
