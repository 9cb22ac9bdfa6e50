"""The command ``tinynq``, also as ``python -m tinynq``, which is how torchrun starts it.

Worker processes import this module again, and want no command line: that is imported when it is called.
"""


def main() -> None:
    """Run the command line."""
    from tinynq.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
