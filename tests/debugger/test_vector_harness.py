"""The C header and the harness: as text, and compiled where there is a compiler."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from rnnstep import Model
from rnnstep.render.vectors import as_text
from rnnstep.vectorfiles import write_vectors
from rnnstep.vectors import make_vectors
from tests.debugger.runs import D, H, layer_of
from tests.debugger.runtime import (
    MODELS,
    judged,
    layers,
)

NETWORK = """
#include <math.h>
{include}
static float row(const float *w, const float *v, int count)
{{
    float sum = 0.0f;
    int i;
    for (i = 0; i < count; i++)
        sum += w[i] * v[i];
    return sum;
}}
{weights}
void rnn_step(const rnn_real *x, rnn_real *state, rnn_real *y);
void rnn_step(const rnn_real *x, rnn_real *state, rnn_real *y)
{{
    int i;
    for (i = 0; i < {H}; i++)
        y[i] = tanhf(row(Wx + i * {D}, x, {D}) + row(Wh + i * {H}, state, {H}) + b[i]);
    for (i = 0; i < {H}; i++)
        state[i] = y[i];
}}
void rnn_run(const rnn_real *x, int timesteps, const rnn_real *state,
             rnn_real *y, rnn_real *final_state);
void rnn_run(const rnn_real *x, int timesteps, const rnn_real *state,
             rnn_real *y, rnn_real *final_state)
{{
    int i, t;
    for (i = 0; i < {H}; i++)
        final_state[i] = state[i];
    for (t = 0; t < timesteps; t++)
        rnn_step(x + {D} * t, final_state, y + {H} * t);
}}
"""


def c_network(model: Model) -> str:
    arrays = []
    for name, array in model.layers[0].weights.items():
        numbers = ", ".join(f"{float(x):.9e}f" for x in array.reshape(-1))
        arrays.append(f"static const float {name}[] = {{{numbers}}};")
    return NETWORK.format(include="typedef float rnn_real;", weights="\n".join(arrays), H=H, D=D)


@pytest.mark.parametrize("function", ["rnn_step", "rnn_run"])
def test_the_header_and_the_harness_are_c(tmp_path: Path, function: str) -> None:
    """Compiled and run where there is a compiler, and looked at as text everywhere."""
    model = layers(layer_of("SimpleRNN", "rnn */ \\ ??/ layer", D, 4))
    vectors = make_vectors(model)
    write_vectors(vectors, tmp_path / "v")
    header = (tmp_path / "v" / "vectors.h").read_text("ascii")
    assert header.count("/*") == header.count("*/")
    assert header.count("{") == header.count("}")
    for vector in vectors.vectors:
        found = re.search(rf"float {vector.name}_expected\[(\d+)\] = {{([^}}]*)}}", header)
        assert found is not None
        numbers = [np.float32(text.strip().rstrip("f")) for text in found[2].split(",")[:-1]]
        assert int(found[1]) == len(numbers)
        assert np.array_equal(numbers, vector.expected.reshape(-1))
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return
    (tmp_path / "network.c").write_text(c_network(model))
    flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", f"-D{function.upper()}"]
    files = [str(tmp_path / "v" / "harness.c"), str(tmp_path / "network.c")]
    program = str(tmp_path / "harness")
    subprocess.run([compiler, *flags, *files, "-lm", "-o", program], check=True)
    done = subprocess.run([program], check=True, capture_output=True, text=True)
    (tmp_path / "results.txt").write_text(done.stdout)
    judgement = judged(tmp_path / "results.txt", vectors)
    assert judgement.passed, "\n".join(as_text(judgement))
    assert judgement.finals


@pytest.mark.parametrize("model", MODELS)
def test_the_harness_compiles_for_any_model(tmp_path: Path, model: str) -> None:
    vectors = make_vectors(MODELS[model]())
    write_vectors(vectors, tmp_path / "v")
    header = (tmp_path / "v" / "vectors.h").read_text("ascii")
    assert f"#define RNN_STATES {vectors.states}\n" in header
    assert f"typedef {'double' if model == 'float64' else 'float'} rnn_real;" in header
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is not None:
        flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only"]
        subprocess.run([compiler, *flags, str(tmp_path / "v" / "harness.c")], check=True)
