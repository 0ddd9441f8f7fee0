"""Parameters of linkage: what ships as data, what a pack or a refit overrides, and the weights they mean."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

CLASSES = ("match", "household", "kin", "stranger")
FIELDS = ("given", "father", "mother", "family", "birth", "sex", "phone", "locality", "household", "identifier")
NAME_LEVELS = (
    "same", "script", "spelling", "part", "sounds", "similar", "close", "related", "initial", "swapped", "differs",
    "differs_script",
)  # fmt: skip
LEVELS: dict[str, tuple[str, ...]] = {
    **{f: NAME_LEVELS for f in ("given", "father", "mother", "family")},
    "birth": (
        "same",
        "swapped",
        "defaulted",
        "digit",
        "similar",
        "near_same",
        "day_same",
        "two_digits",
        "year",
        "near",
        "differs",
    ),
    "sex": ("same", "differs"),
    "phone": ("same", "similar", "differs"),
    "locality": ("same", "similar", "differs"),
    "household": ("same", "differs"),
    "identifier": ("same", "similar", "differs"),
}


@dataclass
class Parameters:
    """Log shares by field and level (`weights[field][level][class]`), and which stranger shares scale with
    the value."""

    version: int
    threshold: float
    pairs_per_record: dict[str, float]
    floors: dict[str, float]
    usual: dict[str, float]
    levels: dict[str, dict[str, list[Any]]]
    trees: list[dict] = field(default_factory=list)
    """Boosted correction learnt from labels; empty by default. See refit.py."""

    def share(self, field_: str, level: str, of: str) -> tuple[float, bool]:
        """(log share, whether it is to be multiplied by the frequency of the agreeing value)."""
        raw = self.levels[field_][level][CLASSES.index(of)]
        if isinstance(raw, str):
            scale = raw.removeprefix("value").strip()
            return (math.log(float(scale)) if scale else 0.0), True
        return math.log(raw), False

    def prior(self, of: str, records: int, *, cross: float = 1.0) -> float:
        """Log of the expected number of pairs of a class among `records` records."""
        if of == "stranger":
            return math.log(max(1.0, records * max(records - 1, 1) / 2 * cross))
        return math.log(max(1e-9, records * self.pairs_per_record[of]))

    def as_dict(self) -> dict[str, Any]:
        """What `load` reads back."""
        out: dict[str, Any] = {
            "version": self.version,
            "threshold": self.threshold,
            "pairs_per_record": self.pairs_per_record,
            "frequency_floor": self.floors,
            "usual_frequency": self.usual,
            "levels": self.levels,
        }
        if self.trees:
            out["trees"] = self.trees
        return out


def _merged(base: dict, over: dict) -> dict:
    out = copy.deepcopy(base)
    for key, value in over.items():
        out[key] = _merged(out[key], value) if isinstance(value, dict) and isinstance(out.get(key), dict) else value
    return out


@cache
def _shipped() -> dict[str, Any]:
    return yaml.safe_load(files(__package__).joinpath("defaults.yaml").read_text(encoding="utf-8"))


def _read(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{path} is no YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(found, dict):
        raise ValueError(f"{path} must be a map such as “threshold: 0.5”")
    return found


def load(*overrides: Path | dict) -> Parameters:
    """The shipped parameters with overrides laid over them in order.

    Raises ValueError, naming the place, for a file that is no YAML map, an unknown field or level, a share outside
    0..1, or a missing class.
    """
    data = _shipped()
    for over in overrides:
        data = _merged(data, _read(over) if isinstance(over, Path) else over)
    levels = {**data["levels"]}
    levels.setdefault("mother", levels["father"])
    for field_, by_level in levels.items():
        if field_ not in LEVELS:
            raise ValueError(f"levels.{field_}: there is no such field; there are {', '.join(LEVELS)}")
        for level in LEVELS[field_]:
            if level not in by_level:
                raise ValueError(f"levels.{field_}.{level} is missing")
        for level, shares in by_level.items():
            if level not in LEVELS[field_]:
                raise ValueError(f"levels.{field_}.{level}: there is no such level")
            if not isinstance(shares, list) or len(shares) != len(CLASSES):
                raise ValueError(f"levels.{field_}.{level} must have one share for each of {', '.join(CLASSES)}")
            for share in shares:
                if not isinstance(share, str) and not 0 < float(share) <= 1:
                    raise ValueError(f"levels.{field_}.{level}: {share} is not a share between 0 and 1")
    return Parameters(
        version=int(data["version"]),
        threshold=float(data["threshold"]),
        pairs_per_record={k: float(v) for k, v in data["pairs_per_record"].items()},
        floors={k: float(v) for k, v in data["frequency_floor"].items()},
        usual={k: float(v) for k, v in data["usual_frequency"].items()},
        levels=levels,
        trees=list(data.get("trees", [])),
    )
