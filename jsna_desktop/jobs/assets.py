"""The register of community assets: those of every file in use, with what an officer added, changed or took out.

An officer's changes are kept beside the files, in a dataset of their own (`assets.own`), and never over them. A change
is of one row of one file, known by the file's dataset, the row's code and its name: where a newer file has taken the
place of the older, the change goes with the one asset of that name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any

import numpy as np
import shapely

from jsna_desktop.areas.lived_in import OFF_THE_LINE
from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.located import postcode_places
from jsna_desktop.measures.assets import Twin, twins
from jsna_desktop.sources.dataset import Dataset
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

OWN = "assets.own"
WORDS = ("name", "kind", "theme", "postcode", "place", "contact", "last_checked", "source", "address")
NUMBERS = ("easting", "northing")
ADDED, CHANGED, REMOVED = "added", "changed", "removed"
MONTHS = 24
# Names this alike (0–1) within so many metres may be one asset: chosen on the demonstration county (docs/assets.md).
ALIKE, NEAR = 0.85, 300.0


@dataclass(frozen=True)
class Asset:
    """One asset. `key` is its own (`assets/012`, `own/3`); `easting`, `northing` and `postcode` as they were given.

    `x`, `y` where it is, metres EPSG:27700, NaN where nothing tells; `last_checked` an ISO date or its first parts, ""
    never; `state` is `added`, `changed` or ""; `own` the key of the officer's row on it, "" where there is none.
    """

    key: str
    name: str
    kind: str = ""
    theme: str = ""
    postcode: str = ""
    easting: float = float("nan")
    northing: float = float("nan")
    place: str = ""
    contact: str = ""
    last_checked: str = ""
    source: str = ""
    address: str = ""
    x: float = float("nan")
    y: float = float("nan")
    state: str = ""
    own: str = ""
    sensitive: bool = False

    @property
    def told(self) -> str:
        """What it is called where its name may leave the program: by its key where it is of sensitive data."""
        return f"the asset {self.key}" if self.sensitive else self.name

    @property
    def is_placed(self) -> bool:
        return bool(np.isfinite(self.x) and np.isfinite(self.y))


@dataclass(frozen=True)
class OwnRow:
    """What the officer made of one asset. `of_dataset` and `of_name` tell which row of which file, "" of none."""

    key: str
    state: str
    asset: Asset
    of_dataset: str = ""
    of_name: str = ""


@dataclass(frozen=True)
class Register:
    """Every asset, by name; `today` is the day that stale ones are told by; `notes` on changes without their asset.

    `sensitive` where any asset is from sensitive data.
    """

    assets: tuple[Asset, ...]
    today: date
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> np.ndarray:
        """Where they are (n, 2), NaN where nothing tells."""
        return np.array([(one.x, one.y) for one in self.assets]).reshape(-1, 2)

    @property
    def sensitive(self) -> bool:
        return any(one.sensitive for one in self.assets)

    def open(self) -> "Register":
        """Without the assets of sensitive data: what may leave the program."""
        return replace(self, assets=tuple(one for one in self.assets if not one.sensitive))

    def of(self, kind: str = "", theme: str = "") -> "Register":
        """Those of a kind and a theme; "" is any."""
        mine = (one for one in self.assets if kind in ("", one.kind) and theme in ("", one.theme))
        return replace(self, assets=tuple(mine))

    def kinds(self) -> list[str]:
        return sorted({one.kind for one in self.assets if one.kind})

    def themes(self) -> list[str]:
        return sorted({one.theme for one in self.assets if one.theme}, key=str.casefold)


def register(store: Store, today: date | None = None) -> Register:
    """Every asset in use. Without `today`, that of the calendar; of fictional data, which stand still, that of the

    latest check in the files.
    """
    files = [(key, one) for key, one in catalogue.keyed_datasets(store) if one.kind == "assets" and one.id != OWN]
    listed = [asset for key, dataset in files for asset in _of_file(store, key, dataset)]
    if today is None:
        checked = [whole for one in listed if (whole := latest_day(one.last_checked)) is not None]
        fictional = bool(files) and all(dataset.fictional for _, dataset in files)
        today = max(checked) if fictional and checked else date.today()
    notes: list[str] = []
    found = _with_changes(listed, own_rows(store), {dataset.id for _, dataset in files}, notes)
    found.sort(key=lambda one: (one.name.casefold(), one.key))
    return Register(tuple(_placed(store, found)), today, tuple(notes))


def own_rows(store: Store) -> dict[str, OwnRow]:
    """The officer's rows by their key."""
    rows = store.all("SELECT key, sensitive FROM dataset WHERE id = ?", [OWN])
    if not rows:
        return {}
    [(dataset, secret)] = rows
    columns = {name: catalogue.column(store, dataset, name).tolist() for name in catalogue.column_names(store, dataset)}
    made = {}
    for at, key in enumerate(catalogue.codes(store, dataset).tolist()):
        words: dict[str, Any] = {name: columns[name][at] for name in (*WORDS, *NUMBERS)}
        asset = Asset(key, **words, state=columns["state"][at], own=key, sensitive=bool(secret))
        made[key] = OwnRow(key, columns["state"][at], asset, columns["of_dataset"][at], columns["of_name"][at])
    return made


def _of_file(store: Store, key: int, dataset: Dataset) -> list[Asset]:
    names = set(catalogue.column_names(store, key))
    codes = catalogue.codes(store, key).tolist()
    columns: dict[str, list[Any]] = {
        name: catalogue.column(store, key, name).tolist() if name in names else [missing] * len(codes)
        for listed, missing in ((WORDS, ""), (NUMBERS, np.nan))
        for name in listed
    }
    return [
        Asset(f"{dataset.id}/{code}", **{name: columns[name][at] for name in columns}, sensitive=dataset.sensitive)
        for at, code in enumerate(codes)
    ]


def _with_changes(
    listed: list[Asset], rows: dict[str, OwnRow], files: set[str], notes: list[str]
) -> list[Asset]:  # fmt: skip
    """The assets of the files with the officer's rows in their place; those of no file behind them."""
    by_key = {one.key: at for at, one in enumerate(listed)}
    taken: dict[int, OwnRow] = {}
    loose = []
    for row in rows.values():
        at = by_key.get(row.key)
        if at is not None and listed[at].name == row.of_name:
            taken[at] = row
        else:
            loose.append(row)
    more = []
    for row in loose:
        # A file that was replaced: its change goes with the asset of that name, where there is one such.
        namesakes = [at for at, one in enumerate(listed) if row.of_name and one.name == row.of_name and at not in taken]
        if len(namesakes) == 1 and row.of_dataset not in files:
            taken[namesakes[0]] = row
        elif row.state == CHANGED:
            notes.append(f"{row.asset.told}: the file that it was in has it no more; it is kept as it was changed here")
            more.append(replace(row.asset, state=ADDED))
        elif row.state == ADDED:
            more.append(row.asset)
    found = []
    for at, one in enumerate(listed):
        row = taken.get(at)
        if row is None:
            found.append(one)
        elif row.state != REMOVED:
            found.append(replace(row.asset, key=one.key, sensitive=one.sensitive or row.asset.sensitive))
    return found + more


def _placed(store: Store, assets: list[Asset]) -> list[Asset]:
    """With x and y: coordinates of their own, else those of the postcode."""
    east, north = postcode_places(store, np.array([one.postcode for one in assets], dtype=np.str_))
    made = []
    for one, x, y in zip(assets, east.tolist(), north.tolist(), strict=True):
        if np.isfinite(one.easting) and np.isfinite(one.northing):
            x, y = one.easting, one.northing  # noqa: PLW2901 - what was given comes first
        made.append(replace(one, x=x, y=y))
    return made


def find(found: Register, text: str) -> Asset:
    """The asset of this key or name. UsageProblem where there is none, or several.

    Names of sensitive data are not suggested.
    """
    wanted = text.strip()
    for one in found.assets:
        if one.key == wanted:
            return one
    named = [one for one in found.assets if one.name.casefold() == wanted.casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        keys = ", ".join(one.key for one in named)
        called = next((one.name for one in named if not one.sensitive), wanted)
        what = f"there are {len(named)} assets called {called}"
        raise UsageProblem(what, found=keys, todo="Say which by its key")
    near = get_close_matches(wanted, [one.name for one in found.assets if not one.sensitive], 3, 0.6)
    todo = f"Did you mean {' or '.join(near)}?" if near else "`assets list` shows them with their keys"
    raise UsageProblem(f"there is no asset {wanted!r}", todo=todo)


def latest_day(checked: str) -> date | None:
    """The last day that a date of whole or part may mean: `2025` is the end of 2025; None where there is none."""
    parts = [int(part) for part in checked.split("-")] if checked else []
    if not parts:
        return None
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    if len(parts) > 2:
        return date(year, month, parts[2])
    return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)


def cut_off(today: date, months: int = MONTHS) -> date:
    """The day so many months ago; what was last checked before it is stale."""
    count = today.year * 12 + today.month - 1 - months
    year, month = divmod(count, 12)
    last = date.fromordinal(date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1).toordinal() - 1).day
    return date(year, month + 1, min(today.day, last))


def is_stale(one: Asset, today: date, months: int = MONTHS) -> bool:
    """Whether it was never checked, or last more than so many months ago."""
    checked = latest_day(one.last_checked)
    return checked is None or checked < cut_off(today, months)


def stale(found: Register, months: int = MONTHS) -> list[Asset]:
    """Assets to look at again: never checked first, then those that were checked the longest ago."""
    if months < 0:
        raise UsageProblem("a time ago is not below zero", found=f"{months} months")
    late = [one for one in found.assets if is_stale(one, found.today, months)]
    return sorted(late, key=lambda one: (one.last_checked, one.name.casefold()))


def duplicates(found: Register, metres: float = NEAR, alike: float = ALIKE) -> list[Twin]:
    """Pairs of positions among the assets that may be one: near-same names no further apart than `metres`."""
    if not 0 < alike <= 1:
        raise UsageProblem("a likeness is above 0 and at most 1", found=f"{alike:g}")
    if not 0 <= metres <= 10_000:
        raise UsageProblem("the distance is not possible", found=f"{metres:g}", expected="metres, 0 to 10,000")
    return twins([one.name for one in found.assets], found.points, metres, alike)


def lying_in(points: np.ndarray, places: Sequence[Locality]) -> list[list[int]]:
    """For each point (n, 2) the positions of the places that it lies in; those without an outline hold none."""
    held: list[list[int]] = [[] for _ in range(len(points))]
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    for at, place in enumerate(places):
        if place.shape is None or not len(known):
            continue
        shapely.prepare(place.shape)
        x, y = (points[known] + OFF_THE_LINE).T
        for row in known[shapely.contains_xy(place.shape, x, y)].tolist():
            held[row].append(at)
    return held
