"""Session files: what is saved comes back, and what is damaged neither stops nor is lost."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import InputError, Session, open_session
from rnnstep.bookmarks import Bookmark
from rnnstep.frame import Cursor
from rnnstep.samples_folder import sample
from rnnstep.saved.file import LARGEST
from rnnstep.saved.place import own_path
from tests.debugger.runs import session_of, stack

T = 40
MODEL = stack()
SIZES = [[layer.shape(e.name)[0] for e in layer.cell.equations] for layer in MODEL.layers]

CONDITIONS = (
    "abs(h_t[3]) > 0.5",
    "t == 17",
    "gru/h_t[2] changes sign",
    "nan",
    "jump",
    "saturation",
)
WATCHES = ("norm(h_t)", "gru/h_t[1:3]", "h_t - h_prev")
EDITS = (
    "set gru/h_t[2] = 0 at 12",
    "scale lstm/f_t 0.5 from 9",
    "noise lstm/h_prev 0.1 seed 3 at 5",
    "set lstm/Wh_f[3, 1] = 0.25 always",
)
BREAKPOINTS = st.tuples(
    st.sampled_from(CONDITIONS), st.integers(0, 10**9), st.booleans(), st.booleans()
)


@st.composite
def places(draw: st.DrawFn) -> Cursor:
    layer = draw(st.integers(0, len(SIZES) - 1))
    line = draw(st.integers(0, len(SIZES[layer]) - 1))
    return Cursor(
        draw(st.integers(-1, T - 1)), layer, line, draw(st.integers(0, SIZES[layer][line] - 1))
    )


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    session = session_of(MODEL, T)
    for text, ignore, once, enabled in draw(st.lists(BREAKPOINTS, max_size=4)):
        session.breakpoints.enable(session.add_break(text, ignore, once).number, enabled)
    for place in draw(st.lists(places(), max_size=4)):
        put(session, place)
        session.mark(draw(st.text(max_size=20)))
    for text in draw(st.lists(st.sampled_from(WATCHES), max_size=3)):
        session.add_watch(text)
    for text, above in draw(st.lists(st.tuples(st.sampled_from(EDITS), st.booleans()), max_size=3)):
        session.edit(text)
        if above:
            session.undo()
    put(session, draw(places()))
    return session


def put(session: Session, place: Cursor) -> None:
    session.goto_line(place.layer, place.line)
    session.goto_unit(place.unit)
    session.goto(place.t)


def seen(session: Session) -> tuple[Any, ...]:
    known = [(b.condition.text, b.enabled, b.ignore, b.once) for b in session.breakpoints.all]
    watched = [watch.expression.text for watch in session.watches]
    forks = [(str(f.edit), f.parent and f.parent.number) for f in session.tree.forks]
    current = session.tree.current.number
    return session.cursor, known, watched, session.bookmarks, forks, current


def copies(path: Path) -> list[bytes]:
    return [copy.read_bytes() for copy in sorted(path.parent.glob(f"{path.name}.bak*"))]


@given(sessions())
def test_a_session_comes_back(session: Session) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "session.json"
        session.save(path)
        back = session_of(MODEL, T)
        assert back.restore(path) == ()
        assert seen(back) == seen(session)
        written = path.read_bytes()
        back.save(path)
        assert (path.read_bytes() if path.exists() else b"") == written
        assert list(Path(folder).glob("*.bak*")) == []


def saved(folder: Path) -> tuple[Path, dict[str, Any]]:
    """A file with something in every part."""
    session = session_of(MODEL, T)
    session.add_break("t == 17", ignore=2)
    session.add_break("h_t[0] > 0", once=True)
    session.add_watch("norm(h_t)")
    session.goto(8)
    session.mark("here")
    session.next_unit()
    path = folder / "session.json"
    session.save(path)
    return path, json.loads(path.read_text("utf-8"))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**300, 10**301)
    | st.floats()
    | st.text()
    | st.sampled_from(["h_t", "gru/h_t", "t", "", "(" * 5000, "h_t[" + "9" * 3000 + "] > 0"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def mutated(draw: st.DrawFn, value: Any) -> Any:
    """A document in which one place is something else, or absent."""
    if isinstance(value, dict) and value and draw(st.integers(0, 4)):
        name = draw(st.sampled_from(sorted(value)))
        if draw(st.booleans()):
            return {**value, name: draw(mutated(value[name]))}
        return {other: value[other] for other in value if other != name} | draw(
            st.dictionaries(st.text(max_size=8), JSON, max_size=1)
        )
    if isinstance(value, list) and value and draw(st.integers(0, 4)):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], draw(mutated(value[place])), *value[place + 1 :]]
    return draw(JSON)


def is_handled(path: Path, content: bytes) -> None:
    """Nothing is raised, and what could not all be used is copied before it is overwritten."""
    path.write_bytes(content)
    session = session_of(MODEL, T)
    warnings = session.restore(path)
    assert all(note.warning and str(path) in note.text for note in warnings)
    assert all(len(note.text) < 400 + len(str(path)) for note in warnings)
    session.goto_unit(2)
    session.goto(T - 1)
    session.save(path)
    assert copies(path) == ([content] if warnings else [])
    again = session_of(MODEL, T)
    assert again.restore(path) == ()
    assert seen(again) == seen(session)


@given(st.data())
def test_a_document_with_anything_in_it_is_handled(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path, document = saved(Path(folder))
        is_handled(path, json.dumps(data.draw(mutated(document))).encode())


@given(st.binary(max_size=60), st.integers(0, 10**6), st.integers(0, 60))
def test_damaged_bytes_are_handled(damage: bytes, at: int, missing: int) -> None:
    with TemporaryDirectory() as folder:
        path, _ = saved(Path(folder))
        good = path.read_bytes()
        at %= len(good)
        is_handled(path, good[:at] + damage + good[at + missing :])
    with TemporaryDirectory() as folder:
        is_handled(Path(folder) / "session.json", damage)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is damaged: no JSON"),
        (b"[1, 2]", "is no session: it says no version"),
        (b'{"version": 0}', "is of version 0, not 1"),
        (b'{"version": true}', "is no session: it says no version"),
        (b"[" * 10**6, "is damaged: no JSON"),
        (b" " * (LARGEST + 5), "is longer than 8 MiB, and no session"),
        (b'{"version": 1, "colour": 3}', "there is no part 'colour'"),
        (
            b'{"version": 1, "cursor": {"t": 99, "value": "h_t", "unit": 0}}',
            "cursor: t 99 is out of",
        ),
        (b'{"version": 1, "sequence": "/a/b.npy"}', ""),
        (
            b'{"version": 1, "breakpoints": [{"condition": "h_t[99] > 1"}]}',
            "breakpoint 1 is left out: 'h_t[99] > 1': column ",
        ),
        (
            b'{"version": 1, "bookmarks": [{"t": 1, "value": "x", "unit": 0}]}',
            "bookmark 1 is left out",
        ),
        (b'{"version": 1, "watches": 3}', "watches: not a list"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, content: bytes, told: str) -> None:
    is_handled(tmp_path / "session.json", content)
    path = tmp_path / "other.json"
    path.write_bytes(content)
    warnings = [note.text for note in session_of(MODEL, T).restore(path)]
    assert len(warnings) == (1 if told else 0)
    assert told in "".join(warnings)


def test_one_part_that_cannot_be_used_leaves_the_others(tmp_path: Path) -> None:
    path, document = saved(tmp_path)
    document["breakpoints"][0]["condition"] = "nothing > 1"
    path.write_text(json.dumps(document), "utf-8")
    session = session_of(MODEL, T)
    (warning,) = session.restore(path)
    assert "breakpoint 1 is left out: 'nothing > 1'" in warning.text
    assert [known.condition.text for known in session.breakpoints.all] == ["h_t[0] > 0"]
    assert session.bookmarks == (Bookmark(Cursor(8), "here"),)
    assert session.cursor == Cursor(8, unit=1)


def test_a_watch_that_cannot_be_used_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text(json.dumps({"version": 1, "watches": ["h_t", "h_t ?", 3]}), "utf-8")
    session = session_of()
    first, second = session.restore(path)
    assert "watch 2 is left out: 'h_t ?': column " in first.text
    # what it is about comes first: on a narrow screen that is all of it
    assert second.text == f"session: watch 3 is left out: not a text ({path})"
    assert [known.expression.text for known in session.watches] == ["h_t"]


def test_a_copy_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    for number in range(3):
        path.write_bytes(b"damaged %d" % number)
        session = session_of()
        session.goto(number + 1)
        session.save(path)
    assert copies(path) == [b"damaged 0", b"damaged 1", b"damaged 2"]


def test_a_file_of_another_sequence_is_said_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    session = open_session(sample("addition"))
    session.goto(3)
    session.save(path)
    assert open_session(sample("addition")).restore(path) == ()
    before = path.read_bytes()
    document = json.loads(before) | {"sequence": "/elsewhere/other.npy"}
    path.write_text(json.dumps(document), "utf-8")
    (warning,) = session.restore(path)
    assert "was saved with the sequence other.npy" in warning.text


def test_the_parts_of_the_screen_outlive_a_script(tmp_path: Path) -> None:
    path, document = saved(tmp_path)
    path.write_text(json.dumps({**document, "view": {"precision": 5}}), "utf-8")
    session = session_of(MODEL, T)
    session.restore(path)
    session.goto(20)
    session.save(path)
    after = json.loads(path.read_text("utf-8"))
    assert (after["view"], after["cursor"]["t"]) == ({"precision": 5}, 20)
    assert copies(path) == []


def test_what_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    session = session_of()
    session.goto(3)
    for path, told in {
        tmp_path: "is no file",
        tmp_path / "none" / "session.json": "cannot be written: No such file",
        tmp_path / "a\0b": "no file has a NUL in its name",
        tmp_path / ("x" * 300): "cannot be read: File name too long",
    }.items():
        with pytest.raises(InputError, match=told):
            session.save(path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is no file"):
        session.save(tmp_path / "pipe")
    (warning,) = session.restore(tmp_path / ("x" * 300))
    assert "cannot be read: File name too long" in warning.text
    with pytest.raises(InputError, match="no such file"):
        session.restore(tmp_path / "missing.json")


def test_a_write_that_fails_leaves_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = saved(tmp_path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        session_of(MODEL, T).save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["session.json"]


def test_each_sequence_with_its_weights_has_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    whole = open_session(sample("addition"))
    path = own_path(whole)
    assert path is not None
    assert path.parent == tmp_path / "rnnstep" / "sessions"
    monkeypatch.chdir(sample("addition").parent)
    assert own_path(open_session(sample("addition").name)) == path
    other = open_session(sample("addition"), weights=sample("addition").parent / "seq.weights.npz")
    assert own_path(other) == path
    assert own_path(open_session(sample("text"))) != path
    assert own_path(session_of()) is None


def test_each_sample_of_a_batch_has_a_file_of_its_own(tmp_path: Path) -> None:
    xs = np.load(sample("addition"))
    np.save(tmp_path / "seq.npy", np.stack([xs, 1 - xs]))
    weights = sample("addition").parent / "seq.weights.npz"
    first = open_session(tmp_path / "seq.npy", weights=weights)
    named = open_session(tmp_path / "seq.npy", weights=weights, sample=0)
    second = open_session(tmp_path / "seq.npy", weights=weights, sample=1)
    assert own_path(first) == own_path(named) != own_path(second)
    first.goto(3)
    second.goto(3)
    second.save(tmp_path / "second.json")
    (said,) = first.restore(tmp_path / "second.json")
    assert said.text.startswith("session: it was saved with the sample 1 (")


def test_forks_come_back_with_their_values(tmp_path: Path) -> None:
    session = session_of(MODEL, T)
    session.edit("set gru/h_t[2] = 0 at 12")
    session.edit("scale lstm/f_t 0.5 from 20")
    session.undo()
    session.edit("swap gru/h_prev from 3 at 30")
    session.save(tmp_path / "session.json")
    back = session_of(MODEL, T)
    assert back.restore(tmp_path / "session.json") == ()
    assert back.tree.current.number == 3
    for mine, its in zip(session.tree.forks, back.tree.forks, strict=True):
        expected = mine.trace.series("gru/h_t").tolist()
        assert its.trace.series("gru/h_t").tolist() == expected


def test_forks_that_were_let_go_leave_no_gap(tmp_path: Path) -> None:
    session = session_of(MODEL, T)
    session.edit("set gru/h_t[2] = 0 at 12")
    session.edit("set gru/h_t[3] = 0 at 13")
    session.switch(0)
    session.edit("set gru/h_t[1] = 0 at 14")
    session.edit("set gru/h_t[0] = 0 at 15")
    session.drop(1)
    session.save(tmp_path / "session.json")
    back = session_of(MODEL, T)
    assert back.restore(tmp_path / "session.json") == ()
    assert [str(fork.edit) for fork in back.tree.forks[1:]] == [
        "set gru/h_t[1] = 0 at 14",
        "set gru/h_t[0] = 0 at 15",
    ]
    assert back.tree.current.number == 2
    assert back.tree.current.parent is back.tree.forks[1]


def swapped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session with a state swapped in from a file by a path that is good in one folder."""
    monkeypatch.chdir(folder)
    np.save("state.npy", np.full(4, 0.25, np.float32))
    session = session_of(MODEL, T)
    session.edit("swap gru/h_prev state.npy at 12")
    session.edit("set gru/h_t[2] = 0 at 20")
    session.save("session.json")
    return folder / "session.json"


def test_a_file_s_state_comes_back_in_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = swapped(tmp_path, monkeypatch)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    back = session_of(MODEL, T)
    assert back.restore(path) == ()
    assert (back.trace.frame(12)["gru/h_prev"] == 0.25).all()
    assert len(back.tree.forks) == 3


def test_without_that_file_it_is_said_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = swapped(tmp_path, monkeypatch)
    (tmp_path / "state.npy").rename(tmp_path / "moved.npy")
    back = session_of(MODEL, T)
    first, second = (note.text for note in back.restore(path))
    file = tmp_path / "state.npy"
    assert first == f"session: fork 1 is left out: {file}: no such file ({path})"
    assert "is below fork 1, which is left out" in second
    assert back.tree.current.number == 0
    # what is done meanwhile comes before them, and nothing has to be copied
    back.edit("set gru/h_t[1] = 0 at 3")
    back.save(path)
    assert sorted(tmp_path.glob("*.json*")) == [path]
    (tmp_path / "moved.npy").rename(file)
    again = session_of(MODEL, T)
    assert again.restore(path) == ()
    assert [str(fork.edit) for fork in again.tree.forks[1:]] == [
        "set gru/h_t[1] = 0 at 3",
        f"swap gru/h_prev {file} at 12",
        "set gru/h_t[2] = 0 at 20",
    ]
    assert [fork.parent.number for fork in again.tree.forks if fork.parent] == [0, 0, 2]


def test_a_fork_that_fits_no_more_is_left_out_with_what_is_below(tmp_path: Path) -> None:
    session = session_of(MODEL, T)
    for text in ("set gru/h_t[2] = 0 at 12", "set gru/h_t[1] = 0 at 13"):
        session.edit(text)
    session.switch(0)
    session.edit("set gru/h_t[0] = 1 at 7")
    path = tmp_path / "session.json"
    session.save(path)
    path.write_text(path.read_text("utf-8").replace("h_t[2]", "h_t[9]"), "utf-8")
    back = session_of(MODEL, T)
    first, second = (note.text for note in back.restore(path))
    assert "fork 1 is left out: column 5: index 9 is outside: 0 to 3" in first
    assert "is below fork 1, which is left out" in second
    assert str(back.tree.current) == "fork 1, set gru/h_t[0] = 1 at 7"


@pytest.mark.parametrize(
    ("forks", "told"),
    [
        (3, "not an object"),
        ({"edits": 3}, "its edits is not a list"),
        ({"edits": [{"edit": 1, "parent": 0}]}, "fork 1 is left out: its edit is not a text"),
        ({"edits": [], "current": "x"}, "its current is not a whole number"),
    ],
)
def test_forks_of_other_types_are_said(tmp_path: Path, forks: Any, told: str) -> None:
    path = tmp_path / "session.json"
    path.write_text(json.dumps({"version": 1, "forks": forks}), "utf-8")
    session = session_of(MODEL, T)
    assert any(told in note.text for note in session.restore(path))
    assert session.tree.current.number == 0
