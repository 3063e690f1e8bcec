"""The table of actions: key bindings, footer, help, palette and ``:`` commands are read from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Takes(Enum):
    """What may stand behind the name on the command line; a count also before the key."""

    NOTHING = ""
    COUNT = "[COUNT]"
    NUMBER = "NUMBER"
    TEXT = "TEXT"
    CHOICE = "[NAME]"

    @property
    def counts(self) -> bool:
        """Whether the digits typed before the key are meant for it."""
        return self in (Takes.COUNT, Takes.NUMBER)

    @property
    def needed(self) -> bool:
        """Whether nothing can be done before it is said."""
        return self in (Takes.NUMBER, Takes.TEXT)


@dataclass(frozen=True)
class Action:
    """One thing that a user can do.

    Attributes:
        name: its name on the command line and in the palette.
        keys: Textual's names of its keys.
        label: one or two words for the footer; empty if it is not shown there.
        help: what it does, one line.
        group: the heading that it stands under in the help.
        method: the method of the session that does it; the app's own action if empty.
        takes: what may be said with it.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    method: str = ""
    takes: Takes = Takes.NOTHING


_TIME, _LINES, _SHOW, _PANELS, _REST = "Time", "Equations and units", "Looks", "Panels", "Other"

ACTIONS = (
    Action("step", ("right", "l"), "step", "one timestep forward", _TIME, "step", Takes.COUNT),
    Action("back", ("left", "h"), "back", "one timestep back", _TIME, "back", Takes.COUNT),
    Action(
        "first",
        ("home", "g"),
        "",
        "to timestep 0; with a count to that one",
        _TIME,
        "",
        Takes.COUNT,
    ),
    Action(
        "last",
        ("end", "G"),
        "",
        "to the last timestep; with a count to that one",
        _TIME,
        "",
        Takes.COUNT,
    ),
    Action("goto", ("t",), "go to", "to a timestep", _TIME, "", Takes.NUMBER),
    Action("play", ("space",), "play", "let time run, or stop it", _TIME, "toggle_play"),
    Action("faster", ("greater_than_sign",), "", "play faster", _TIME),
    Action("slower", ("less_than_sign",), "", "play slower", _TIME),
    Action("down", ("down", "j"), "line", "to the next line or term", _LINES, "", Takes.COUNT),
    Action("up", ("up", "k"), "", "to the line or term before", _LINES, "", Takes.COUNT),
    Action(
        "next_unit",
        ("J", "shift+down"),
        "unit",
        "to the next unit",
        _LINES,
        "next_unit",
        Takes.COUNT,
    ),
    Action(
        "previous_unit",
        ("K", "shift+up"),
        "",
        "to the unit before",
        _LINES,
        "previous_unit",
        Takes.COUNT,
    ),
    Action(
        "next_layer",
        ("pagedown",),
        "",
        "to the next layer's first line",
        _LINES,
        "next_layer",
        Takes.COUNT,
    ),
    Action(
        "previous_layer",
        ("pageup",),
        "",
        "to the first line of the layer before",
        _LINES,
        "previous_layer",
        Takes.COUNT,
    ),
    Action("layers", ("L",), "", "the layers and their shapes; Enter goes to one", _LINES),
    Action("value", (), "", "to a value's line, such as h_t", _LINES, "goto_value", Takes.TEXT),
    Action("unit", (), "", "to a unit, by number or label", _LINES, "", Takes.TEXT),
    Action("inside", ("enter",), "inside", "look inside one number: ↑ ↓ go over its terms", _LINES),
    Action("origin", ("o",), "", "to what made this number, or its chosen term", _LINES),
    Action("return", ("O",), "", "back from there", _LINES, "from_origin"),
    Action("out", ("escape",), "out", "out again: of a number, a zoomed panel", _LINES),
    Action("mode", ("n",), "", "numbers, colours, or both", _SHOW, "", Takes.CHOICE),
    Action(
        "scale",
        ("s",),
        "scale",
        "colour scale: sequence, step, each matrix",
        _SHOW,
        "",
        Takes.CHOICE,
    ),
    Action("map", ("m",), "", "the next colour map", _SHOW, "", Takes.CHOICE),
    Action("fewer_digits", ("left_square_bracket",), "", "fewer digits", _SHOW),
    Action("more_digits", ("right_square_bracket",), "", "more digits", _SHOW),
    Action("theme", ("T",), "", "the next theme", _SHOW, "", Takes.CHOICE),
    Action("next_panel", ("tab",), "panel", "focus to the next panel", _PANELS),
    Action("previous_panel", ("shift+tab",), "", "focus to the panel before", _PANELS),
    Action("zoom", ("z",), "zoom", "the panel in focus on the whole screen, and back", _PANELS),
    Action("zoom_in", ("plus", "equals_sign"), "", "timeline: fewer timesteps, wider", _PANELS),
    Action("zoom_out", ("minus",), "", "timeline: more timesteps", _PANELS),
    Action("fit", ("f",), "", "timeline: as wide as fits", _PANELS),
    Action("columns_left", ("left_parenthesis",), "", "operation: the columns before", _PANELS),
    Action("columns_right", ("right_parenthesis",), "", "operation: the next columns", _PANELS),
    Action("follow", ("v",), "", "timeline: the state, or the current line's value", _PANELS),
    Action("choose", ("x",), "", "take the unit into the line plot, or out", _PANELS),
    Action("plot", ("p",), "plot", "line plot of the chosen units over time", _PANELS),
    Action("copy", ("y",), "", "copy the selected number to the clipboard", _REST),
    Action("save", ("S",), "", "save the screen as SVG", _REST, "", Takes.CHOICE),
    Action("notes", ("i",), "", "what was inferred about the files", _REST),
    Action("command", ("colon",), "command", "type a command: a name or key, or a number", _REST),
    Action("help", ("question_mark",), "help", "this page", _REST),
    Action("quit", ("q",), "quit", "leave", _REST),
)

BY_NAME = {action.name: action for action in ACTIONS}

MOTIONS = ("step", "back", "first", "last", "play", "faster", "slower")
"""The names of the actions that move in time at the press of a key."""

_SIGNS = {
    "right": "→",
    "left": "←",
    "up": "↑",
    "down": "↓",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "colon": ":",
    "question_mark": "?",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "shift+tab": "⇧Tab",
    "shift+down": "⇧↓",
    "shift+up": "⇧↑",
}


def key_text(key: str) -> str:
    """A key as people write it."""
    return _SIGNS.get(key, key)


BY_KEY = {key_text(key): action for action in ACTIONS for key in action.keys}
