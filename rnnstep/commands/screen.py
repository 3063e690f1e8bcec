"""The actions of the screen: what is shown, where, and the rest."""

from __future__ import annotations

from rnnstep.commands import checks, showing, words
from rnnstep.commands.action import Action, Outcome, Takes
from rnnstep.commands.motions import LINES
from rnnstep.commands.what_if import scale
from rnnstep.errors import InputError
from rnnstep.paths import typed_path
from rnnstep.session import Session


def save_session(session: Session, said: str) -> Outcome:
    """Save the session to a file; the screen knows one of its own."""
    if not said:
        raise InputError("nothing of this session is kept: name a file")
    session.save(typed_path(said))
    return Outcome(f"saved {said}", {"file": said})


_SHOW, _PANELS, _REST = "Looks", "Panels", "Other"

INSIDE = (
    Action("inside", ("enter",), "inside", "look inside one number: ↑ ↓ go over its terms", LINES),
    Action("out", ("escape",), "out", "out again: of a number, a zoomed panel", LINES),
)

ACTIONS = (
    Action(
        "mode", ("d",), "", "numbers, colours, or both", _SHOW, "", Takes.CHOICE, words=words.MODES
    ),
    Action(
        "scale",
        ("s",),
        "scale",
        "colour scale, or fork with a value scaled: i_t 2",
        _SHOW,
        "",
        Takes.CHOICE,
        does=scale,
        usage="[NAME]",
        words=words.SCALES,
        checks=checks.edit("scale"),
    ),
    Action("map", ("m",), "", "the next colour map", _SHOW, "", Takes.CHOICE, words=words.MAPS),
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
    Action("parent", ("V",), "", "timeline: the future of a fork's parent below", _PANELS),
    Action("choose", ("x",), "", "take the unit into the line plot, or out", _PANELS),
    Action("plot", ("p",), "plot", "line plot of the chosen units over time", _PANELS),
    Action("copy", ("y",), "", "copy the selected number to the clipboard", _REST),
    Action(
        "save", ("S",), "", "save the screen as SVG", _REST, "", Takes.CHOICE, words=words.FILES
    ),
    Action(
        "session",
        (),
        "",
        "save the session now, or from now on to FILE",
        _REST,
        "",
        Takes.CHOICE,
        does=save_session,
        usage="[FILE]",
        words=words.FILES,
    ),
    Action("notes", ("i",), "", "what was inferred about the files", _REST, does=showing.notes),
    Action("command", ("colon",), "command", "type a command: a name or key, or a number", _REST),
    Action(
        "help", ("question_mark",), "help", "every key and command", _REST, does=showing.commands
    ),
    Action("quit", ("q",), "quit", "leave", _REST),
)
