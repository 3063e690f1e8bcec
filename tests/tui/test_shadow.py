"""A shadow over the exact run: its error in sight, its values beside the exact ones."""

from __future__ import annotations

import numpy as np
import pytest

from rnnstep import Session
from rnnstep.check import Reference, tolerance_for
from rnnstep.check.expected import from_array
from tests.tui.conftest import MakeApp, complaint, drive, text_of, typed


def test_a_command_lays_a_shadow_over_the_run_and_takes_it_away(make_app: MakeApp) -> None:
    app = make_app("brackets")
    keys = ["colon", *typed("shadow int8"), "G", "J"]
    seen = drive(app, *keys, see=lambda: text_of(app))
    known = app.session.comparison
    assert known is not None
    assert f"shadow int8: error {known.worst:.3g}" in seen[0]
    assert "wrong" not in seen[0]
    assert any(line.startswith("│error") for line in seen)
    assert any("│ shadow" in line for line in seen)
    assert any("│ error" in line for line in seen)
    assert not any("wanted" in line for line in seen)
    app = make_app("brackets")
    seen = drive(app, *keys, "colon", *typed("shadow off"), see=lambda: text_of(app))
    assert "shadow" not in seen[0]
    assert app.session.comparison is None


def test_the_error_is_the_shadows(make_app: MakeApp) -> None:
    app = make_app("brackets")
    keys = ["colon", *typed("shadow int8"), "1", "8", "g"]
    seen = drive(app, *keys, see=lambda: text_of(app))
    place = next(n for n, line in enumerate(seen) if line.startswith("│hₜ₋₁"))
    exact, shadow, error = (
        float(line[1:50].split()[1].replace("−", "-")) for line in seen[place : place + 3]
    )
    assert error == pytest.approx(shadow - exact, abs=1.1e-3)
    assert error != 0


def test_the_shadow_of_a_fork_has_its_edits(make_app: MakeApp) -> None:
    app = make_app("brackets")
    session = app.session
    exact = session.trace.series("lstm/h_t")
    edits = ["colon", *typed("set lstm/h_t = 0.25 from 9"), "colon", *typed("scale lstm/Wh_o 2")]
    drive(app, "colon", *typed("shadow float16"), *edits, see=lambda: None)
    known = session.comparison
    assert known is not None
    assert len(session.tree.forks) == 3
    assert np.abs(session.trace.series("lstm/h_t") - exact).max() > 0.1
    assert 0 < known.worst < 0.02


def test_the_key_of_divergences_goes_to_where_the_error_is_too_large(make_app: MakeApp) -> None:
    app = make_app("brackets")
    keys = ["colon", *typed("shadow int8"), "e"]
    seen = drive(app, *keys, see=lambda: text_of(app))
    known = app.session.comparison
    assert known is not None
    assert known.first is not None
    found = known.after(0)
    assert found is not None
    assert app.session.cursor.t == found.t
    assert any(f"shadow {found.expected:+.6g}" in line for line in seen)


def test_what_was_expected_before_comes_back(make_app: MakeApp) -> None:
    app = make_app()
    session: Session = app.session
    h = session.trace.series("rnn/h_t")
    reference = Reference("ref.npy", (from_array(0, "h_t", np.arange(len(h)), h),))
    session.expect(reference, tolerance_for(np.dtype(np.float32)))
    keys = ["colon", *typed("shadow int8"), "colon", *typed("shadow float16")]
    seen = drive(app, *keys, "colon", *typed("shadow off"), see=lambda: text_of(app))
    assert "✓ as expected" in seen[0]


def test_a_shadow_is_not_searched_for_what_explains_it(make_app: MakeApp) -> None:
    app = make_app("brackets")
    keys = ["colon", *typed("shadow int8"), "D"]
    assert "nothing is to be explained" in drive(app, *keys, see=lambda: complaint(app))


def test_a_shadow_that_is_none_is_a_line(make_app: MakeApp) -> None:
    app = make_app()
    keys = ["colon", *typed("shadow int9")]
    assert "did you mean 'int8'" in drive(app, *keys, see=lambda: complaint(app))
