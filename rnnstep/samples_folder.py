"""Where the samples are: in the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from rnnstep.errors import InputError, did_you_mean

_PACKAGE = Path(__file__).parent
DEFAULT = "addition"


def samples() -> dict[str, Path]:
    """The sequences by the name that ``rnnstep demo`` knows them by."""
    for folder in (_PACKAGE / "samples", _PACKAGE.parent / "samples"):
        if (folder / "seq.npy").is_file():
            found = {DEFAULT: folder / "seq.npy"}
            found |= {path.parent.name: path for path in sorted(folder.glob("*/seq.npy"))}
            answers = sorted(folder.glob("question/*.weights.npz"))
            for weights in answers:
                stem = weights.name.removesuffix(".weights.npz")
                if stem != "seq":
                    found[stem] = weights.with_name(f"{stem}.npy")
            return found
    raise InputError("the samples are not installed: no folder 'samples' in or beside rnnstep")


def sample(name: str) -> Path:
    """The sequence of a sample.

    Raises:
        InputError: no sample has this name.
    """
    known = samples()
    if name not in known:
        raise InputError(f"no sample '{name}'{did_you_mean(name, known)}")
    return known[name]
