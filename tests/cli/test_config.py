"""The configuration's file: what it may say, and what is said of a mistake: file, line and key."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep.commands.keymap import DEFAULT
from rnnstep.commands.keys import key_name, key_text
from rnnstep.commands.table import ACTIONS, BY_NAME
from rnnstep.config import Config, find_config, read_config
from rnnstep.config.lines import line_of
from rnnstep.errors import InputError
from rnnstep.render.pen import Mode, Scale


def config_of(folder: Path, text: str) -> Config:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return read_config(path)


def test_everything_can_be_configured(tmp_path: Path) -> None:
    config = config_of(
        tmp_path,
        """
startup = [
    "break nan",  # wherever it arises
    "goto 3",
]

[view]
mode = "numbers"
scale = "step"
precision = 6
map = "vik"
theme = "nord"
zoom = -4
follows = true

[keys]
step = "n"
back = ["N", "ctrl+b", "F7"]
zoom_in = []
""",
    )
    assert config.startup == ("break nan", "goto 3")
    assert config.view == {
        "mode": Mode.NUMBERS,
        "scale": Scale.STEP,
        "precision": 6,
        "map": "crameri:vik",
        "theme": "nord",
        "zoom": -4,
        "follows": True,
    }
    keys = config.keys
    assert keys.texts(BY_NAME["step"]) == ["n"]
    assert keys.of(BY_NAME["back"]) == ("N", "ctrl+b", "f7")
    assert keys.first(BY_NAME["zoom_in"]) == ":zoom_in"
    assert keys.of(BY_NAME["last"]) == BY_NAME["last"].keys


MISTAKES = {
    "syntax": ("[view]\nmode = numbers\n", "2: Invalid value, at column 8"),
    "unfinished": ('startup = [\n"goto 3",\n', "2: "),
    "section": ("[veiw]\n", "1: veiw: there is no such setting; did you mean 'view'?"),
    "no table": ("\nview = 3\n", "2: view: write [view], and its settings on the lines below it"),
    "setting": (
        "[view]\n\nmoed = 1\n",
        "3: view.moed: there is no such setting; did you mean 'mode'",
    ),
    "mode": ('[view]\nmode = "x"\n', "2: view.mode: no mode 'x'; known: "),
    "mode's type": ("[view]\nmode = 3\n", "2: view.mode: give a text, in quotation marks"),
    "precision": ("[view]\nprecision = 5\n", "2: view.precision: give one of 1, 2, 3, 4, 6, 8"),
    "truth": ("[view]\nprecision = true\n", "2: view.precision: give one of"),
    "theme": ('[view]\ntheme = "nrod"\n', "2: view.theme: no theme 'nrod'; did you mean 'nord'?"),
    "zoom": ("[view]\nzoom = 0\n", "2: view.zoom: give one of 6, 3, 2, 1, -2"),
    "follows": ('[view]\nfollows = "yes"\n', "2: view.follows: give true or false"),
    "action": (
        '[view]\nmode = "both"\n[keys]\n# a comment\nstp = "n"\n',
        "5: keys.stp: there is no such action; did you mean 'step'?",
    ),
    "startup in a table": (
        '[keys]\nstartup = ["nan"]\n',
        "2: keys.startup: there is no such action; startup stands above all [tables]",
    ),
    "key": ('[keys]\nstep = "foo"\n', "2: keys.step: there is no key 'foo': write a character"),
    "no key": ('[keys]\nstep = ["n", ""]\n', "2: keys.step: there is no key ''"),
    "key's type": ("[keys]\nstep = 3\n", "2: keys.step: give a key, or a list of keys"),
    "digit": ('[keys]\nstep = "3"\n', "2: keys.step: a digit begins the count of another key"),
    "reserved": ('[keys]\nstep = "Ctrl+Q"\n', "2: keys.step: 'ctrl+q' always leaves"),
    "two of one": (
        '[keys]\nstep = "n"\nback = [\n  "N",\n  "n",\n]\n',
        "3: keys.back: 'n' is given to step, too",
    ),
    "startup": ('startup = "nan"\n', "1: startup: give a list of commands"),
    "command": (
        '\nstartup = [\n  "nan",\n  # then\n  "gooto 3",\n  "c"]\n',
        "5: startup: no command 'gooto'; did you mean 'goto'?",
    ),
    "command's type": ("startup = [\n'nan',\n3]\n", "3: startup: a command is a text"),
    "what is said": ('startup = ["goto x"]\n', "1: startup: goto takes a whole number, not 'x'"),
    "one behind another": ('view.mode = "x"\n', "1: view.mode: no mode 'x'"),
    "in a line": ('a = 1\nview = {mode = "x"}', "1: a: there is no such setting"),
    "all in a line": ('\nview = {scale = "step", mode = "x"}', "2: view.mode: no mode 'x'"),
    "text over lines": (
        '[view]\nmap = """\nmode = 3\n"""\nmode = "x"\n',
        "2: view.map: no colour map 'mode = 3\n'",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_line_and_key(tmp_path: Path, mistake: str) -> None:
    text, told = MISTAKES[mistake]
    with pytest.raises(InputError) as raised:
        config_of(tmp_path, text)
    assert str(raised.value).startswith(f"{tmp_path / 'config.toml'}:{told}")


def test_a_key_that_is_chosen_is_taken_from_the_action_that_had_it(tmp_path: Path) -> None:
    keys = config_of(tmp_path, '[keys]\nstep = "b"\nback = ["l", "left"]\n').keys
    assert keys.by_key["b"].name == "step"
    assert keys.of(BY_NAME["break"]) == ()
    assert keys.by_text["l"].name == "back"
    assert "right" not in keys.by_key
    assert keys.of(BY_NAME["first"]) == BY_NAME["first"].keys


def test_what_is_no_text_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"config.toml: is no UTF-8 text$"):
        read_config(path)
    path.write_text("a = " + "[" * 100_000)
    with pytest.raises(InputError, match=r"config\.toml"):
        read_config(path)
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_config(tmp_path)


def test_where_it_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert find_config() == Config()
    (tmp_path / "rnnstep").mkdir()
    (tmp_path / "rnnstep" / "config.toml").write_text("[view]\nprecision = 2\n")
    assert find_config().view == {"precision": 2}
    (tmp_path / "other.toml").write_text("[view]\nprecision = 4\n")
    monkeypatch.setenv("RNNSTEP_CONFIG", str(tmp_path / "other.toml"))
    assert find_config().view == {"precision": 4}
    monkeypatch.setenv("RNNSTEP_CONFIG", "")
    assert find_config() == Config()
    monkeypatch.setenv("RNNSTEP_CONFIG", "x" * 300)
    with pytest.raises(InputError, match="xxx: cannot be read: File name too long"):
        find_config()
    monkeypatch.setenv("RNNSTEP_CONFIG", str(tmp_path / "missing.toml"))
    with pytest.raises(InputError, match=r"missing\.toml: cannot be read: No such file"):
        find_config()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("n", "n"),
        ("N", "N"),
        ("é", "é"),
        ("→", "right"),
        ("!", "exclamation_mark"),
        (",", "comma"),
        ("/", "slash"),
        ("\\", "backslash"),
        ("_", "underscore"),
        ("-", "minus"),
        ("@", "at"),
        ("minus", "minus"),
        ("F12", "f12"),
        ("PgUp", "pageup"),
        ("pageup", "pageup"),
        ("Esc", "escape"),
        ("⇧Tab", "shift+tab"),
        ("ctrl+r", "ctrl+r"),
        ("Ctrl+Right", "ctrl+right"),
        ("shift+n", "N"),
        ("Delete", "delete"),
        ("f25", ""),
        ("ctrl+", ""),
        ("ctrl+ctrl+x", "ctrl+ctrl+x"),
        ("nn", ""),
        ("", ""),
    ],
)
def test_a_key_is_written_in_many_ways(written: str, name: str) -> None:
    assert key_name(written) == name


def test_every_key_is_read_as_it_is_shown() -> None:
    for key in DEFAULT.by_key:
        assert key_name(key_text(key)) == key
        assert key_name(key) == key
    assert len(DEFAULT.by_key) == sum(len(action.keys) for action in ACTIONS)


KEYS = st.sampled_from(["a", "b", "'c d'", '"e.f"'])
VALUES = st.sampled_from(
    ["1", '"x"', "'''\nb = 1\n[t]\n'''", "[\n1, # ]\n 2,\n]", "{a = 1, b = 2}", '"""\\"""\n"""']
)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=4, unique_by=lambda one: one[0]), st.data())
def test_the_line_of_a_key_is_the_one_that_it_begins_on(
    pairs: list[tuple[str, str]], data: st.DataObject
) -> None:
    text, lines = "", {}
    for table in ("", "t", "u.v"):
        text += f"[{table}]\n" * bool(table)
        for key, value in pairs:
            text += data.draw(st.sampled_from(["", "\n", "# a = 1\n"]))
            lines[(*table.split("."), key.strip("'\""))] = text.count("\n") + 1
            text += f"{key} = {value}\n"
    tomllib.loads(text)
    for path, line in lines.items():
        assert line_of(text, tuple(step for step in path if step)) == line
