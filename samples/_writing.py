"""How every sample is written: the sequence, its weights, and its labels."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass
class Sample:
    """A sequence, the network that reads it, and what is known of both."""

    sequence: Array
    weights: Mapping[str, Array]
    layers: Sequence[tuple[str, str, str]]
    """Each layer's name, cell and activation; empty for a cell that offers none."""
    seed: int
    packages: Sequence[str]
    """What computed the weights; their versions are written down."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What was measured on the weights, as JSON can hold it."""
    labels: Mapping[str, str | list[str]] = field(default_factory=dict)

    def save(self, stem: Path) -> None:
        """Write `stem`.npy, `stem`.weights.npz and, given labels, `stem`.labels.json."""
        arrays: dict[str, Any] = {k: np.asarray(v, np.float32) for k, v in self.weights.items()}
        # Text in a 0-d array, not an object: it loads without pickle.
        arrays["model"] = np.array(json.dumps(self._model(), ensure_ascii=False))
        np.save(f"{stem}.npy", np.asarray(self.sequence, np.float32))
        np.savez(f"{stem}.weights.npz", **arrays)
        if self.labels:
            Path(f"{stem}.labels.json").write_text(self._labels(), encoding="utf-8")
        for key, fact in self.facts.items():
            print(f"{stem.parent.name}/{stem.name}: {key} = {fact}")

    def _model(self) -> dict[str, Any]:
        model: dict[str, Any] = {
            "layers": [_layer(*layer) for layer in self.layers],
            "made_with": {"python": platform.python_version()}
            | {package: version(package) for package in self.packages},
            "seed": self.seed,
        }
        return model | ({"facts": dict(self.facts)} if self.facts else {})

    def _labels(self) -> str:
        for key, size in zip(("timesteps", "inputs"), self.sequence.shape, strict=True):
            if key in self.labels and len(self.labels[key]) != size:
                raise ValueError(f"{len(self.labels[key])} labels for {size} {key}")
        # One line a list: easier to read than json's own indentation.
        lines = (f'  "{k}": {json.dumps(v, ensure_ascii=False)}' for k, v in self.labels.items())
        return "{\n" + ",\n".join(lines) + "\n}\n"


def _layer(name: str, cell: str, activation: str) -> dict[str, str]:
    layer = {"name": name, "cell": cell}
    return layer | ({"activation": activation} if activation else {})
