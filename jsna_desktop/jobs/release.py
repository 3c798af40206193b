"""The one gate through which everything that leaves the program passes.

Results from sensitive data do not leave: they are withheld, with the reason. Open published data is open.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsna_desktop.jobs.profile import Summary

WITHHELD = "withheld: made from sensitive data, which does not leave this program"
_NUMBERS = ("value", "lower_ci", "upper_ci", "numerator", "denominator", "missing_share")


def release_rows(rows: Iterable[dict], sensitive: frozenset[str]) -> Iterator[dict]:
    """Rows fit to leave; those of the indicators named in `sensitive` carry no number."""
    for row in rows:
        yield withhold(row) if row["indicator"] in sensitive else row


def release_summary(summary: "Summary", sensitive: frozenset[str]) -> "Summary":
    """Who lives in a place, fit to leave: nothing where the residents are from sensitive data."""
    if "population.residents" not in sensitive:
        return summary
    return replace(summary, residents=None, residents_year=None, residents_cut=0.0, residents_range=None)


def withhold(row: dict) -> dict:
    """The row without any of its numbers."""
    bare = row | dict.fromkeys(_NUMBERS) | {"note": WITHHELD}
    hidden = {"value": None, "lower_ci": None, "upper_ci": None, "verdict": "not compared"}
    return bare | {"comparators": [entry | hidden for entry in row["comparators"]]}
