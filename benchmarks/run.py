"""Everything in one table, each beside a peer in the same run.

Run from the repository root, with the extra ``parity``: python -m benchmarks.run
"""

from __future__ import annotations

from benchmarks import engine, files, screen, start
from benchmarks.measure import HEAD


def main() -> None:
    """Measure everything, and print the table."""
    print(HEAD)
    for part in (start, screen, engine, files):
        for row in part.rows():
            print(row, flush=True)
    print(f"\n{screen.bytes_per_step()}")


if __name__ == "__main__":
    main()
