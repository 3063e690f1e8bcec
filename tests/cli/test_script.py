"""Commands without a screen: what they print, and how the command ends: 0, 1 or 2."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rnnstep.cli import main
from rnnstep.commands.table import ACTIONS
from rnnstep.opening import open_session
from rnnstep.paths import typed_path
from rnnstep.samples_folder import sample

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a script writes is not left in the folder that the tests run in."""
    monkeypatch.chdir(tmp_path)


def run(*tokens: str, seq: str = "addition") -> int:
    with pytest.raises(SystemExit) as left:
        main(["run", str(sample(seq)), *tokens])
    return int(left.value.code or 0)


def told(capsys: Capture, *commands: str, seq: str = "addition") -> str:
    """What the commands print, without the commands."""
    assert run(*[word for command in commands for word in ("-c", command)], seq=seq) == 0
    lines = capsys.readouterr().out.splitlines()
    return "\n".join(line for line in lines if not line.startswith("> "))


def objects(capsys: Capture, *tokens: str, seq: str = "addition") -> list[dict[str, Any]]:
    """The JSON objects that a script prints, a line each."""
    assert run("--json", *tokens, seq=seq) in (0, 1)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def refused(capsys: Capture, *tokens: str) -> list[str]:
    """The lines that a bad script is answered with; it has printed nothing else."""
    assert run(*tokens) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.splitlines()


def test_a_breakpoint_in_a_script(capsys: Capture) -> None:
    assert run("-c", "nan; assert never any(isnan(h_t))", "-c", "break h_t[3] crosses 0\nc") == 0
    session = open_session(sample("addition"))
    h = session.trace.series("h_t")[:, 3]
    t = 1 + int(np.flatnonzero((h[:-1] >= 0) != (h[1:] >= 0))[0])
    assert capsys.readouterr().out.splitlines() == [
        "> nan",
        "breakpoint 1: nan: NaN or infinity arises",
        "> assert never any(isnan(h_t))",
        "never any(isnan(h_t)): true of all 32 timesteps",
        "> break h_t[3] crosses 0",
        "breakpoint 2: h_t[3] crosses 0",
        "> c",
        f"t {t}: breakpoint 2: h_t[3] crosses 0; rnn/h_t[3] = −0.895",
    ]


def test_commands_come_from_a_file_and_from_outside(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\ufeff# a check\r\nstep 3 # on\r\n\r\n ;; print t;unit carry\r\n"
    Path("checks.txt").write_text(text, encoding="utf-8")
    expected = [("step 3", 3), ("print t", 3), ("unit carry", 3), ("back", 2)]

    def done(*tokens: str) -> list[tuple[str, int]]:
        return [(o["command"], o["data"]["t"]) for o in objects(capsys, *tokens, "-c", "back")]

    assert done("--commands", "checks.txt") == expected
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert done("--commands", "-") == expected


def test_a_failed_assertion_is_exit_code_1_and_not_the_end(capsys: Capture) -> None:
    done = "assert t > 0; 4; assert t == 4; assert always t < 9; where"
    assert run("-c", done) == 1
    said = capsys.readouterr()
    assert [line for line in said.out.splitlines() if not line.startswith(">")] == [
        "failed: t 0: t > 0 does not hold",
        "t 4 / 31  2^4  rnn/Wx_x[0] = +1.016  (Wx_x = Wx @ x_t)",
        "t 4: t == 4 holds",
        "failed: t 9: t < 9 does not hold",
        "t 4 / 31  2^4  rnn/Wx_x[0] = +1.016  (Wx_x = Wx @ x_t)",
    ]
    assert said.err == "rnnstep: 2 assertions failed\n"
    failed = [o["failed"] for o in objects(capsys, "-c", done)]
    assert failed == [True, False, False, True, False]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("step\n  where; goto x", "2:10", "goto takes a whole number, not 'x'"),
        ("step; stpe 3", "1:7", "no command 'stpe'; did you mean 'step'?"),
        ("mode", "1:1", "mode is about the screen alone: a script has none"),
        ("quit", "1:1", "quit is about the screen alone: a script has none"),
        (" break", "1:2", "say more: break CONDITION"),
        ("print ", "1:1", "say more: print EXPRESSION"),
        ("\n\nprint h_t[9]", "3:7", "index 9 is outside: 0 to 4"),
        ("print h_t[0] +", "1:15", "something is missing at the end"),
        ("break h_t[0] crosses high ignore 3", "1:22", "'high' is no number"),
        ("assert always h_t", "1:15", "this is 5 numbers, not one"),
        ("delete 4", "1:1", "no breakpoint 4: there are none"),
        ("unit cary", "1:1", "no unit 'cary'; did you mean 'carry'?"),
        ("value h_q", "1:1", "no value 'h_q'; known: output/W_x"),
        ("break a + q", "1:11", "unknown name 'q'"),
        ("print r", "1:7", "unknown name 'r'"),
        ("print h_t from 3 to 99", "1:1", "'99' is no timestep of the run, 0 to 31"),
        ("print h_t from 3 to 2", "1:1", "from 3 to 2 there is no timestep"),
        ("trace out.xyz", "1:1", "out.xyz: unknown kind of output"),
        ("-1; print h_t", "1:5", "before the first timestep"),
    ],
)
def test_a_bad_command_is_told_with_line_and_column(
    capsys: Capture, text: str, place: str, said: str
) -> None:
    assert run("-c", text) == 2
    line, column = place.split(":")
    first, excerpt, caret = capsys.readouterr().err.splitlines()
    assert first.startswith(f"rnnstep: error: -c:{line}:{column}: {said}")
    assert excerpt == "  " + text.split("\n")[int(line) - 1]
    assert caret == "  " + " " * (int(column) - 1) + "^"


def test_nothing_is_done_when_a_later_line_is_no_command(capsys: Capture) -> None:
    Path("checks.txt").write_text("trace out.npz\nprint h_t\nzoom\n")
    first, *_ = refused(capsys, "--commands", "checks.txt")
    assert first.startswith("rnnstep: error: checks.txt:3:1: zoom is about the screen alone")
    assert not Path("out.npz").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("print h_q", "unknown name 'h_q'"),
        ("print h_t from 3 to 99", "'99' is no timestep"),
        ("watch h_q", "unknown name 'h_q'"),
        ("break h_t > 1 once", "this is 5 numbers"),
        ("assert always h_q > 1", "unknown name 'h_q'"),
        ("find h_q > 1", "unknown name 'h_q'"),
        ("value h_q", "no value 'h_q'"),
        ("unit cary", "no unit 'cary'; did you mean 'carry'?"),
        ("why h_q", "unknown name 'h_q'"),
        ("why h_t[9]", "index 9 is outside"),
        ("inputs h_t > 1", "give one entry of a value"),
        ("memory h_q[1]", "unknown name 'h_q'"),
        ("set h_t[9] = 0", "index 9 is outside"),
        ("scale h_t x", "'x' is no number"),
        ("ablate cary", "no unit 'cary'; did you mean 'carry'?"),
        ("shadow int9", "no number format 'int9'; did you mean 'int8'?"),
        ("trace out.xyz", "out.xyz: unknown kind of output"),
    ],
)
def test_all_lines_are_checked_before_the_first_is_done(
    capsys: Capture, line: str, said: str
) -> None:
    assert run("-c", f"trace out.npz\nprint t; {line}") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("rnnstep: error: -c:2:")
    assert said in told.err.splitlines()[0]
    assert not Path("out.npz").exists()


def test_what_an_earlier_line_makes_is_known_to_a_later_one(capsys: Capture) -> None:
    lines = "step; set h_t[1] = 0 always; print h_t_at; why carry; value y_t; why a; why h_t"
    assert run("-c", lines) == 0
    assert "h_t_at =" in capsys.readouterr().out


def test_a_script_that_cannot_be_read(capsys: Capture) -> None:
    Path("bytes").write_bytes(b"step\n\xff")
    assert refused(capsys, "--commands", "none.txt") == ["rnnstep: error: none.txt: no such file"]
    assert refused(capsys, "--commands", "bytes") == [
        "rnnstep: error: bytes: not UTF-8 text: byte 5"
    ]
    assert refused(capsys) == [
        "rnnstep: error: say what to do: -c 'COMMAND; COMMAND', or --commands FILE"
    ]


def test_what_no_json_has_is_text(capsys: Capture) -> None:
    (done,) = objects(capsys, "-c", "print log(h_t * 0) from 0 to 1")
    assert done["data"]["value"] == [["-Infinity"] * 5] * 2
    assert objects(capsys, "-c", "print 0 / (t * 0)")[0]["data"]["value"] == "NaN"


def test_print_gives_numbers_with_their_shape(capsys: Capture) -> None:
    frame = open_session(sample("addition")).trace.frame(5)
    (_, done) = objects(capsys, "-c", "5; print h_t[0:2]")
    assert done["data"] == {
        "expression": "h_t[0:2]",
        "t": 5,
        "shape": [2],
        "value": frame["rnn/h_t"][:2].astype(float).tolist(),
    }
    assert told(capsys, "print Wh[0:1]").splitlines()[0] == "Wh[0:1] = (1, 5)"
    assert told(capsys, "print t from 3 to 4") == (
        "t, t 3 to 4: (2)\nt 3: +3.000000\nt 4: +4.000000"
    )


def test_the_model_is_told(capsys: Capture) -> None:
    assert (
        told(capsys, "layers").splitlines()[0] == "rnn     SimpleRNN 2→5 tanh  reads the sequence"
    )
    assert told(capsys, "info").splitlines()[1] == "32 timesteps, t 0 to 31"
    assert "least significant bit first" in told(capsys, "notes")
    assert "hₜ = tanh(a)" in told(capsys, "values")
    assert told(capsys, "-1; values").splitlines()[2].split()[0] == "hₜ₋₁"
    described = {line.split()[0] for line in told(capsys, "help").splitlines()}
    assert described == {action.name for action in ACTIONS if action.headless}


def test_a_trace_is_written(capsys: Capture) -> None:
    assert told(capsys, "trace out.npz") == "out.npz: 32 timesteps of 10 values"
    session = open_session(sample("addition"))
    with np.load("out.npz") as written:
        assert np.array_equal(written["rnn/h_t"], session.trace.series("h_t"))


def test_a_file_of_commands_is_run_in_between(capsys: Capture) -> None:
    Path("checks.txt").write_text("step 3\nassert t == 4\n")
    (_, ran, after) = objects(capsys, "-c", "1; run checks.txt; where")
    assert [o["command"] for o in ran["data"]["commands"]] == ["step 3", "assert t == 4"]
    assert (ran["failed"], after["data"]["t"]) == (False, 4)
    assert run("-c", "run checks.txt") == 1
    assert "failed: t 3: t == 4 does not hold" in capsys.readouterr().out
    Path("nested.txt").write_text("step\nrun nested.txt")
    (first, *_) = refused(capsys, "-c", "run nested.txt")
    assert first == "rnnstep: error: -c:1:1: nested.txt:2: a file that is run runs no other"
    Path("wrong.txt").write_text("step\n print h_q")
    (first, *_) = refused(capsys, "-c", "run wrong.txt")
    assert first.startswith("rnnstep: error: -c:1:1: wrong.txt:2:8: unknown name 'h_q'")
    (first, *_) = refused(capsys, "-c", "run -")
    assert first == "rnnstep: error: -c:1:1: run takes a file of commands"


def test_every_motion_tells_where_it_led(capsys: Capture) -> None:
    motions = ["goto 40", "first", "last", "down", "unit 3", "value h_t", "origin", "return"]
    done = objects(capsys, "-c", "; ".join(motions))
    assert [o["data"]["t"] for o in done] == [31, 0, 31, 31, 31, 31, 31, 31]
    keys = ["t", "layer", "line", "value", "unit", "number"]
    assert all(list(o["data"]) == keys for o in done)
    assert told(capsys, "goto 40") == "t 40 is out of range, 0 to 31: went to t 31"


_NAMES = st.sampled_from([action.name for action in ACTIONS if action.name not in ("trace", "run")])
_SAID = st.sampled_from(["h_t", "h_t[0] > 0", "3", "-1", "h_t[", "all", "never 1", "from 1 to 2"])
_COMMANDS = st.tuples(_NAMES, _SAID | st.text(max_size=8)).map(" ".join)


@given(st.lists(_COMMANDS | st.text(max_size=12), max_size=4), st.sampled_from([";", "\n", "#"]))
@example(["print " + "(" * 5000], ";")
@example(["print " + "-" * 5000 + "1"], ";")
@example(["break " + "1 + " * 5000 + "1"], ";")
@example(["print h_t from 0 to " + "9" * 5000], ";")
@example(["print h_t[" + "9" * 5000 + "]"], ";")
@example(["goto 999999999999999999", "step 999999999999999999"], ";")
@example(["unit \0", "\x1b[2J", "trace \0.npz"], "\n")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_is_a_traceback(capsys: Capture, parts: list[str], between: str) -> None:
    assert run("-c", between.join(parts)) in (0, 1, 2)
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err


def test_a_search_tells_what_it_found(capsys: Capture) -> None:
    (one, none, again) = objects(
        capsys, "-c", "find c_t[1] > 0.1; find last t > 9; find_next", seq="brackets"
    )
    c = open_session(sample("brackets")).trace.series("lstm/c_t")[:, 1]
    t = int(np.flatnonzero(c[1:] > 0.1)[0]) + 1
    assert one["data"] == {
        "found": "c_t[1] > 0.1",
        "wrapped": False,
        "t": t,
        "layer": "lstm",
        "line": one["data"]["line"],
        "value": "lstm/c_t",
        "unit": 1,
        "number": float(c[t]),
    }
    assert none["data"] == {"found": None}
    assert (again["data"]["found"], again["data"]["t"]) == ("t > 9", 10)


def test_a_session_is_saved_and_begun_with_in_a_script(capsys: Capture) -> None:
    first = "break h_t[1] crosses 0; goto 9; scale h_prev[1] -1; session kept.json"
    assert "saved kept.json" in told(capsys, first)
    assert run("--session", "kept.json", "-c", "where; forks; c") == 0
    said = capsys.readouterr()
    assert said.err == ""
    lines = said.out.splitlines()
    assert lines[1].startswith("t 9 / 31")
    assert "▸   1, scale rnn/h_prev[1] -1 at 9" in lines
    assert lines[-1].startswith("t 21: breakpoint 1: h_t[1] crosses 0")
    assert run("--session", "kept.json", "-c", "where", seq="brackets") == 0
    left_out = capsys.readouterr().err.splitlines()
    assert any("fork 1 is left out" in line for line in left_out)
    assert all(line.startswith("rnnstep: session: ") for line in left_out)
    assert refused(capsys, "-c", "session")[0].endswith(
        "nothing of this session is kept: name a file"
    )
    assert refused(capsys, "--session", "none.json", "-c", "where") == [
        "rnnstep: error: none.json: no such file"
    ]


def test_a_tilde_in_a_path_is_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "checks.txt").write_text("trace ~/out.npz\n", "utf-8")
    np.save(tmp_path / "state.npy", np.full(5, 0.25))
    commands = "run ~/checks.txt; session ~/kept.json; swap rnn/h_t ~/state.npy"
    assert run("-c", commands) == 0
    assert {"out.npz", "kept.json"} <= {path.name for path in tmp_path.iterdir()}
    assert typed_path("~no-such-user/file") == Path("~no-such-user/file")
