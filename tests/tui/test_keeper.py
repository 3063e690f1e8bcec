"""The screen at the start and at the end: configured, commanded, as it was left; and kept."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep.config import Config
from rnnstep.frame import Frame
from rnnstep.opening import open_session
from rnnstep.render.numbers import PRECISIONS
from rnnstep.render.palette import COLOUR_MAPS
from rnnstep.render.pen import Mode, Scale
from rnnstep.render.timeline import ZOOMS
from rnnstep.samples_folder import sample
from rnnstep.saved import SessionFile
from rnnstep.tui.app import Debugger
from rnnstep.tui.kept import all_parts
from rnnstep.tui.notebar import NoteBar
from rnnstep.tui.settings import SETTINGS, chosen
from tests.tui.conftest import Act, complaint, drive, text_of, typed


def app_with(path: Path | None = None, config: Config | None = None) -> Debugger:
    file = SessionFile(path) if path else None
    return Debugger(open_session(sample("addition")), config, file)


def left(app: Debugger, *acts: Act) -> Debugger:
    """The app after the acts, left as by its key."""
    drive(app, *acts, see=lambda: None)
    app.keeper.end()
    return app


def settings_of(app: Debugger) -> dict[str, Any]:
    return chosen(app.choices, app.theme)


def warnings(app: Debugger) -> list[str]:
    return [note.text for note in app.session.notes if note.warning]


def test_what_comes_back_is_said(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    first = left(app_with(path), "3", "l")
    assert not any("as it was left" in str(note) for note in first.session.notes)
    again = left(app_with(path))
    assert str(again.session.notes[0]) == "as it was left (--no-session)"


def test_a_fork_comes_back_to_the_screen(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    left(app_with(path), "1", "2", "g", "j", "j", "j", "r", "0", "enter")
    again = app_with(path)
    seen = drive(again, see=lambda: text_of(again))
    assert "fork 1 of 1" in seen[0]
    assert any("where(h_t_at, h_t_set, tanh(a))" in line for line in seen)


def test_the_view_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    before = left(app_with(path), "d", "s", "m", "right_square_bracket", "T", "plus", "v", "3", "l")
    after = left(app_with(path))
    assert settings_of(after) == settings_of(before)
    assert after.session.cursor == before.session.cursor
    assert set(json.loads(path.read_text("utf-8"))["view"]) == set(SETTINGS)
    assert warnings(after) == []


VIEWS = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from([mode.value for mode in Mode]),
        "scale": st.sampled_from([scale.value for scale in Scale]),
        "precision": st.sampled_from(PRECISIONS),
        "map": st.sampled_from(["", *COLOUR_MAPS]),
        "theme": st.sampled_from(["nord", "textual-light", "textual-dark"]),
        "zoom": st.sampled_from([None, *ZOOMS]),
        "follows": st.booleans(),
    },
)


@given(VIEWS, VIEWS)
def test_settings_are_read_as_they_are_written(configured: Any, later: Any) -> None:
    """What was chosen over a configuration is chosen over it again, and nothing else is kept."""
    keeper = app_with().keeper
    keeper.choose({name: SETTINGS[name].read(value) for name, value in configured.items()})
    keeper.base = (keeper.app.choices, keeper.app.theme)
    keeper.choose({name: SETTINGS[name].read(value) for name, value in later.items()})
    parts = all_parts(keeper)
    written = json.loads(json.dumps(parts["view"].write()))
    assert written.keys() <= later.keys()
    again = app_with().keeper
    again.choose({name: SETTINGS[name].read(value) for name, value in configured.items()})
    assert list(all_parts(again)["view"].read(written)) == []
    assert settings_of(again.app) == settings_of(keeper.app)


def test_a_configuration_is_the_start_and_a_session_comes_over_it(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    config = Config(view={"precision": 6, "mode": Mode.NUMBERS}, startup=("goto 5", "scale step"))
    first = left(app_with(path, config))
    assert (first.choices.precision, first.choices.mode) == (6, Mode.NUMBERS)
    assert (first.session.cursor.t, first.choices.scale) == (5, Scale.STEP)
    left(app_with(path, config), "left_square_bracket", "l")
    assert json.loads(path.read_text("utf-8"))["view"] == {"precision": 4}
    changed = Config(view={"precision": 8, "mode": Mode.HEATMAP}, startup=("goto 9",))
    again = left(app_with(path, changed))
    assert (again.choices.precision, again.choices.mode) == (4, Mode.HEATMAP)
    assert (again.session.cursor.t, again.choices.scale) == (6, Scale.SEQUENCE)


def test_a_breakpoint_of_the_start_that_was_disabled_stays_so(tmp_path: Path) -> None:
    path, config = tmp_path / "session.json", Config(startup=("break nan", "break t == 3"))
    left(app_with(path, config), "colon", *typed("disable 1"))
    again = left(app_with(path, config))
    assert [known.enabled for known in again.session.breakpoints.all] == [False, True]


def test_a_command_of_the_start_that_fails_is_a_warning() -> None:
    app = left(app_with(config=Config(startup=("break nothing > 1", "goto 4", "visit 3"))))
    assert app.session.cursor.t == 4
    first, second = warnings(app)
    assert first.startswith("startup 'break nothing > 1': column 1: ")
    assert second == "startup 'visit 3': no bookmark 3: there are none"


def test_a_theme_that_was_configured_has_its_look_in_the_first_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dark: list[bool | None] = []

    def note(app: Debugger, frame: Frame | None) -> None:
        dark.append(app.view.dark if frame else None)

    monkeypatch.setattr(Debugger, "watch_frame", note, raising=False)
    app = app_with(config=Config(view={"theme": "textual-light"}))
    drive(app, see=lambda: None)
    assert next(one for one in dark if one is not None) is False


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"version": 2}',
        b'{"version": 1, "view": {"mode": "x", "precision": 4}, "history": 3}',
    ],
)
def test_a_damaged_file_stops_nothing_and_is_copied(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "session.json"
    path.write_bytes(content)
    app = app_with(path)
    shown = drive(app, "l", see=lambda: app.query_one(NoteBar).has_class("-warning"))
    assert shown
    assert warnings(app)
    app.keeper.end()
    assert path.with_name("session.json.bak").read_bytes() == content
    assert warnings(left(app_with(path))) == []


def test_what_was_typed_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    left(app_with(path), "colon", *typed("goto 3"), "colon", *typed("step"))
    assert json.loads(path.read_text("utf-8"))["history"] == ["goto 3", "step"]
    again = left(app_with(path), "colon", "up", "up", "enter")
    assert again.session.cursor.t == 3


def test_the_session_is_saved_by_a_command(tmp_path: Path) -> None:
    own, other = tmp_path / "own.json", tmp_path / "other.json"
    app = app_with(own)
    drive(app, "l", "colon", *typed("session"), see=lambda: None)
    assert json.loads(own.read_text("utf-8"))["cursor"]["t"] == 1
    app = app_with(own)
    said = drive(
        app, "l", "colon", *typed(f"session {other.name}"), see=lambda: app.query_one(NoteBar).said
    )
    assert said == f"saved {other.name}"
    app.keeper.end()
    assert json.loads(other.read_text("utf-8"))["cursor"]["t"] == 2
    assert json.loads(own.read_text("utf-8"))["cursor"]["t"] == 1


def test_of_two_at_once_the_last_wins_and_the_other_is_in_the_copy(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    left(app_with(path), "2", "l")
    first, second = app_with(path), app_with(path)
    for app, key in ((first, "l"), (second, "G")):
        drive(app, key, see=lambda: None)
    first.keeper.end()
    saved_by_first = path.read_bytes()
    second.keeper.end()
    assert json.loads(path.read_text("utf-8"))["cursor"]["t"] == 31
    assert [copy.read_bytes() for copy in tmp_path.glob("*.bak*")] == [saved_by_first]


def test_a_folder_that_cannot_be_made_is_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    app = Debugger(
        open_session(sample("addition")),
        file=SessionFile(tmp_path / "state" / "sessions" / "a.json", wanted=False),
    )
    left(app, "l")
    assert warnings(app) == []
    assert capsys.readouterr().err.startswith("rnnstep: the session is not saved: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*SETTINGS, "x"]), inner)
    ),
    max_leaves=6,
)


@given(JSON, JSON)
def test_parts_of_the_screen_with_anything_in_them_are_handled(view: Any, history: Any) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "session.json"
        path.write_text(json.dumps({"version": 1, "view": view, "history": history}))
        app = app_with(path)
        before = settings_of(app)
        told = [n for n in app.keeper._restored(SessionFile(path)) if n.warning]
        after = settings_of(app)
        said = view if isinstance(view, dict) else {}
        assert all(after[name] in (before[name], said.get(name)) for name in SETTINGS)
        assert told or (view, history) == ({n: after[n] for n in said}, app.keeper.history)


def test_without_a_file_it_says_so() -> None:
    app = app_with()
    told = drive(app, "colon", *typed("session"), see=lambda: complaint(app))
    assert told == "nothing of this session is kept: name a file"


def test_a_name_that_no_file_can_have_is_said_and_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = left(app_with(tmp_path / ("x" * 300)), "l")
    unread, unsaved = warnings(app)
    told = "session cannot be read: File name too long; it is copied before it is overwritten ("
    assert unread.startswith(told)
    assert unsaved.endswith(": File name too long")
    assert "cannot be read: File name too long" in capsys.readouterr().err


def test_that_nothing_could_be_saved_is_said_and_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "none" / "session.json"
    app = left(app_with(path), "l")
    assert warnings(app) == [
        f"the session cannot be saved to {path}: there is no folder {path.parent}"
    ]
    said = capsys.readouterr().err
    assert said.startswith(f"rnnstep: the session is not saved: {path}: cannot be written: No such")
