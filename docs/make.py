"""Write the generated parts of the documentation: the tables in README.md, and the picture.

Run from the repository root: python docs/make.py
"""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

from rnnstep.cells import cell_names, load_cell
from rnnstep.tui.actions import ACTIONS, key_text

ROOT = Path(__file__).parents[1]


def keys_table() -> str:
    """The keys, from the table of actions."""
    rows = ["| keys | what | command |", "|---|---|---|"]
    for action in ACTIONS:
        keys = " ".join(f"`{key_text(key)}`" for key in action.keys)
        rows.append(f"| {keys} | {action.help} | `:{action.name}` |")
    return "\n".join(rows)


def cells_table() -> str:
    """The cells with their equations, from their listings."""
    rows = ["| cell | equations | what it is |", "|---|---|---|"]
    for name in cell_names():
        cell = load_cell(name)
        lines = (f"{cell.title(e.name)} = {cell.mathematics(e)}" for e in cell.equations)
        rows.append(f"| {name} | {'<br>'.join(lines)} | {'<br>'.join(cell.description)} |")
    return "\n".join(rows)


BLOCKS = {"keys": keys_table, "cells": cells_table}


def filled(text: str) -> str:
    """The text with the block between each pair of markers made anew."""
    for name, make in BLOCKS.items():
        pattern = rf"<!-- {name} -->.*?<!-- /{name} -->"
        block = f"<!-- {name} -->\n{make()}\n<!-- /{name} -->"
        text = re.sub(pattern, lambda _, block=block: block, text, flags=re.DOTALL)
    return text


def picture() -> str:
    """The screen on the first sample, as SVG."""
    os.environ["TEXTUAL_COLOR_SYSTEM"] = "truecolor"
    from rnnstep.opening import open_session
    from rnnstep.tui.app import Debugger

    app = Debugger(open_session(ROOT / "samples" / "seq.npy"))

    async def run() -> str:
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.press("8", "g", "j", "J")
            await pilot.pause()
            return app.export_screenshot()

    return asyncio.run(run())


def main() -> None:
    """Write everything."""
    readme = ROOT / "README.md"
    readme.write_text(filled(readme.read_text("utf-8")), encoding="utf-8")
    (ROOT / "docs" / "screen.svg").write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
