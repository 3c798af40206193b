"""Rates standardised for age: from tables by age band, and from deaths or events with residents by age.

Directly, by the 2013 European Standard Population; indirectly, against England or each place's own district: the
standard's rates on every block's own people are its expected events, and expected events add up as people do.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.areas.geography import Hierarchy
from jsna_desktop.indicator import DSR, ISR, Indicator
from jsna_desktop.measures.parts import BlockValues
from jsna_desktop.measures.rates import BANDS

EUROPEAN = "the 2013 European Standard Population"
ENGLAND, DISTRICT = "england", "district"
DIRECTLY = ": directly standardised rate"
# What is put behind the id of a rate for its indirect ratio and rate.
BEHIND = RATIO, INDIRECT_RATE = ".isr", ".israte"
_COVERS = 0.99


def indirect_id(identity: str, behind: str) -> str:
    """`local.falls` → `local.falls.isr`, `deaths.dsr` → `deaths.isr`."""
    return identity.removesuffix(".dsr") + behind


@dataclass(frozen=True)
class Banded:
    """A rate by age band: its indicator for all ages, and `parts`, the (dataset key, indicator) of each band."""

    key: int
    indicator: Indicator
    parts: tuple[tuple[int, Indicator], ...]

    @property
    def refusal(self) -> str:
        """Which bands do not match the standard's; "" where they all do."""
        given = [one.age for _, one in self.parts]
        strange = [age for age in given if age not in BANDS]
        lacking = [band for band in BANDS if band not in given]
        if not strange and not lacking:
            return ""
        said = f"its age bands are not those of {EUROPEAN}"
        if strange:
            said += f": {', '.join(strange)} {'is' if len(strange) == 1 else 'are'} not in it"
        if lacking:
            said += f"{';' if strange else ':'} {', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} missing"
        return said


def fold(chosen: list[tuple[int, Indicator]]) -> list[tuple[int, Indicator] | Banded]:
    """The indicators (dataset key, indicator) with those that are bands of one rate to be standardised as one."""
    groups: dict[tuple, list[tuple[int, Indicator]]] = {}
    for key, one in chosen:
        if is_band(one):
            groups.setdefault((one.id, one.period, one.sex), []).append((key, one))
    folded: list[tuple[int, Indicator] | Banded] = []
    for key, one in chosen:
        if not is_band(one):
            folded.append((key, one))
            continue
        parts = groups.pop((one.id, one.period, one.sex), None)
        if parts is not None:
            folded.append(Banded(key, replace(one, age="all", numerator=None, denominator=None), tuple(parts)))
    return folded


def is_band(indicator: Indicator) -> bool:
    """Whether an indicator is one age band of a rate to be standardised."""
    return (
        indicator.kind == DSR
        and indicator.age != "all"
        and indicator.numerator is not None
        and indicator.denominator is not None
    )


Column = Callable[[int, str], np.ndarray | None]  # (dataset key, name) → (blocks,), None where there is none


def banded_values(banded: Banded, column: Column) -> BlockValues:
    """What a rate by age band brings to the stack."""
    about = banded.indicator
    if banded.refusal:
        return BlockValues(about, {}, refusal=banded.refusal)
    by_age = {one.age: (key, one) for key, one in banded.parts}
    ordered = [by_age[band] for band in BANDS]
    events = np.stack([_needed(column(key, str(one.numerator))) for key, one in ordered], axis=1)
    people = np.stack([_needed(column(key, str(one.denominator))) for key, one in ordered], axis=1)
    marks = [column(key, f"{one.numerator}?withheld") for key, one in ordered]
    withheld = None
    if any(mark is not None for mark in marks):
        none = np.zeros(len(events))
        withheld = np.stack([none if mark is None else np.nan_to_num(mark) for mark in marks], axis=1)
    return BlockValues(about, {"events": events, "people": people}, withheld)


def _needed(values: np.ndarray | None) -> np.ndarray:
    assert values is not None  # an indicator names columns of its own dataset
    return values


@dataclass(frozen=True)
class Standard:
    """What indirect standardisation takes its rates from.

    `of` (blocks,) says which standard area each block is measured by, −1 for none; `codes`, `names` are theirs, and
    `whole` whether the blocks that are here make up all of an area.
    """

    name: str
    of: np.ndarray
    codes: np.ndarray
    whole: np.ndarray


def standard(wanted: str, universe: np.ndarray, geo: str, district: Hierarchy | None) -> Standard:
    """England (or Wales, for Welsh blocks) or each block's own district as the standard."""
    if wanted == DISTRICT:
        if district is None:
            return Standard("own district", np.full(len(universe), -1), np.empty(0, "U9"), np.empty(0, bool))
        own = geography.align(universe, district.codes)  # a row of the district itself
        return Standard(
            "own district",
            np.where(own >= 0, own, district.parents),
            district.codes,
            np.ones(len(district.codes), bool),
        )
    letters = sorted(geography.NATIONS)
    first = universe.astype("U1")
    of = np.full(len(universe), -1)
    blocks = geography.is_block(universe, geo)
    whole = np.zeros(len(letters), dtype=bool)
    for place, letter in enumerate(letters):
        of[first == letter] = place
        count = int(((first == letter) & blocks).sum())
        whole[place] = letter == "E" and count >= _COVERS * geography.ENGLAND.get(geo, np.inf)
    codes = np.array([geography.NATIONS[letter][0] for letter in letters])
    return Standard("England", of, codes, whole)


def indirect(item: BlockValues, by: Standard, universe: np.ndarray, geo: str) -> list[BlockValues]:
    """The indirectly standardised ratio (England = 100) and rate of a rate by age band, as sums over sums.

    Source: OHID, *Public Health Technical Guidance*; PHEindicatormethods. The reference's own published row is taken
    where the table has one, else the sum of its blocks where they are all here.
    """
    about = item.indicator
    ratio = replace(
        about,
        id=indirect_id(about.id, RATIO),
        name=f"{about.name.removesuffix(DIRECTLY)}: indirectly standardised ratio",
        kind=ISR,
        multiplier=100.0,
        unit="ratio (100 = as expected)",
        caveat=f"Observed over expected events at the rates of {by.name}. Two such ratios are not compared.",
    )
    rate = replace(
        about,
        id=indirect_id(about.id, INDIRECT_RATE),
        name=f"{about.name.removesuffix(DIRECTLY)}: indirectly standardised rate",
        kind=ISR,
        caveat=f"Observed over expected events at the rates of {by.name}, times its crude rate. Two such rates are not "
        "compared.",
    )
    if item.refusal:
        return [BlockValues(one, {}, refusal=item.refusal) for one in (ratio, rate)]
    events, people = item.arrays["events"], item.arrays["people"]
    hidden = np.zeros(events.shape) if item.withheld is None else item.withheld
    reference = _reference(events, people, by, universe, geo)
    if reference is None:
        said = f"the data do not hold all of {by.name}, the standard"
        return [BlockValues(one, {}, refusal=said) for one in (ratio, rate)]
    rates, crude = reference
    with np.errstate(invalid="ignore"):
        expected = (people * rates[by.of]).sum(axis=1)  # the last row is that of no standard: NaN
    observed = np.where((hidden > 0) & np.isnan(events), 0.0, events).sum(axis=1)
    withheld = hidden.sum(axis=1) if hidden.any() else None
    name = f"people by age band at the rates of {by.name}"
    return [
        BlockValues(ratio, {"numerator": observed, "denominator": expected}, withheld, population_name=name),
        BlockValues(
            rate, {"numerator": observed, "denominator": expected / crude[by.of]}, withheld, population_name=name
        ),
    ]


def _reference(
    events: np.ndarray, people: np.ndarray, by: Standard, universe: np.ndarray, geo: str
) -> tuple[np.ndarray, np.ndarray] | None:
    """Rates by band (areas + 1, bands) and crude rates (areas + 1,) of the standard's areas, the last NaN; or None."""
    count = len(by.codes)
    blocks = geography.is_block(universe, geo) & (by.of >= 0)
    known: np.ndarray = np.all(np.isfinite(events) & np.isfinite(people), axis=1)
    rates, crude = np.full((count + 1, events.shape[1]), np.nan), np.full(count + 1, np.nan)
    rows = geography.align(by.codes, universe)
    for area in np.unique(by.of[by.of >= 0]).tolist():
        if rows[area] >= 0 and known[rows[area]]:
            top, bottom = events[rows[area]], people[rows[area]]
        else:
            own = blocks & (by.of == area)
            if not by.whole[area] or not own.any() or (known & own).sum() < _COVERS * own.sum():
                continue
            top, bottom = events[known & own].sum(axis=0), people[known & own].sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            rates[area], crude[area] = top / bottom, top.sum() / bottom.sum()
    return (rates, crude) if np.isfinite(rates).any() else None


def indirect_ids(identities: set[str]) -> set[str]:
    """The ids that indirect standardisation adds to those of rates by age band."""
    return {indirect_id(one, behind) for one in identities for behind in BEHIND}
