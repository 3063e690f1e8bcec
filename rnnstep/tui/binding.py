"""The reader's keys, bound to what they do on the screen and on its pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.screen import Screen

from rnnstep.commands.table import BY_NAME

if TYPE_CHECKING:
    from rnnstep.tui.app import Debugger


def bind_keys(node: DOMNode, actions: Mapping[str, str], priority: bool = False) -> None:
    """Let keys, by Textual's names, do Textual's actions of a node; its own keys stay its own.

    Args:
        node: whose actions they are.
        actions: by key.
        priority: whether a key is done at once, before the next one is looked at. Others are done
            by who has the focus, and keys that come faster have gone to it by then, too.
    """
    known = node._bindings
    bindings = [
        Binding(key, action, show=False, priority=priority)
        for key, action in actions.items()
        if key not in known.key_to_bindings
    ]
    node._bindings = BindingsMap.merge([known, BindingsMap(bindings)])


def bind_actions(page: Screen[Any], actions: Mapping[str, str]) -> None:
    """Let the keys of actions of the table do something on a page."""
    keys = cast("Debugger", page.app).keys
    bind_keys(page, {key: actions[n] for n in actions for key in keys.of(BY_NAME[n])})


def bind_list(page: Screen[Any], *opened_by: str) -> None:
    """The keys of a page that is a list: up and down, and those that close it."""
    down, up = "move('down')", "move('up')"
    closing = dict.fromkeys(("quit", *opened_by), "dismiss")
    bind_actions(page, {**closing, "down": down, "up": up})
