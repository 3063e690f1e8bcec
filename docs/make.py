"""Write what is generated: the tables in the pages, the picture, and the colours of the maps.

Run from the repository root: python docs/make.py
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from cmap import Colormap

from rnnstep.breaks.presets import PRESETS
from rnnstep.breaks.rules import RULES
from rnnstep.cells import Cell, Declaration, cell_names, load_cell
from rnnstep.check.tolerance import DEFAULTS
from rnnstep.commands.keys import key_text
from rnnstep.commands.table import ACTIONS, BY_NAME
from rnnstep.equations import ACTIVATIONS, FUNCTIONS
from rnnstep.equations.operators import ATOM, BINARY, UNARY, Operator
from rnnstep.errors import ExpressionError
from rnnstep.render.palette import COLOUR_MAPS
from rnnstep.scale import LEVELS
from rnnstep.weights.conventions import CELL_OF_GATES, CONVENTIONS, Convention

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
COLOURS_MODULE = ROOT / "rnnstep" / "render" / "colours.py"

LISTING = """\
input  x_t:    input
state  h_prev: hidden
weight W:      hidden, input
weight k:      hidden
{}
W_x = W @ x_t
h_t = k * h_prev + W_x
"""
"""A cell into whose line 5 each of the mistakes is put."""

MISTAKES = (
    "a = k * h_prv",
    "a = k * h_t",
    "a = a + 1",
    "a = sgmoid(k)",
    "a = tanh + 1",
    "a = tanh(k, h_prev)",
    "h_t = tanh(k)",
    "tanh = k * h_prev",
    "W @ x_t",
    "a = W * x_t",
    "a = W @ h_prev",
    "a = norm(k) @ k",
    "a = W @ (x_t * (h_prev @ W))",
    "a = k[0, 0]",
    "a = k[x_t]",
    "a = k[0:4:2]",
    "a = softmax(1)",
    "a = W.T",
    "a = k ** 2",
    "a = k // 2",
    "a = k & h_prev",
    "a = 0 < k < 1",
    "a = k if k else h_prev",
    "a = max(x for x in k)",
    "a = 'k'",
    "a = True",
    "a = 1e999",
    "a = 2 · k",
    "a = ",
    "weight V hidden",
    "weight V: hidden",
    "weight V: hidden = zero",
    "weight k: hidden",
    "input y_t: input",
    "state s: hidden",
    "state s_prev: hidden",
    "state s_prev: hidden\ns_t = norm(s_prev)",
    "option f = exp",
    "output y_t",
)


def table(*rows: tuple[str, ...]) -> str:
    """Rows of cells as Markdown; the first is the heading."""
    escaped = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    heading, *others = (f"| {' | '.join(row)} |" for row in escaped)
    return "\n".join([heading, f"|{'---|' * len(rows[0])}", *others])


def code(text: str) -> str:
    """Text as code, if there is any."""
    return f"`{text}`" if text else ""


def keys_table() -> str:
    """The keys, from the table of actions."""
    rows = [
        (" ".join(code(key_text(key)) for key in a.keys), a.help, code(f":{a.name}"))
        for a in ACTIONS
    ]
    return table(("keys", "what", "command"), *rows)


def cells_table() -> str:
    """The cells with their equations, from their listings."""
    rows = []
    for name in cell_names():
        cell = load_cell(name)
        lines = (f"{cell.title(e.name)} = {cell.mathematics(e)}" for e in cell.equations)
        rows.append((name, "<br>".join(lines), "<br>".join(cell.description)))
    return table(("cell", "equations", "what it is"), *rows)


def operators_table() -> str:
    """The operators, the loosest first."""

    def row(binding: int, operators: list[Operator]) -> tuple[str, ...]:
        operands = "two" if operators[0] in BINARY.values() else "one"
        symbols, signs = (
            " ".join(code(text) for text in texts)
            for texts in ([o.symbol for o in operators], [o.sign for o in operators])
        )
        return str(binding), symbols, operands, signs

    known = sorted([*BINARY.values(), *UNARY.values()], key=lambda o: o.binding)
    rows = [row(binding, list(same)) for binding, same in groupby(known, lambda o: o.binding)]
    last = (str(ATOM), "names, numbers, calls `f(x)`, indexing `x[i]`, parentheses", "", "")
    return table(("binds", "written", "operands", "on the screen"), *rows, last)


def functions_table() -> str:
    """The functions, from the table that the parser reads."""
    rows = [
        (code(f.name), f.summary, f.kind.value, code(f.sign), "yes" * (f.name in ACTIVATIONS))
        for f in FUNCTIONS.values()
    ]
    return table(("function", "what", "works", "on the screen", "activation"), *rows)


def mistakes_table() -> str:
    """What a listing's line may not be, and what is then said: each is tried here."""
    rows = [(line.replace("\n", "`<br>`"), complaint(line)) for line in MISTAKES]
    return table(("line 5", "what is said"), *((code(a), b) for a, b in rows))


def complaint(line: str) -> str:
    """What reading the listing with this line says."""
    try:
        Cell.from_text(LISTING.format(line), "my_cell", "my_cell.txt")
    except ExpressionError as error:
        return code(str(error))
    raise ValueError(f"the language takes this line: {line}")


def conventions_table() -> str:
    """The frameworks' layouts, from the table that the recogniser reads."""
    rows = [
        (c.framework, CELL_OF_GATES[count], "<br>".join(layout(c, count)), ", ".join(order))
        for c in CONVENTIONS
        for count, order in c.gates.items()
    ]
    sources = [f"{c.framework}: {c.source}." for c in CONVENTIONS]
    heading = ("framework", "cell", "tensors", "gates, in this order")
    return "\n".join([table(heading, *rows), "", "Sources. " + " ".join(sources)])


def layout(convention: Convention, gates: int) -> list[str]:
    """Each tensor of a framework's layer with its axes."""
    stacked = f"{gates} × hidden" if gates > 1 else "hidden"
    lines = []
    for role, name in convention.names.items():
        axes = [stacked, *{"Wx": ["input"], "Wh": ["hidden"]}.get(role, [])]
        shape = ", ".join(reversed(axes) if convention.transposed else axes)
        absent = ", may be absent" if role in convention.optional else ""
        lines.append(f"`{name}` ({shape}){absent}")
    return lines


def weights_table() -> str:
    """What each cell's own names are: weights, states, options."""
    rows = []
    for name in cell_names():
        cell = load_cell(name)
        options = ", ".join(f"`{option}` = {chosen}" for option, chosen in cell.options.items())
        columns = declared(cell.weights), declared(cell.states), options, code(cell.output)
        rows.append((name, *columns))
    return table(("cell", "weights", "states", "options", "output"), *rows)


def declared(declarations: Iterable[Declaration]) -> str:
    """Names with their axes and defaults, neighbours that have the same together."""
    lines = []
    for (shape, default), same in groupby(declarations, lambda d: (d.shape, d.default)):
        axes = f"({', '.join(map(str, shape))})" if shape else "scalar"
        filled_with = "" if default is None else f" = {default:g}"
        lines.append(f"{' '.join(code(d.name) for d in same)} {axes}{filled_with}")
    return "<br>".join(lines)


def rules_table() -> str:
    """What may stand behind an expression, with when it is a hit."""
    rows = ((f"`{rule.words}`", rule.summary) for rule in RULES)
    return table(("behind the expression", "it is a hit where"), *rows)


def presets_table() -> str:
    """The ready-made breakpoints with their keys."""
    keys = {preset.name: BY_NAME[preset.name].keys for preset in PRESETS}
    rows = (
        (
            " ".join(f"`{key_text(key)}`" for key in keys[preset.name]),
            f"`{preset.name}`",
            preset.summary,
        )
        for preset in PRESETS
    )
    return table(("keys", "name", "stops where"), *rows)


def tolerances_table() -> str:
    """The default tolerances by dtype."""
    rows = ((f"`{name}`", f"{own:g}", f"{share:g}") for name, (own, share) in DEFAULTS.items())
    return table(("dtype", "atol", "rtol"), *rows)


BLOCKS = {
    "tolerances": tolerances_table,
    "rules": rules_table,
    "presets": presets_table,
    "keys": keys_table,
    "cells": cells_table,
    "operators": operators_table,
    "functions": functions_table,
    "mistakes": mistakes_table,
    "conventions": conventions_table,
    "weights": weights_table,
}


def filled(text: str) -> str:
    """The text with the block between each pair of markers made anew."""
    for name, make in BLOCKS.items():
        pattern = rf"<!-- {name} -->.*?<!-- /{name} -->"
        if re.search(pattern, text, re.DOTALL):
            block = f"<!-- {name} -->\n{make()}\n<!-- /{name} -->"
            text = re.sub(pattern, block.replace("\\", r"\\"), text, flags=re.DOTALL)
    return text


def write_pages() -> None:
    """Bring the generated blocks of every page up to date."""
    for page in PAGES:
        page.write_text(filled(page.read_text("utf-8")), encoding="utf-8")


def colours() -> str:
    """The module of colours, its maps sampled anew: below zero, zero, above."""
    heading = COLOURS_MODULE.read_text("utf-8").partition("COLOURS = ")[0]
    lines = [f"{heading}COLOURS = {{"]
    for name in COLOUR_MAPS:
        colour_map = Colormap(name)
        shares = ((level + LEVELS) / (2 * LEVELS) for level in range(-LEVELS, LEVELS + 1))
        hexes = [bytes(colour_map(share).rgba8[:3]).hex() for share in shares]
        parts = hexes[:LEVELS], hexes[LEVELS : LEVELS + 1], hexes[LEVELS + 1 :]
        lines.append(f'    "{name}": """')
        lines += [f"        {' '.join(part)}" for part in parts]
        lines.append('    """,')
    return "\n".join([*lines, "}", ""])


SCREEN = "8gjJ"
WHAT_IF = "bh_t[1] changes sign\rcr-1\r"
"""What is typed before a picture is taken: a breakpoint, on to its first stop, an edit there."""


def picture(typed: str) -> str:
    """The screen on the first sample after something was typed, as SVG."""
    os.environ["TEXTUAL_COLOR_SYSTEM"] = "truecolor"
    from textual.keys import _character_to_key

    from rnnstep.opening import open_session
    from rnnstep.tui.app import Debugger

    app = Debugger(open_session(ROOT / "samples" / "seq.npy"))

    async def run() -> str:
        async with app.run_test(size=(120, 36)) as pilot:
            for letter in typed:
                await pilot.press("enter" if letter == "\r" else _character_to_key(letter))
            await pilot.pause()
            return app.export_screenshot()

    return asyncio.run(run())


def main() -> None:
    """Write everything."""
    write_pages()
    COLOURS_MODULE.write_text(colours(), encoding="utf-8")
    for name, typed in (("screen", SCREEN), ("what_if", WHAT_IF)):
        (ROOT / "docs" / f"{name}.svg").write_text(picture(typed), encoding="utf-8")


if __name__ == "__main__":
    main()
