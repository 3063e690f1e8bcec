"""Everything in one table, each beside a peer in the same run.

Run from the repository root, with the extra ``parity``: python -m benchmarks.run, or only some
parts of it: python -m benchmarks.run engine recorded
"""

from __future__ import annotations

import argparse
from itertools import chain

from benchmarks import batches, compiled, engine, files, recorded, scanning, screen, start
from benchmarks.measure import show

PARTS = {
    module.__name__.rpartition(".")[2]: module
    for module in (start, screen, engine, compiled, batches, recorded, scanning, files)
}


def main() -> None:
    """Measure everything or the parts that are named, and print the table."""
    parser = argparse.ArgumentParser(description="Speed beside peers, as a Markdown table.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parts = parser.parse_args().parts or [*PARTS]
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        parser.error(f"no part '{unknown[0]}'; known: {', '.join(PARTS)}")
    show(chain.from_iterable(PARTS[part].rows() for part in parts))
    if "screen" in parts:
        print(f"\n{screen.bytes_per_step()}")


if __name__ == "__main__":
    main()
