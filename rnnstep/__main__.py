"""``python -m rnnstep``."""

from rnnstep.cli import main

if __name__ == "__main__":
    main()
