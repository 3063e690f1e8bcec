"""Words that a command does not take: what is wrong, where, and what to do, in one line."""

from __future__ import annotations

import pytest

from tests.cli.test_command import ADDITION, complaint


@pytest.mark.parametrize(
    ("tokens", "told"),
    [
        (("trace", ADDITION), "trace: --output is missing: an npz, json, csv or safetensors file"),
        (("trace",), "trace: SEQ is missing: the input sequence, an npy file"),
        (("run", ADDITION, "-c"), "run: --command takes a value: commands, ; between them"),
        ((ADDITION, "--layer"), "--layer takes a value: layer whose values go by their bare"),
        (("run", ADDITION, "x.txt"), "run: 'x.txt' is one too many: it takes SEQ; "),
        (("run", ADDITION, "--dtyp", "f"), "run: no option --dtyp; did you mean '--dtype'?"),
        ((ADDITION, "--nosuch"), "no option --nosuch; rnnstep --help"),
        (("run", ADDITION, "--sample", "x"), "run: --sample takes a whole number, not 'x'"),
        (("run", ADDITION, "--json=x"), "run: --json takes yes or no, not 'x'"),
        (("run", ADDITION, "--state", "a", "--state", "b"), "run: --state is given twice"),
    ],
)
def test_what_is_wrong_and_what_to_do(
    capsys: pytest.CaptureFixture[str], tokens: tuple[str, ...], told: str
) -> None:
    said = complaint(capsys, *tokens)
    assert said.startswith(f"rnnstep: error: {told}")
    command = ["rnnstep", *([tokens[0]] if tokens[0] != ADDITION else [])]
    assert said.endswith(f"; {' '.join(command)} --help tells more\n")
