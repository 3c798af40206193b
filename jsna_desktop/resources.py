"""Where the files that ship with the program are: in a checkout, a wheel or a bundle."""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    bundle = getattr(sys, "_MEIPASS", None)
    for base in (Path(bundle) if bundle else None, _HERE.parent, _HERE / "_shipped"):
        if base is not None and (base / name).is_dir():
            return base / name
    raise FileNotFoundError(f"the folder {name} is missing from this installation")


def resource(*parts: str) -> Path:
    """Path of a file in `resources/`."""
    return _folder("resources").joinpath(*parts)


def shipped(*parts: str) -> Path:
    """Path of a file in `boundaries/`: outlines, lookups and postcodes that may be passed on with the program."""
    return _folder("boundaries").joinpath(*parts)
