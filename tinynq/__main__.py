"""``python -m tinynq`` is the command ``tinynq``; torchrun starts it so."""

from tinynq.cli import main

if __name__ == "__main__":
    main()
