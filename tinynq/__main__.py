"""The command ``tinynq``, also as ``python -m tinynq``, which is how torchrun starts it.

Worker processes import this module again, and want no command line: that is imported when it is called.
"""

import atexit
import gc


def main() -> None:
    """Run the command line."""
    # Python ends with a look for garbage among all that there is, of which nothing is needed: up to 0.1 s.
    atexit.register(gc.freeze)
    from tinynq.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
