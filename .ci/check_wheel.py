"""Check that a wheel carries what an installed rnnstep needs, and nothing that it does not."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("rnnstep/", "samples/")
UNWANTED = ("tests/", "benchmarks/", "docs/", ".ci/", ".pyc")


def main(wheel: Path) -> None:
    """Compare the wheel's files with those of the repository."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tracked = subprocess.run(
        ["git", "ls-files", *FOLDERS], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    expected = {f"rnnstep/{n}" if n.startswith("samples/") else n for n in tracked}
    missing = sorted(expected - names)
    unwanted = sorted(n for n in names if any(part in n for part in UNWANTED))
    licence = [n for n in names if n.endswith("licenses/LICENSE")]
    if missing or unwanted or not licence:
        sys.exit(f"{wheel.name}: missing {missing}, unwanted {unwanted}, licence {licence}")
    print(f"{wheel.name}: {len(names)} files, as expected")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
