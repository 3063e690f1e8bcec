"""The equation language: what it refuses and where, and that text and nodes say the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep.equations import FUNCTIONS, Shape, compile_node, infer, parse, to_text
from rnnstep.equations.nodes import Binary, Call, Name, Node, Unary
from rnnstep.errors import ExpressionError

SHAPES: dict[str, Shape] = {"u": ("hidden",), "v": ("hidden",), "s": (), "W": ("hidden", "hidden")}


@pytest.mark.parametrize(
    ("text", "column", "told"),
    [
        ("u + w", 5, "unknown name 'w'"),
        ("u.T", 1, "attributes"),
        ("open(u)", 1, "unknown function 'open'"),
        ("'u'", 1, "strings"),
        ("u ** 2", 1, "'**'"),
        ("lambda: u", 1, "lambda"),
        ("[x for x in u]", 1, "comprehensions"),
        ("(x := u)", 2, "':='"),
        ("u if v else s", 1, "if"),
        ("u < v < s", 1, "two things"),
        ("__import__", 1, "unknown name"),
        ("u[0:4:2]", 7, "step"),
        ("u[s]", 3, "whole number"),
        ("tanh(u, v)", 1, "takes 1 argument"),
        ("u +", 3, ""),
        ("", 1, ""),
        ("(" * 60 + "u" + ")" * 60 + " + " + "-" * 60 + "u", 1, ""),
        ("u" * 1001, 1, ""),
    ],
)
def test_what_is_refused(text: str, column: int, told: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, SHAPES)
    assert told in caught.value.message
    if told:
        assert caught.value.column == column
        assert caught.value.excerpt.splitlines()[1] == " " * (column + 1) + "^"


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        node = parse(text)
    except ExpressionError as error:
        assert str(error)
    else:
        assert parse(to_text(node)) == node


def vectors() -> st.SearchStrategy[Node]:
    leaves = st.sampled_from([Name("u"), Name("v"), Name("s")])
    names = [f.name for f in FUNCTIONS.values() if f.arity == 1 and f.kind.value == "elementwise"]
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Binary, st.sampled_from("+-*/"), inner, inner),
            st.builds(Unary, st.just("-"), inner),
            st.builds(lambda f, x: Call(f, (x,)), st.sampled_from(names), inner),
        ),
        max_leaves=8,
    )


@given(vectors())
def test_text_and_back(node: Node) -> None:
    assert parse(to_text(node), SHAPES) == node


@given(vectors(), st.integers(0, 2**32 - 1))
def test_a_window_is_its_steps(node: Node, seed: int) -> None:
    random = np.random.default_rng(seed)
    shapes = {"u": (4, 3), "v": (4, 3), "s": (4,)}
    values = {k: random.normal(size=shape).astype(np.float32) for k, shape in shapes.items()}
    with np.errstate(all="ignore"):
        window = np.asarray(compile_node(node, SHAPES, shapes)(values))
        one = compile_node(node, SHAPES)
        steps = [np.asarray(one({k: v[t] for k, v in values.items()})) for t in range(4)]
    np.testing.assert_array_equal(window, np.stack(steps))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("any(u > 1)", [0, 1, 0]),
        ("all(u < 1 or not u == u)", [1, 0, 1]),
        ("any(u)", [0, 1, 1]),
        ("not all(isfinite(u))", [0, 0, 1]),
        ("any(u > 1) + sum(u > 1) * 3", [0, 4, 0]),
        ("(any(u > 1) and s) == any(u > 1)", [1, 0, 1]),
        ("any((u > 1) * 2 == 2)", [0, 1, 0]),
        ("any(where(u > 1, v, u) > 5)", [0, 1, 0]),
    ],
)
def test_truth_is_a_number_to_whoever_calculates_with_it(text: str, expected: list[int]) -> None:
    u = np.array([[0, 0], [-1, 3], [np.nan, 0]], np.float32)
    values = {"u": u, "v": np.full_like(u, 6), "s": np.array([0, 0, 1], np.float32)}
    found = np.asarray(compile_node(parse(text, SHAPES), SHAPES, values)(values))
    assert found.tolist() == expected
    assert found.dtype == np.float32


def test_a_product_over_time_has_the_bits_of_its_steps() -> None:
    random = np.random.default_rng(0)
    values = {
        "W": random.normal(size=(7, 7)).astype(np.float32),
        "u": random.normal(size=(5, 7)).astype(np.float32),
    }
    node = parse("W @ u", SHAPES)
    window = np.asarray(compile_node(node, SHAPES, ["u"])(values))
    one = compile_node(node, SHAPES)
    for t in range(5):
        step = one({**values, "u": values["u"][t]})
        np.testing.assert_allclose(window[t], step, rtol=0, atol=1e-6)


@pytest.mark.parametrize("text", ["u @ s", "W + u", "u[0, 0]", "W @ u + W"])
def test_axes_that_do_not_fit(text: str) -> None:
    with pytest.raises(ExpressionError):
        infer(parse(text, SHAPES), SHAPES, text=text)
