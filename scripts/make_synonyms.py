"""Makes the table of synonyms that the package ships, from the dict files of WordNet 3.0.

python scripts/make_synonyms.py DICT [--out DIR]

DICT holds index.noun, data.noun, noun.exc and so on, and cntlist.rev; Debian's package wordnet-base
puts them in /usr/share/wordnet. A line of the table is a word in lower case, a tab, and its synonyms
with | between them; a word that has counts and no synonym stands alone. The same files give the same
bytes. What is chosen, and why: docs/decisions/0008-synonyms.md.
"""

import argparse
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parents[1] / "tinynq" / "data"

POS = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}  # of equal counts the first is taken
SENSE_KEY_POS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
FORMS = {"n": ("base", "s"), "v": ("base", "s", "past", "ing"), "a": ("base", "er", "est"), "r": ("base",)}
SHARE = 0.2  # of a word's counts, that a sense must have for its synonyms to be taken
WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
SYNONYM = re.compile(r"[a-z]+(?:[ -][a-z]+)*")  # no name, number, abbreviation, or one's
PREPOSITIONS = {"of", "in", "for", "to", "at", "on", "by", "with", "from"}

# What WordNet's lists of exceptions leave out, since a form that is also the base needs no morphology.
SAME_PAST = {"bet", "broadcast", "burst", "cast", "cost", "forecast", "hurt", "quit", "read", "rid", "shed", "spread"}
SAME_PAST |= {"thrust", "upset", "wed"}
SAME_PLURAL = {"aircraft", "cattle", "deer", "fish", "means", "people", "police", "series", "sheep", "species", "swine"}
# Of birth, nearly always, and not of what bear means most often.
LEFT = {"born"}
NOT_MEN = ("human", "shaman", "talisman", "ottoman", "caiman")


class Sense(NamedTuple):
    """One sense of a word: how often WordNet's texts use it, and the other words of its synset, best first."""

    uses: int
    synonyms: list[str]


class WordNet:
    """The words with counts, by part of speech, and the senses of each, the most frequent first."""

    def __init__(self, folder: Path) -> None:
        counts = read_counts(folder / "cntlist.rev")
        self.senses: dict[str, dict[str, list[Sense]]] = {}
        self.irregular: dict[str, dict[str, list[str]]] = {}
        for pos, name in POS.items():
            offsets = read_index(folder / f"index.{name}")
            synsets = read_data(folder / f"data.{name}")
            uses = {
                (offset, lemma): counts[lemma, pos, number]
                for lemma, senses in offsets.items()
                for number, offset in enumerate(senses, 1)
            }
            self.senses[pos] = {}
            for lemma, numbered in offsets.items():
                senses = [
                    Sense(uses[offset, lemma], others(lemma, offset, synsets[offset], uses))
                    for offset in numbered
                    if lemma in synsets[offset]  # and not as a name: March, Turkey
                ]
                if any(sense.uses for sense in senses):
                    self.senses[pos][lemma] = sorted(senses, key=lambda sense: -sense.uses)
            self.irregular[pos] = read_exceptions(folder / f"{name}.exc")

    def count(self, lemma: str, pos: str) -> int:
        """How often WordNet's texts use a word as this part of speech."""
        return sum(sense.uses for sense in self.senses[pos][lemma])

    def forms(self, word: str, pos: str, slot: str) -> set[str]:
        """All that a word may be in one of its FORMS: the irregular and, as WordNet's morphy has it, the regular."""
        if slot == "base" or self.unchanged(word, pos, slot):
            return {word}
        return {*self.exceptions(word, pos, slot), inflected(word, pos, slot)}

    def form(self, lemma: str, pos: str, slot: str) -> str | None:
        """A word, or words, in one form; None where that depends on the sentence, as gave and given do."""
        if slot == "base":
            return lemma
        words = lemma.split(" ")
        at = head(words, pos)
        irregular = self.exceptions(words[at], pos, slot)
        if len(irregular) > 1 or (slot == "past" and has_participle(words[at], irregular)):
            return None
        if not self.unchanged(words[at], pos, slot):
            words[at] = (irregular or [inflected(words[at], pos, slot)])[0]
        return " ".join(words)

    def exceptions(self, word: str, pos: str, slot: str) -> list[str]:
        """The irregular forms of a word that are in one of its FORMS."""
        return [form for form in self.irregular[pos].get(word, ()) if slot_of(form, pos) == slot]

    def unchanged(self, word: str, pos: str, slot: str) -> bool:
        """Whether a form is the word itself; the lists of exceptions do not say so."""
        if self.exceptions(word, pos, slot):
            return False
        if pos == "v" and slot == "past":  # putting and no putted: the past is put
            doubled = word + word[-1]
            irregular = self.irregular[pos].get(word, ())
            return word in SAME_PAST or (f"{doubled}ing" in irregular and f"{doubled}ed" not in irregular)
        plural = word.endswith("s") and word[:-1] in self.senses["n"]  # as minutes in sixty minutes
        return pos == "n" and (word in SAME_PLURAL or plural)


def read_index(path: Path) -> dict[str, list[str]]:
    """The synsets of each word, in the order of its senses: their offsets."""
    found = {}
    for line in lines(path):
        fields = line.split()
        found[fields[0].replace("_", " ")] = fields[-int(fields[2]) :]
    return found


def read_data(path: Path) -> dict[str, list[str]]:
    """The words of each synset, by its offset; adjectives that only stand behind their noun are left out."""
    found = {}
    for line in lines(path):
        fields = line.split()
        words = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
        found[fields[0]] = [word.removesuffix("(a)").replace("_", " ") for word in words]
    return found


def read_counts(path: Path) -> Counter[tuple[str, str, int]]:
    """How often each (word, part of speech, number of the sense) is used in WordNet's texts."""
    found: Counter[tuple[str, str, int]] = Counter()
    for line in path.read_text("utf-8").splitlines():
        key, number, count = line.split()
        lemma, _, rest = key.partition("%")
        found[lemma.replace("_", " "), SENSE_KEY_POS[rest[0]], int(number)] += int(count)
    return found


def read_exceptions(path: Path) -> dict[str, list[str]]:
    """The irregular forms of each word."""
    found = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        form, *bases = line.split()
        for base in bases:
            found[base].append(form)
    return found


def lines(path: Path) -> Iterator[str]:
    """The lines of a dict file behind its licence."""
    return (line for line in path.read_text("utf-8").splitlines() if not line.startswith("  "))


def others(lemma: str, offset: str, words: list[str], uses: dict[tuple[str, str], int]) -> list[str]:
    """The synonyms in a synset: those that WordNet's texts use, if there are any, else all."""
    fit = [word for word in words if word != lemma and SYNONYM.fullmatch(word) and "one's" not in word]
    return [word for word in fit if uses[offset, word]] or fit


def head(words: list[str], pos: str) -> int:
    """Which of several words is inflected: the verb is the first, the noun the last but for `chief of staff`."""
    if pos == "v":
        return 0
    return next((at for at in range(1, len(words)) if words[at] in PREPOSITIONS), len(words)) - 1


def slot_of(irregular: str, pos: str) -> str:
    """Which of the FORMS an irregular form is, by its ending."""
    if pos == "n":
        return "s"
    if pos == "v":
        return "ing" if irregular.endswith("ing") else "s" if irregular.endswith("s") else "past"
    return "est" if irregular.endswith("st") else "er"


def has_participle(verb: str, past: list[str]) -> bool:
    """Whether the participle is another word than the past, and a list of exceptions has one of them: showed, shown."""
    participle = any(form.startswith(verb[:-1]) and form.endswith("n") for form in past)
    return participle or verb.endswith(("come", "run"))


def inflected(word: str, pos: str, slot: str) -> str:
    """A regular form of a word."""
    stem = word[:-1] + "i" if re.search("[^aeiou]y$", word) else word
    if slot == "s":
        if pos == "n" and word.endswith("man") and not word.endswith(NOT_MEN):
            return word[:-2] + "en"
        hisses = re.search("(s|x|z|ch|sh|[^aeiou]y)$", word) or (pos == "v" and word.endswith("o"))
        return stem + "es" if hisses else word + "s"
    if slot == "ing":
        if word.endswith("ie"):
            return word[:-2] + "ying"
        return (word[:-1] if re.search("[^eoy]e$", word) else word) + "ing"
    if slot == "past":
        return word + "d" if word.endswith("e") else stem + "ed"
    if len(re.findall("[aeiouy]+", word.removesuffix("e"))) > 1 and not word.endswith("y"):
        return ("more " if slot == "er" else "most ") + word
    return stem.removesuffix("e") + slot


def table(wordnet: WordNet) -> dict[str, list[str]]:
    """The synonyms of every word that has counts, in the form of the word."""
    readings: dict[str, dict[str, dict[str, set[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for pos, lemmas in wordnet.senses.items():
        for lemma in lemmas:
            if WORD.fullmatch(lemma):
                for slot in FORMS[pos]:
                    for form in wordnet.forms(lemma, pos, slot):
                        readings[form][pos][lemma].add(slot)
    found = {}
    for word, by_pos in sorted(readings.items()):
        if WORD.fullmatch(word) and word not in LEFT:
            pos = max(by_pos, key=lambda pos: sum(wordnet.count(lemma, pos) for lemma in by_pos[pos]))
            lemma = max(by_pos[pos], key=lambda lemma: wordnet.count(lemma, pos))
            found[word] = synonyms(wordnet, word, lemma, pos, by_pos[pos][lemma])
    return found


def synonyms(wordnet: WordNet, word: str, lemma: str, pos: str, slots: set[str]) -> list[str]:
    """The synonyms of a word's most frequent sense that has any, in the word's form."""
    total = wordnet.count(lemma, pos)
    for sense in wordnet.senses[pos][lemma]:
        if sense.uses < SHARE * total:
            break
        forms = [{wordnet.form(synonym, pos, slot) for slot in slots} for synonym in sense.synonyms]
        # A word that may be in two forms, as put may, keeps to synonyms of which the same is true.
        fit = [form for (form, *rest) in forms if form and not rest and form != word]
        if fit:
            return list(dict.fromkeys(fit))
    return []


def licence(folder: Path) -> str:
    """WordNet's licence, which stands at the head of every dict file, its lines numbered."""
    head = (line for line in (folder / "index.noun").read_text("utf-8").splitlines() if line.startswith("  "))
    return "".join(re.sub(r"^ +\d+ ?", "", line).rstrip() + "\n" for line in head)


def main() -> None:
    """Write the table and WordNet's licence, and say what the table holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("dict", type=Path, help="folder of WordNet's dict files")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to (%(default)s)")
    arguments = parser.parse_args()
    words = table(WordNet(arguments.dict))
    text = "".join(f"{word}\t{'|'.join(found)}".rstrip() + "\n" for word, found in words.items())
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / "synonyms.tsv.gz"
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
        file.write(text.encode())
    (arguments.out / "wordnet-license.txt").write_text(licence(arguments.dict), "utf-8")
    having = sum(map(bool, words.values()))
    print(f"{path}: {len(words):,} words, {having:,} with synonyms, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
