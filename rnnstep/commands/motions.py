"""The actions that move the cursor: in time, in the equations, over units and layers."""

from __future__ import annotations

from rnnstep.commands import moving, showing
from rnnstep.commands.action import Action, Takes

TIME, LINES = "Time", "Equations and units"

ACTIONS = (
    Action("step", ("right", "l"), "step", "one timestep forward", TIME, "step", Takes.COUNT),
    Action("back", ("left", "h"), "back", "one timestep back", TIME, "back", Takes.COUNT),
    Action(
        "first",
        ("home", "g"),
        "",
        "to timestep 0; with a count to that one",
        TIME,
        takes=Takes.COUNT,
        does=moving.first,
    ),
    Action(
        "last",
        ("end", "G"),
        "",
        "to the last timestep; with a count to that one",
        TIME,
        takes=Takes.COUNT,
        does=moving.last,
    ),
    Action("goto", ("t",), "go to", "to a timestep", TIME, "", Takes.NUMBER, moving.goto),
    Action("play", ("space",), "play", "let time run, or stop it", TIME),
    Action("faster", ("greater_than_sign",), "", "play faster", TIME),
    Action("slower", ("less_than_sign",), "", "play slower", TIME),
    Action(
        "down",
        ("down", "j"),
        "line",
        "to the next line or term",
        LINES,
        takes=Takes.COUNT,
        does=moving.down,
    ),
    Action(
        "up",
        ("up", "k"),
        "",
        "to the line or term before",
        LINES,
        takes=Takes.COUNT,
        does=moving.up,
    ),
    Action(
        "next_unit",
        ("J", "shift+down"),
        "unit",
        "to the next unit",
        LINES,
        "next_unit",
        Takes.COUNT,
    ),
    Action(
        "previous_unit",
        ("K", "shift+up"),
        "",
        "to the unit before",
        LINES,
        "previous_unit",
        Takes.COUNT,
    ),
    Action(
        "next_layer",
        ("pagedown",),
        "",
        "to the next layer's first line",
        LINES,
        "next_layer",
        Takes.COUNT,
    ),
    Action(
        "previous_layer",
        ("pageup",),
        "",
        "to the first line of the layer before",
        LINES,
        "previous_layer",
        Takes.COUNT,
    ),
    Action(
        "layers",
        ("L",),
        "",
        "the layers and their shapes; Enter goes to one",
        LINES,
        does=showing.layers,
    ),
    Action("value", (), "", "to a value's line, such as h_t", LINES, "goto_value", Takes.TEXT),
    Action("unit", (), "", "to a unit, by number or label", LINES, "", Takes.TEXT, moving.unit),
    Action(
        "origin",
        ("o",),
        "",
        "to what made this number, or its chosen term",
        LINES,
        does=moving.origin,
    ),
    Action("return", ("O",), "", "back from there", LINES, "from_origin"),
)
