"""How long ``tinynq eval`` takes, as a share of reading the same pages with the standard library.

    python benchmarks/scoring.py PAGES... [--predictions FILE] [--repeat 3]

PAGES are files in the original format, with annotations; the predictions are the first candidate of every page.
--predictions names a larger file, which is loaded as well.
"""

import sys
import tempfile
from pathlib import Path

from timing import TINYNQ, compare, machine, parser, yardstick

from tinynq.files import expand
from tinynq.pages import read_pages
from tinynq.predictions import first_candidate, write_predictions

MUST = {"eval --no-cache": 0.20}
LOAD = """
import sys
from tinynq.predictions import read_predictions
read_predictions(sys.argv[1])
"""
PARSE = """
import gzip, json, sys
json.loads(gzip.open(sys.argv[1], "rb").read())
"""


def main() -> None:
    """Read the command line and print the tables."""
    options = parser(str(__doc__))
    options.add_argument("pages", nargs="+", help="NQ files in the original format")
    options.add_argument("--predictions", help="a gzipped predictions file to load")
    arguments = options.parse_args()
    files = expand(arguments.pages)
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "predictions.json"
        write_predictions(path, map(first_candidate, read_pages(files, annotated=False)))
        evaluate = [*TINYNQ, "eval", *files, "--predictions", str(path)]
        commands = {"Y: gzip and json.loads": yardstick(files)}
        commands |= {"eval --no-cache": [*evaluate, "--no-cache"], "eval, from the cache": evaluate}
        compare(commands, repeat=arguments.repeat, must=MUST)
    if arguments.predictions:
        print()
        commands = {
            "gzip and json.loads": [sys.executable, "-c", PARSE, arguments.predictions],
            "read_predictions": [sys.executable, "-c", LOAD, arguments.predictions],
        }
        compare(commands, repeat=arguments.repeat, must={})


if __name__ == "__main__":
    main()
