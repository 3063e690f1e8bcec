"""Text to nodes: Python's own grammar, of which only the language's part is let through."""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Collection, Mapping

from rnnstep.equations import nodes
from rnnstep.equations.functions import FUNCTIONS
from rnnstep.errors import ExpressionError, did_you_mean

MAX_LENGTH = 1000
"""Characters in one expression."""
MAX_DEPTH = 40
"""Nodes inside one another in one expression."""

_BINARY: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.MatMult: "@",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.And: "and",
    ast.Or: "or",
}
_UNARY: dict[type[ast.AST], str] = {ast.USub: "-", ast.UAdd: "+", ast.Not: "not"}

_REFUSED: dict[type[ast.AST], str] = {
    ast.Attribute: "attributes (x.y) are not part of the language",
    ast.Lambda: "lambda is not part of the language",
    ast.NamedExpr: "':=' is not part of the language",
    ast.ListComp: "comprehensions are not part of the language",
    ast.SetComp: "comprehensions are not part of the language",
    ast.DictComp: "comprehensions are not part of the language",
    ast.GeneratorExp: "comprehensions are not part of the language",
    ast.IfExp: "'if … else' is not part of the language",
    ast.JoinedStr: "strings are not part of the language",
    ast.Pow: "'**' is not part of the language: multiply, or use sqrt or exp",
    ast.FloorDiv: "'//' is not part of the language",
    ast.Mod: "'%' is not part of the language",
    ast.BitAnd: "'&' is not part of the language: write 'and'",
    ast.BitOr: "'|' is not part of the language: write 'or'",
    ast.Invert: "'~' is not part of the language: write 'not'",
    ast.Tuple: "a tuple is not part of the language",
    ast.List: "a list is not part of the language",
    ast.Starred: "'*' before an argument is not part of the language",
    ast.Is: "'is' is not part of the language: write '=='",
}

_PATH = r"[A-Za-z_]\w*(?:/[A-Za-z_]\w*)+"
"""What may be another layer's value, such as lstm_1/f_t (or a quotient of two names)."""


def parse(
    text: str, names: Collection[str] | None = None, functions: Mapping[str, str] | None = None
) -> nodes.Node:
    """Parse one expression.

    Args:
        text: the expression, one line.
        names: the names that it may use; ``None`` accepts any name.
        functions: what a call means, by the name in the text: a cell's options stand here
            under the function chosen for them. The language's own functions if ``None``.

    Raises:
        ExpressionError: for anything that is not part of the language, with its column.
    """
    return _Parser(text, names, functions).parse()


class _Parser:
    """One expression on its way from text to nodes."""

    def __init__(
        self,
        text: str,
        names: Collection[str] | None,
        functions: Mapping[str, str] | None,
    ) -> None:
        self.text = text
        self.names = names
        self.functions = functions if functions is not None else {name: name for name in FUNCTIONS}
        self.paths: dict[str, str] = {}

    def parse(self) -> nodes.Node:
        text = self.text
        if len(text) > MAX_LENGTH:
            raise self.error(f"longer than {MAX_LENGTH} characters", MAX_LENGTH)
        for column, character in enumerate(text):
            if not (character == "\t" or " " <= character <= "~"):
                raise self.error(f"character {character!r} is not part of the language", column)
        if not text.strip():
            raise self.error("the expression is empty", len(text))
        self.margin = len(text) - len(text.lstrip())
        joined = re.sub(_PATH, self.join_path, text) if "/" in text else text
        return self.node(self.python_tree(joined.strip()), depth=0)

    def join_path(self, match: re.Match[str]) -> str:
        """One identifier of the same length for lstm_1/f_t, where that is a known name."""
        path = match[0]
        if self.names is None or path not in self.names:
            return path
        for filler in "_ABCDEFGHIJ":
            joined = path.replace("/", filler)
            if joined not in self.names and self.paths.get(joined, path) == path:
                break
        self.paths[joined] = path
        return joined

    def python_tree(self, text: str) -> ast.expr:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(text, mode="eval").body
        except SyntaxError as error:
            if not error.offset:
                told = "something is missing at the end"
                raise self.error(told, self.margin + len(text)) from None
            at = error.offset - 1
            told = "this compares: write '=='" if text[at : at + 1] == "=" else error.msg
            raise self.error(told, min(self.margin + at, len(self.text))) from None
        except (RecursionError, MemoryError, ValueError):
            raise self.error("nested too deeply", self.margin) from None

    def error(self, message: str, column: int) -> ExpressionError:
        """``column`` counts from 0 here, and from 1 where people read it."""
        return ExpressionError(message, self.text, column + 1)

    def at(self, tree: ast.expr) -> int:
        return self.margin + tree.col_offset

    def node(self, tree: ast.expr, depth: int) -> nodes.Node:
        if depth > MAX_DEPTH:
            raise self.error(f"nested more than {MAX_DEPTH} deep", self.at(tree))
        column = self.at(tree) + 1
        match tree:
            case ast.Constant(value=value):
                return nodes.Number(self.number(value, tree), column)
            case ast.Name(id=name):
                return nodes.Name(self.known(name, tree), column)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
                return nodes.Unary(_UNARY[type(op)], self.node(operand, depth + 1), column)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                pair = self.node(left, depth + 1), self.node(right, depth + 1)
                return nodes.Binary(_BINARY[type(op)], *pair, column)
            case ast.BoolOp(op=op, values=values):
                return self.chain(_BINARY[type(op)], values, depth, column)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _BINARY:
                pair = self.node(left, depth + 1), self.node(right, depth + 1)
                return nodes.Binary(_BINARY[type(op)], *pair, column)
            case ast.Compare(ops=[_, _, *_]):
                raise self.error("compare two things at a time, joined by 'and'", self.at(tree))
            case ast.Call():
                return self.call(tree, depth)
            case ast.Subscript(value=operand, slice=index):
                return nodes.Index(self.node(operand, depth + 1), self.items(index), column)
        raise self.refusal(tree)

    def refusal(
        self, tree: ast.AST, fallback: str = "this is not part of the language"
    ) -> Exception:
        part = getattr(tree, "op", tree)
        if isinstance(tree, ast.Compare):
            part = tree.ops[0]
        column = self.at(tree) if isinstance(tree, ast.expr) else self.margin
        return self.error(_REFUSED.get(type(part), _REFUSED.get(type(tree), fallback)), column)

    def number(self, value: object, tree: ast.expr) -> float:
        if isinstance(value, str | bytes):
            raise self.error("strings are not part of the language", self.at(tree))
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(f"'{value}' is not part of the language", self.at(tree))
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.error("this number is too large", self.at(tree))
        return number

    def known(self, name: str, tree: ast.expr) -> str:
        name = self.paths.get(name, name)
        if self.names is None or name in self.names:
            return name
        if name in self.functions:
            raise self.error(f"'{name}' is a function: write {name}(…)", self.at(tree))
        begins = self.at(tree)
        path = re.match(_PATH, self.text[begins:])
        meant = path[0] if path and any("/" in known for known in self.names) else name
        raise self.error(f"unknown name '{meant}'{did_you_mean(meant, self.names)}", begins)

    def chain(self, symbol: str, values: list[ast.expr], depth: int, column: int) -> nodes.Node:
        result = self.node(values[0], depth + 1)
        for value in values[1:]:
            result = nodes.Binary(symbol, result, self.node(value, depth + 1), column)
        return result

    def call(self, tree: ast.Call, depth: int) -> nodes.Node:
        if not isinstance(tree.func, ast.Name):
            raise self.refusal(tree.func, "only the language's functions can be called")
        name = tree.func.id
        if name not in self.functions:
            hint = did_you_mean(name, self.functions)
            raise self.error(f"unknown function '{name}'{hint}", self.at(tree.func))
        function = FUNCTIONS[self.functions[name]]
        if tree.keywords:
            raise self.error("arguments have no names", self.at(tree.keywords[0].value))
        if len(tree.args) != function.arity:
            takes = f"{name} takes {function.arity} argument{'s'[: function.arity > 1]}"
            raise self.error(f"{takes}, not {len(tree.args)}", self.at(tree))
        arguments = tuple(self.node(argument, depth + 1) for argument in tree.args)
        return nodes.Call(function.name, arguments, self.at(tree) + 1)

    def items(self, index: ast.expr) -> tuple[int | nodes.Range, ...]:
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        return tuple(self.item(part) for part in parts)

    def item(self, part: ast.expr) -> int | nodes.Range:
        if not isinstance(part, ast.Slice):
            return self.integer(part)
        if part.step is not None:
            raise self.error("a slice has no step: write start:stop", self.at(part.step))
        start = None if part.lower is None else self.integer(part.lower)
        stop = None if part.upper is None else self.integer(part.upper)
        return nodes.Range(start, stop)

    def integer(self, tree: ast.expr) -> int:
        match tree:
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                if value < 2**31:
                    return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
                if not isinstance(value, bool) and value < 2**31:
                    return -value
        raise self.error("an index is a whole number", self.at(tree))
