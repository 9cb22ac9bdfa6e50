"""The script that makes the table of synonyms, on a WordNet of a few words, and on the real one where it is."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "make_synonyms.py"
WORDNET = Path("/usr/share/wordnet")  # Debian's wordnet-base

NAMES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
TYPES = {"n": 1, "v": 2, "a": 3, "r": 4}
LICENCE = "  1 This software is licensed so.  \n  2   \n  3 And so.  \n"

# Part of speech, and the words of a synset with how often the texts use them; senses are in this order.
SYNSETS = [
    ("n", {"dog": 20, "domestic_dog": 0, "Canis_familiaris": 0}),
    ("n", {"city": 9, "metropolis": 0, "urban_center": 0}),
    ("n", {"hour": 5, "sixty_minutes": 0}),
    ("n", {"minute": 1}),
    ("n", {"staff": 8, "chief_of_staff": 0}),
    ("n", {"work": 5, "toil": 1}),
    ("n", {"March": 16}),
    ("n", {"wife": 4, "hero": 0}),
    ("v", {"march": 6, "stride": 0, "process": 3}),
    ("v", {"work": 30, "do_work": 3, "labor": 0}),
    ("v", {"begin": 40, "start": 20, "set_out": 0, "lead_off": 0}),
    ("v", {"give": 30, "yield": 8, "get_one's_way": 1}),
    ("v", {"put": 9, "set": 4, "place": 2}),
    ("v", {"stop": 6, "halt": 2}),
    ("v", {"try": 3, "agree": 0, "pass": 1}),
    ("v", {"show": 3, "exhibit": 2}),
    ("v", {"rank": 10}),
    ("v", {"rank": 1, "order": 1}),
    ("a", {"big(a)": 7, "large": 5, "asleep(p)": 3}),
    ("a", {"handsome": 1, "beautiful": 3, "happy": 1}),
    ("r", {"quickly": 3, "rapidly": 3}),
    ("n", {"unseen": 0, "unnoticed": 0}),
]
EXCEPTIONS = {
    "n": "wives wife\nheroes hero\nchiefs_of_staff chief_of_staff\n",
    "v": "did do\ndone do\n"
    "began begin\nbegun begin\ngave give\ngiven give\nputting put\nsetting set\nstopping stop\nstopped stop\n"
    "shown show\nstrode stride\nstridden stride\n",
    "a": "bigger big\nbiggest big\n",
    "r": "",
}


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    """Dict files in WordNet's layout."""
    folder = tmp_path / "dict"
    folder.mkdir()
    counts = []
    for pos, name in NAMES.items():
        index: dict[str, list[str]] = {}
        data = []
        for number, (kind, words) in enumerate(SYNSETS):
            if kind != pos:
                continue
            offset = f"{number:08d}"
            pairs = " ".join(f"{word} 0" for word in words)
            data.append(f"{offset} 05 {'s' if pos == 'a' else pos} {len(words):02x} {pairs} 000 | a gloss\n")
            for word, count in words.items():
                lemma = word.partition("(")[0].lower()
                index.setdefault(lemma, []).append(offset)
                if count:
                    counts.append(f"{lemma}%{TYPES[pos]}:05:00:: {len(index[lemma])} {count}\n")
        lines = [f"{lemma} {pos} {len(o)} 1 @ {len(o)} 0 {' '.join(o)}  \n" for lemma, o in sorted(index.items())]
        (folder / f"data.{name}").write_text(LICENCE + "".join(data), "utf-8")
        (folder / f"index.{name}").write_text(LICENCE + "".join(lines), "utf-8")
        (folder / f"{name}.exc").write_text(EXCEPTIONS[pos], "utf-8")
    (folder / "cntlist.rev").write_text("".join(counts), "utf-8")
    return folder


def make(dict_folder: Path, out: Path) -> dict[str, str]:
    """The table that the script makes."""
    if not SCRIPT.is_file():
        pytest.skip("the script that makes the table is not there")
    done = subprocess.run([sys.executable, SCRIPT, dict_folder, "--out", out], check=True, capture_output=True)
    assert b"words" in done.stdout
    lines = gzip.decompress((out / "synonyms.tsv.gz").read_bytes()).decode().splitlines()
    assert lines == sorted(lines, key=lambda line: line.partition("\t")[0])
    return {word: synonyms for word, _, synonyms in (line.partition("\t") for line in lines)}


def test_a_small_wordnet(wordnet: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    table = make(wordnet, out)
    expected = {
        # Neither names nor the word itself; plurals of words that are none already.
        **{"dog": "domestic dog", "dogs": "domestic dogs", "city": "metropolis|urban center"},
        **{"cities": "metropolises|urban centers", "hours": "sixty minutes", "staffs": "chiefs of staff"},
        **{"wives": "heroes", "wife": "hero"},
        # The part of speech with more counts, names not among them; synonyms that texts use before others.
        **{"march": "process", "works": "does work", "working": "doing work", "worked": "", "toil": "work"},
        # Where one form stands for two, none that would have to choose: began or begun, strode or stridden.
        **{"began": "started", "begun": "started", "started": "", "starts": "begins", "processed": "marched"},
        **{"gave": "yielded", "gives": "yields", "put": "set", "puts": "sets|places", "putting": "setting|placing"},
        **{"stopped": "halted", "halting": "stopping", "tried": "passed", "tries": "passes", "exhibited": ""},
        **{"exhibits": "shows", "passing": "trying"},
        # A sense must have its share of the counts.
        **{"rank": "", "order": "rank"},
        **{"big": "large", "bigger": "larger", "biggest": "largest", "larger": "bigger", "large": "big"},
        **{"happier": "more handsome|more beautiful", "happiest": "most handsome|most beautiful"},
        **{"quickly": "rapidly", "minute": ""},
    }
    assert {word: table[word] for word in expected} == expected
    assert not {"unseen", "metropolis", "domestic dog", "asleep"} & table.keys()
    assert not any("one's" in line for line in table.values())
    assert (out / "wordnet-license.txt").read_text("utf-8") == "This software is licensed so.\n\nAnd so.\n"


def test_the_same_files_give_the_same_bytes(wordnet: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        make(wordnet, tmp_path / name)
    for name in ("synonyms.tsv.gz", "wordnet-license.txt"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.slow
def test_what_is_shipped_is_what_wordnet_gives(tmp_path: Path) -> None:
    if not (WORDNET / "cntlist.rev").is_file():
        pytest.skip("Debian's package wordnet-base is not installed")
    make(WORDNET, tmp_path)
    import tinynq

    data = Path(tinynq.__file__).parent / "data"
    tables = [gzip.decompress((folder / "synonyms.tsv.gz").read_bytes()) for folder in (tmp_path, data)]
    assert tables[0] == tables[1]
    assert (data / "wordnet-license.txt").read_bytes() == (tmp_path / "wordnet-license.txt").read_bytes()
