"""What is written stays true: the pages' code runs, their generated parts are current."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from rnnstep.cells import load_cell
from rnnstep.cli import main
from rnnstep.config import Config, read_config

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [page.name for page in PAGES]

_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the working directory, as far as the pages use it."""
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_shows_what_happens(
    page: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its blocks in order, python ones in one namespace, each output as the page has it."""
    names: dict[str, object] = {}
    said = ""
    for kind, mark, text in _BLOCK.findall(page.read_text("utf-8")):
        match kind, mark.split():
            case "python", []:
                exec(compile(text, page.name, "exec"), names)
                said = capsys.readouterr().out
            case "text", ["output"]:
                assert same(said, text), said
            case "text", ["cell", name]:
                (folder / name).write_text(text, encoding="utf-8")
                assert load_cell(Path(name)).equations
            case "toml", [name]:
                (folder / name).write_text(text, encoding="utf-8")
                assert read_config(Path(name)) != Config()
            case "json", [name]:
                (folder / name).write_text(text, encoding="utf-8")
            case "console", []:
                for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.M):
                    assert same(answer(command, capsys), expected), command
            case _:
                assert page.name == "README.md", f"{kind} {mark}: nothing looks at this block"


def answer(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command of a console block prints, errors with it."""
    program, *tokens = shlex.split(command)
    assert program == "rnnstep"
    with pytest.raises(SystemExit):
        main(tokens)
    printed = capsys.readouterr()
    return printed.out + printed.err


def same(said: str, shown: str) -> bool:
    """Whether a page shows what was said; its line […] stands for any lines."""
    pattern = re.escape(shown).replace(re.escape("[…]\n"), "(?:.*\n)*")
    return re.fullmatch(pattern, said) is not None


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make", ROOT / "docs" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    return make


def test_the_generated_parts_are_current() -> None:
    make = generator()
    for page in PAGES:
        text = page.read_text("utf-8")
        assert make.filled(text) == text, f"{page.name}: run python docs/make.py"


def test_the_colours_are_those_of_the_maps() -> None:
    make = generator()
    assert make.colours() == make.COLOURS_MODULE.read_text("utf-8"), "run python docs/make.py"


def test_every_generated_part_has_its_place() -> None:
    marked = [name for page in PAGES for name in re.findall(r"<!-- (\w+) -->", page.read_text())]
    assert sorted(marked) == sorted(generator().BLOCKS)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_links_to_what_exists(page: Path) -> None:
    for target in _LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_the_design_names_files_and_tests_that_exist() -> None:
    named = re.findall(
        r"`((?:rnnstep|tests|docs|samples)/[\w/.]+)`", (ROOT / "docs/design.md").read_text("utf-8")
    )
    assert named
    for name in named:
        assert (ROOT / name).exists(), name


def test_the_set_up_lines_are_there() -> None:
    assert "pip install . && rnnstep samples/seq.npy\n" in README
    assert "pip install '.[test]' && pytest\n" in README


def floors() -> tuple[dict[str, int], dict[str, int]]:
    """The table of docs/design.md: each module's floor, and the lowest one of each library."""
    modules: dict[str, int] = {}
    libraries: dict[str, int] = {}
    page = (ROOT / "docs" / "design.md").read_text("utf-8")
    for floor, named, from_here in re.findall(r"^\| (\d) \|.*\|(.*)\|(.*)\|$", page, re.M):
        modules |= dict.fromkeys(re.findall(r"`(\w+)`", named), int(floor))
        libraries |= dict.fromkeys(re.findall(r"`(\w+)`", from_here), int(floor))
    return modules, libraries


FLOORS, LOWEST = floors()


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize(
    "path", sorted((ROOT / "rnnstep").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_a_module_imports_only_from_its_floor_and_below(path: Path) -> None:
    home = path.relative_to(ROOT / "rnnstep").with_suffix("").parts[0]
    if home == "__init__":
        return
    assert home in FLOORS, f"{home} stands on no floor: give it one in docs/design.md"
    for name in imported(path):
        top, *rest = name.split(".")
        if top == "rnnstep" and rest and rest[0] in FLOORS:
            assert FLOORS[rest[0]] <= FLOORS[home], f"{home} imports {name} from a floor above"
        elif top not in sys.stdlib_module_names and top != "rnnstep":
            assert FLOORS[home] >= LOWEST[top], f"{home} imports {top}"
            assert top != "textual" or home == "tui"


def test_every_floor_of_the_design_is_filled() -> None:
    homes = {path.stem for path in (ROOT / "rnnstep").iterdir() if path.suffix in ("", ".py")}
    assert FLOORS.keys() == homes - {"__init__", "__pycache__"}


def test_the_debugger_knows_no_screen() -> None:
    code = (
        "import sys, rnnstep.session, rnnstep.opening\n"
        "print(sorted({'rich', 'textual'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
