"""Fields of a layer: their values as text, and one of them by its name."""

import difflib
from math import isnan
from typing import Any

import numpy as np

from jsna_desktop.errors import UsageProblem


def as_text(column: Any) -> np.ndarray:
    """Values of any kind as stripped text (n,); "" where missing."""
    values = [
        ""
        if v is None or (isinstance(v, float) and isnan(v))
        else (str(int(v)) if isinstance(v, float) and v.is_integer() else str(v).strip())
        for v in np.asarray(column, dtype=object).tolist()
    ]
    return np.array(values, dtype=np.str_) if values else np.zeros(0, dtype="U1")


def chosen_field(fields: tuple[str, ...], wanted: str, where: str) -> str:
    """The layer's own spelling of a field; UsageProblem listing the fields where there is none of that name."""
    by_lower = {field.lower(): field for field in fields}
    if wanted.lower() in by_lower:
        return by_lower[wanted.lower()]
    raise no_such_column(wanted, fields, where)


def no_such_column(wanted: str, columns: tuple[str, ...], where: str) -> UsageProblem:
    """The error for a column that is asked for and not there, with the one that may be meant."""
    near = difflib.get_close_matches(wanted.lower(), [c.lower() for c in columns], 1, 0.5)
    meant = next((c for c in columns if near and c.lower() == near[0]), "")
    return UsageProblem(
        f"there is no column “{wanted}”",
        where=where,
        found="columns " + ", ".join(columns[:30]),
        todo=f"Perhaps “{meant}” is meant" if meant else "Name one of them",
    )
