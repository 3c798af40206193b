"""How fast people travel: one table that can be edited, `resources/speeds.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.resources import resource
from jsna_desktop.sources.road_links import CLASSES, FORMS

_FASTEST, _SLOWEST, _FASTEST_ON_FOOT = 200.0, 0.1, 15.0
# Motor vehicles use no paths, and a ferry's speed stands by itself.
_DRIVEN = tuple(name for name in CLASSES if name not in ("path", "ferry"))
_ALONE = ("walk", "to_the_road", "ferry")


@dataclass(frozen=True)
class Speeds:
    """Kilometres an hour: on foot, from a door to the road, on a ferry, and by car.

    `drive` is by class of road; `forms` by form of way and class, where that differs.
    """

    walk: float
    to_the_road: float
    ferry: float
    drive: dict[str, float]
    forms: dict[str, dict[str, float]]

    def driven(self, road_class: np.ndarray, form: np.ndarray) -> np.ndarray:
        """Speed (n,) by car on links of these classes and forms (n,); NaN for paths, which nobody drives on."""
        speed = np.full(len(road_class), np.nan)
        for name, value in (*self.drive.items(), ("ferry", self.ferry)):
            speed[road_class == name] = value
        for way, classes in self.forms.items():
            rows = np.flatnonzero(form == way)
            for name, value in classes.items():
                speed[rows[road_class[rows] == name]] = value
        return speed


def read_speeds(path: Path | None = None) -> Speeds:
    """The table at `path`, or the one that ships. FileProblem where it is not one or a speed is not believable."""
    path = path or resource("speeds.toml")
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise FileProblem("the speeds cannot be read", where=str(path), found=error.strerror or "") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileProblem("the speeds cannot be read", where=str(path), found=str(error)) from error
    drive = found.pop("drive", None)
    if not isinstance(drive, dict):
        raise FileProblem("the table of speeds has no part [drive]", where=str(path))
    forms = {name: part for name, part in drive.items() if isinstance(part, dict)}
    plain = {name: value for name, value in drive.items() if name not in forms}
    _named(path, "", found, _ALONE)
    _named(path, "drive", plain, _DRIVEN)
    if strange := set(forms) - set(FORMS):
        raise _strange(path, "drive", strange, FORMS)
    for way, part in forms.items():
        unknown = set(part) - set(_DRIVEN)
        if unknown:
            raise _strange(path, f"drive.{way}", unknown, _DRIVEN)
    alone = {name: _speed(path, name, value) for name, value in found.items()}
    return Speeds(
        **alone,
        drive={name: _speed(path, f"drive.{name}", value) for name, value in plain.items()},
        forms={
            way: {name: _speed(path, f"drive.{way}.{name}", value) for name, value in part.items()}
            for way, part in forms.items()
        },
    )


def _named(path: Path, part: str, found: dict, wanted: tuple[str, ...]) -> None:
    if unknown := set(found) - set(wanted):
        raise _strange(path, part, unknown, wanted)
    if lacking := [name for name in wanted if name not in found]:
        where = f"{path}, [{part}]" if part else str(path)
        raise FileProblem(f"the table of speeds lacks {', '.join(lacking)}", where=where)


def _strange(path: Path, part: str, unknown: set[str], wanted: tuple[str, ...]) -> FileProblem:
    where = f"{path}, [{part}]" if part else str(path)
    return FileProblem(
        "the table of speeds has a name that is none",
        where=where,
        found=", ".join(sorted(unknown)),
        expected=", ".join(wanted),
    )


def _speed(path: Path, name: str, value: object) -> float:
    most = _FASTEST_ON_FOOT if name == "walk" else _FASTEST
    if isinstance(value, bool) or not isinstance(value, int | float) or not _SLOWEST <= value <= most:
        expected = f"kilometres an hour, at most {most:g}" + (" on foot" if name == "walk" else "")
        raise FileProblem("this is no speed", where=f"{path}, {name}", found=str(value), expected=expected)
    return float(value)
