"""Each drawing as plain text, byte by byte: what a reader sees changes on purpose or not at all.

``RNNSTEP_GOLDENS=write pytest tests/drawing`` writes the files anew, and fails: read what changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from difflib import unified_diff
from itertools import product
from pathlib import Path

import pytest

from rnnstep.frame import Frame
from rnnstep.render.drilldown import drilldown
from rnnstep.render.equation import equations
from rnnstep.render.operation import operation
from rnnstep.render.report import report
from rnnstep.render.rows import Drawing, plain
from rnnstep.render.strip import strips
from rnnstep.render.timeline import timeline
from rnnstep.session import Session
from tests.drawing.conftest import MOMENTS, Moment

GOLDENS = Path(__file__).parent / "goldens"
SWITCH = "RNNSTEP_GOLDENS"


def draw_operation(frame: Frame, m: Moment) -> Drawing:
    return operation(frame, m.pen, m.width, m.height)


def draw_equation(frame: Frame, m: Moment) -> Drawing:
    return equations(frame, m.pen, m.width)


def draw_strip(frame: Frame, m: Moment) -> Drawing:
    return strips(frame, m.pen, m.width)


def draw_timeline(frame: Frame, m: Moment) -> Drawing:
    states = list(frame.layer.cell.carried.values())
    name = states[-1] if states else frame.equation.name
    return timeline(frame, name, None, m.pen, m.width, m.height)


def draw_drilldown(frame: Frame, m: Moment) -> Drawing:
    return drilldown(frame, m.pen, m.width, m.height)


PANELS: dict[str, Callable[[Frame, Moment], Drawing]] = {
    "operation": draw_operation,
    "equation": draw_equation,
    "strip": draw_strip,
    "timeline": draw_timeline,
    "drilldown": draw_drilldown,
}
CASES = list(product(MOMENTS, [*PANELS, "report"]))


def drawn(moment: Moment, what: str, session: Session) -> str:
    """The text, and under it the caption of a panel."""
    if what == "report":
        first = max(moment.t, 0)
        rows = report(session, range(first, first + 1), moment.pen, moment.width)
        return "".join(f"{plain(row).rstrip()}\n" for row in rows)
    drawing = PANELS[what](session.frame(), moment)
    return f"{drawing.plain}\n[{drawing.caption}]\n"


def compare(path: Path, text: str) -> None:
    """Fail with the difference between a golden file and what was drawn."""
    if os.environ.get(SWITCH) == "write":
        path.write_bytes(text.encode())
        pytest.fail(f"wrote {path}: read it, then run again without {SWITCH}", pytrace=False)
    if not path.is_file():
        pytest.fail(f"no golden {path}: {SWITCH}=write writes it", pytrace=False)
    golden = path.read_bytes().decode()
    if text != golden:
        old, new = (lines.splitlines(keepends=True) for lines in (golden, text))
        pytest.fail("".join(unified_diff(old, new, path.name, "drawn now")), pytrace=False)


def file_name(case: tuple[Moment, str]) -> str:
    return f"{case[0].name}.{case[1]}.txt"


@pytest.mark.parametrize("case", CASES, ids=file_name)
def test_a_drawing_is_the_golden_one(case: tuple[Moment, str]) -> None:
    moment, what = case
    compare(GOLDENS / file_name(case), drawn(moment, what, moment.session()))


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.name)
def test_no_golden_hangs_on_the_last_bits(moment: Moment) -> None:
    narrow, wide = moment.session("float32"), moment.session("float64")
    for what in (*PANELS, "report"):
        assert drawn(moment, what, wide) == drawn(moment, what, narrow)


def test_every_golden_file_is_compared_with_a_drawing() -> None:
    assert {path.name for path in GOLDENS.iterdir()} == set(map(file_name, CASES))


def test_writing_a_golden_is_no_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "write")
    with pytest.raises(pytest.fail.Exception, match=r"wrote .*new\.txt"):
        compare(tmp_path / "new.txt", "hₜ\n")
    assert (tmp_path / "new.txt").read_bytes() == "hₜ\n".encode()


def test_a_changed_drawing_fails_with_the_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    (tmp_path / "old.txt").write_bytes(b"same\n+0.1\n")
    with pytest.raises(pytest.fail.Exception, match=r"(?s)@@.* same\n-\+0\.1\n\+\+0\.2\n"):
        compare(tmp_path / "old.txt", "same\n+0.2\n")
