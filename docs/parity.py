"""Write docs/parity.md: every case of the parity matrix, measured.

Needs the extras parity and keras. Run from the root: python docs/parity.py
"""

from __future__ import annotations

import platform
import sys
import tempfile
import warnings
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.parity.matrix import D, Difference, H, T, cases, difference, tolerance  # noqa: E402

PACKAGES = ("numpy", "torch", "keras", "onnx", "onnxruntime", "h5py", "safetensors")

INTRODUCTION = """# How far rnnstep is from the runtimes

Made by `python docs/parity.py`. Each case is a model that the runtime made with random weights,
saved and ran; rnnstep opened the file and ran the same {T} timesteps of {D} features through {H}
units a layer, from the same initial states, none of them zero. The table gives the largest
difference over all timesteps of the last layer's output, in units in the last place of the
largest expected value, and in brackets the difference itself. A test allows {allowed:g} units for
each layer of a stack (`tests/parity/test_matrix.py`).

{count} cases; the largest difference of all is {worst:.1f} units a layer ({name}).

{versions}
"""


def main() -> None:
    """Measure every case and write the page."""
    warnings.simplefilter("ignore")
    found = {}
    for case in cases():
        with tempfile.TemporaryDirectory() as folder:
            found[case] = difference(case, Path(folder))
        print(f"\r{len(found)} cases", end="", flush=True)
    worst = max(found, key=lambda case: found[case].ulps / case.depth)
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    lines = [
        INTRODUCTION.format(
            T=T,
            D=D,
            H=H,
            allowed=tolerance(worst) / worst.depth,
            count=len(found),
            worst=found[worst].ulps / worst.depth,
            name=worst.id,
            versions=f"Python {platform.python_version()}, {packages}.",
        )
    ]
    for (runtime, kind), group in groupby(found, key=lambda case: (case.runtime, case.format)):
        lines += [
            f"## {runtime}, `.{kind}`",
            "",
            *_table({case: found[case] for case in group}),
            "",
        ]
    (ROOT / "docs" / "parity.md").write_text("\n".join(lines), encoding="utf-8")
    print(f"\nlargest: {worst.id}: {found[worst].ulps:.1f} units in the last place")


def _table(found: dict) -> list[str]:  # type: ignore[type-arg]
    columns = sorted({(case.depth, case.dtype) for case in found})
    titles = [f"{depth} layer{'s'[: depth > 1]}, {dtype}" for depth, dtype in columns]
    rows = [["layer", "activation", "direction", *titles]]
    for key, group in groupby(
        found, key=lambda case: (case.layer, case.activation, case.direction)
    ):
        own = {(case.depth, case.dtype): found[case] for case in group}
        rows.append([*key, *(_cell(own.get(column)) for column in columns)])
    rows.insert(1, ["---"] * len(rows[0]))
    return [f"| {' | '.join(row)} |" for row in rows]


def _cell(found: Difference | None) -> str:
    return "" if found is None else f"{found.ulps:.1f} ({found.absolute:.0e})"


if __name__ == "__main__":
    main()
