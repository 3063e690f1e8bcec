"""A cell's text file, line by line: declarations, equations, comments."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from rnnstep.cells.parts import PREVIOUS, Declaration, Equation, Kind, Listing
from rnnstep.equations import ACTIVATIONS, FUNCTIONS, Shape, parse
from rnnstep.errors import ExpressionError, InputError, did_you_mean
from rnnstep.notes import printable

_KEYWORDS = "input|state|weight|option|output"
_DECLARATION = re.compile(rf"\s*(?P<kind>{_KEYWORDS})\s+(?P<rest>[A-Za-z_].*)")
_AXES = re.compile(r"(?P<name>\w+)\s*:\s*(?P<axes>\w+(?:\s*,\s*\w+)*)\s*(?:=\s*(?P<default>.+))?")
_OPTION = re.compile(r"(?P<name>\w+)\s*=\s*(?P<default>\w+)")
_UNKNOWN = r"unknown name '(?P<name>\w+)'"
_EQUATION = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*=(?!=)(?P<expression>.*)")


def read_listing(text: str, source: str, chosen: Mapping[str, str], inputs: int = 1) -> Listing:
    """Read a cell's text.

    Args:
        text: the file's text.
        source: how errors name the file.
        chosen: functions for the options, in place of the listing's own.
        inputs: how many inputs it may declare.

    Raises:
        ExpressionError: with file, line and column.
        InputError: for a choice that the listing does not offer.
    """
    lines = text.splitlines()
    reader = _Reader(source, chosen, _defined(lines), inputs)
    for number, line in enumerate(lines, start=1):
        reader.read(number, line)
    return reader.listing()


def _defined(lines: list[str]) -> dict[str, int]:
    """The first line in which each name is declared or has its equation."""
    found: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        code = line.partition("#")[0]
        declaration = _DECLARATION.fullmatch(code.rstrip())
        rest = declaration and _AXES.fullmatch(declaration["rest"])
        if named := rest or _EQUATION.fullmatch(code):
            found.setdefault(named["name"], number)
    return found


class _Reader:
    """The lines read so far."""

    def __init__(
        self, source: str, chosen: Mapping[str, str], defined: Mapping[str, int], inputs: int
    ) -> None:
        self.inputs = inputs
        self.source = source
        self.chosen = dict(chosen)
        self.defined = defined
        self.used: set[str] = set()
        self.description: list[str] = []
        self.declarations: dict[str, Declaration] = {}
        self.equations: dict[str, Equation] = {}
        self.options: dict[str, str] = {}
        self.output: str | None = None
        self.lines: dict[str, tuple[str, str, int]] = {}

    def read(self, number: int, line: str) -> None:
        self.place, self.line = f"{self.source}:{number}", line
        code, _, comment = line.partition("#")
        if not code.strip():
            if comment and not self.declarations and not self.options:
                self.description.append(printable(comment.strip()))
        elif declaration := _DECLARATION.fullmatch(code.rstrip()):
            self.declare(declaration["kind"], declaration["rest"], declaration.start("rest"))
        elif equation := _EQUATION.fullmatch(code):
            self.equation(equation, printable(comment.strip()))
        else:
            raise self.error(
                "expected 'name = expression' or a declaration", len(code) - len(code.lstrip())
            )

    def error(self, message: str, column: int) -> ExpressionError:
        return ExpressionError(message, self.line, column + 1, self.place)

    def remember(self, name: str, column: int, begins: int = 0) -> None:
        if name in self.lines:
            earlier = self.lines[name][0].rpartition(":")[2]
            raise self.error(f"'{name}' is already defined in line {earlier}", column)
        if name in FUNCTIONS:
            raise self.error(f"'{name}' is the name of a function", column)
        self.lines[name] = (self.place, self.line, begins)

    def declare(self, kind: str, rest: str, column: int) -> None:
        if kind == "output":
            self.remember_output(rest, column)
        elif kind == "option":
            self.option(rest, column)
        elif match := _AXES.fullmatch(rest):
            name = match["name"]
            self.remember(name, column)
            self.declarations[name] = Declaration(
                self.kind(kind), name, self.shape(match, column), self.default(kind, match, column)
            )
            self.check_name(kind, name, column)
        else:
            raise self.error(f"expected '{kind} name: axis, axis'", column)

    @staticmethod
    def kind(text: str) -> Kind:
        return "input" if text == "input" else "state" if text == "state" else "weight"

    def shape(self, match: re.Match[str], column: int) -> Shape:
        if match["axes"] == "scalar":
            return ()
        for axis in re.finditer(r"\w+", match["axes"]):
            place = column + match.start("axes") + axis.start()
            if not axis[0].isidentifier():
                raise self.error(f"an axis is a name, such as hidden, not '{axis[0]}'", place)
            if axis[0] == "scalar":
                raise self.error("'scalar' is no axis: it stands alone", place)
        return tuple(axis.strip() for axis in match["axes"].split(","))

    def default(self, kind: str, match: re.Match[str], column: int) -> float | None:
        text = match["default"]
        if text is None:
            return None
        place = column + match.start("default")
        try:
            number = float(text) if kind == "weight" else None
        except ValueError:
            number = None
        if number is None:
            raise self.error("only a weight has a default, and it is a number", place)
        if not math.isfinite(number):
            raise self.error("a default is a finite number", place)
        return number

    def check_name(self, kind: str, name: str, column: int) -> None:
        if kind == "state" and not name.endswith(PREVIOUS):
            raise self.error(f"a state's name ends in {PREVIOUS}: '{name}{PREVIOUS}'", column)
        inputs = [d for d in self.declarations.values() if d.kind == "input"]
        if kind == "input" and len(inputs) > self.inputs:
            raise self.error(f"a cell has one input; '{inputs[0].name}' is already it", column)

    def remember_output(self, name: str, column: int) -> None:
        if self.output is not None:
            raise self.error(f"a cell has one output; '{self.output}' is already it", column)
        self.output = name
        self.lines["output "] = (self.place, self.line, column)

    def option(self, rest: str, column: int) -> None:
        match = _OPTION.fullmatch(rest)
        if match is None:
            raise self.error("expected 'option name = function'", column)
        name = match["name"]
        self.remember(name, column)
        said = name in self.chosen
        function = self.chosen.pop(name, match["default"])
        if function not in ACTIVATIONS:
            told = f"unknown activation '{function}'{did_you_mean(function, ACTIVATIONS)}"
            # a choice is not the listing's mistake
            raise InputError(f"{name}: {told}") if said else self.error(told, column)
        self.options[name] = function

    def equation(self, match: re.Match[str], comment: str) -> None:
        name, expression = match["name"], match["expression"]
        begins = match.start("expression")
        functions = {function: function for function in FUNCTIONS} | self.options
        names = self.declarations.keys() | self.equations.keys()
        try:
            node = parse(expression, names, functions)
        except ExpressionError as error:
            error.message = self.said_of_order(error.message)
            raise error.at(self.place, self.line, begins) from None
        self.remember(name, match.start("name"), begins)
        text = expression.strip()
        for option, function in self.options.items():
            text, count = re.subn(rf"\b{option}\b", function, text)
            self.used |= {option} if count else set()
        self.equations[name] = Equation(name, node, text, comment)

    def said_of_order(self, message: str) -> str:
        """A name that this line or a later one defines is not unknown: it comes too early."""
        unknown = re.match(_UNKNOWN, message)
        line = self.defined.get(unknown["name"]) if unknown else None
        if unknown is None or line is None:
            return message
        return f"'{unknown['name']}' is used before it is defined: line {line}"

    def listing(self) -> Listing:
        for option in self.chosen:
            offers = f"it offers: {', '.join(self.options)}" if self.options else "it offers none"
            raise InputError(f"{self.source}: the cell has no option '{option}'; {offers}")
        self.check_complete()
        return Listing(
            tuple(self.description),
            tuple(self.declarations.values()),
            tuple(self.equations.values()),
            self.options,
            self.output,
            self.lines,
        )

    def check_complete(self) -> None:
        if self.declarations and not self.equations:
            last = list(self.declarations)[-1]
            raise self.error_at(last, "the cell has no equations: none follows this line")
        for option in self.options:
            if option not in self.used:
                raise self.error_at(option, f"option '{option}' is declared but never used")

    def error_at(self, name: str, message: str) -> ExpressionError:
        """An error about the line that a name is from."""
        place, line, begins = self.lines[name]
        return ExpressionError(message, line, begins + 1, place)
