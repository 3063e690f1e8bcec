"""What is written stays true: README's code runs, its generated parts are current."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")

FLOORS = {
    "errors": 0, "equations": 0, "scale": 0,
    "arrays": 1, "cells": 1, "labels": 1, "layer": 1, "model": 1, "notes": 1, "sequences": 1,
    "weights": 1,
    "checkpoints": 2, "engine": 2, "trace": 2,
    "frame": 3, "history": 3, "opening": 3, "ranges": 3, "session": 3, "terms": 3,
    "export": 4, "render": 4,
    "__main__": 5, "cli": 5, "samples_folder": 5, "tui": 5,
}  # fmt: skip
LOWEST = {"rich": 4, "textual": 5, "textual_plot": 5, "cyclopts": 5}


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_the_python_in_the_readme_runs(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_the_generated_parts_are_current() -> None:
    spec = importlib.util.spec_from_file_location("make", ROOT / "docs" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    assert make.filled(README) == README, "run: python docs/make.py"


def test_the_set_up_lines_are_there() -> None:
    assert "pip install . && rnnstep samples/seq.npy\n" in README
    assert "pip install '.[test]' && pytest\n" in README


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize(
    "path", sorted((ROOT / "rnnstep").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_a_module_imports_only_from_its_floor_and_below(path: Path) -> None:
    home = path.relative_to(ROOT / "rnnstep").with_suffix("").parts[0]
    if home == "__init__":
        return
    assert home in FLOORS, f"{home} stands on no floor: give it one"
    for name in imported(path):
        top, *rest = name.split(".")
        if top == "rnnstep" and rest and rest[0] in FLOORS:
            assert FLOORS[rest[0]] <= FLOORS[home], f"{home} imports {name} from a floor above"
        elif top in LOWEST:
            assert FLOORS[home] >= LOWEST[top], f"{home} imports {top}"
            assert top != "textual" or home == "tui"


def test_the_debugger_knows_no_screen() -> None:
    code = (
        "import sys, rnnstep.session, rnnstep.opening\n"
        "print(sorted({'rich', 'textual', 'cmap'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
