"""An officer's changes to the register of assets: each is kept beside the files, recorded, and can be taken back.

All of them together are one dataset (`assets.own`), written anew with each change in the same transaction.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import audit
from jsna_desktop.jobs.assets import (
    ADDED,
    CHANGED,
    NUMBERS,
    OWN,
    REMOVED,
    WORDS,
    Asset,
    OwnRow,
    latest_day,
    own_rows,
    register,
)
from jsna_desktop.jobs.located import Places
from jsna_desktop.sources import dates
from jsna_desktop.sources.assets import KINDS
from jsna_desktop.sources.dataset import Dataset, Reading
from jsna_desktop.sources.places import normal_postcode, on_land
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

_LONGEST = 300  # letters of any word of an asset
_KEY = "own/"
SECRET_SUBJECT = "an asset of sensitive data"
_PLACE = "a postcode, or easting and northing"


@dataclass(frozen=True)
class Change:
    """One change: the officer's row on the asset `key` before and after it, None where there was none.

    `name` is what the asset is called; `key` what the register calls it afterwards.
    """

    key: str
    name: str
    row: str
    before: OwnRow | None
    after: OwnRow | None


def add_asset(store: Store, fields: Mapping[str, str]) -> Change:
    """A new asset of these fields (`WORDS` and `NUMBERS`, as text). UsageProblem for what is not possible.

    It needs a name, a kind, and a place: a postcode that is known, or easting and northing.
    """
    with store.transaction():
        rows = own_rows(store)
        numbers = [int(key.removeprefix(_KEY)) for key in rows if key.startswith(_KEY)]
        key = f"{_KEY}{max(numbers, default=0) + 1}"
        made = _checked(store, Asset(key, ""), fields)
        if not made.kind:
            raise UsageProblem("an asset is of a kind", expected=", ".join(KINDS))
        if not made.postcode and np.isnan(made.easting):
            raise UsageProblem("an asset needs a place", expected=_PLACE)
        return _apply(store, Change(key, made.name, key, None, OwnRow(key, ADDED, made)))


def edit_asset(store: Store, key: str, fields: Mapping[str, str]) -> Change:
    """Other words or another place of an asset (by key): only the fields that are given are changed."""
    with store.transaction():
        one, row = _there(store, key)
        made = _checked(store, one, fields)
        if all(_same(getattr(made, name), getattr(one, name)) for name in (*WORDS, *NUMBERS)):
            raise UsageProblem(f"nothing of {one.told} would change", todo="Say what is to be another")
        after = replace(row or _row_on(one), asset=made, state=row.state if row else CHANGED)
        return _apply(store, Change(key, made.name, after.key, row, after))


def move_asset(store: Store, key: str, x: float, y: float) -> Change:
    """An asset to a point, metres EPSG:27700; its postcode, which was of the place before, goes."""
    return edit_asset(store, key, {"postcode": "", "easting": f"{x:.0f}", "northing": f"{y:.0f}"})


def remove_asset(store: Store, key: str) -> Change:
    """Take an asset out of the register; its row in the file stays. What was told of whom to ask is not kept."""
    with store.transaction():
        one, row = _there(store, key)
        before = row or _row_on(one)
        after = replace(before, state=REMOVED, asset=Asset(before.key, one.name, sensitive=one.sensitive))
        return _apply(store, Change(key, one.name, before.key, row, after))


def take_back(store: Store, change: Change) -> None:
    """Leave the asset as it was before a change. UsageProblem where it has been changed since."""
    with store.transaction():
        _unchanged_since(store, change, change.after)
        _write(store, change, change.before)
        _record(store, audit.ASSET_RESTORED, change)


def again(store: Store, change: Change) -> None:
    """Carry out a change that was taken back."""
    with store.transaction():
        _unchanged_since(store, change, change.before)
        _apply(store, change)


def _unchanged_since(store: Store, change: Change, expected: OwnRow | None) -> None:
    found = own_rows(store).get(change.row)
    if (found is None) != (expected is None) or (found and expected and _packed(found) != _packed(expected)):
        raise UsageProblem(f"{change.name} has been changed since", todo="Change it again by hand")


def _apply(store: Store, change: Change) -> Change:
    _write(store, change, change.after)
    state = change.after.state if change.after is not None else ""
    fresh = change.before is None and state == ADDED
    action = audit.ASSET_REMOVED if state == REMOVED else audit.ASSET_ADDED if fresh else audit.ASSET_CHANGED
    _record(store, action, change)
    return change


def _record(store: Store, action: str, change: Change) -> None:
    """Keep it in the audit, which can be printed: beside any sensitive table of assets by its key, not by its name.

    For all that is added and changed here is sensitive then, as it is one dataset.
    """
    secret = store.one("SELECT count(*) FROM dataset WHERE kind = 'assets' AND sensitive = 1")[0]
    audit.record(store, action, SECRET_SUBJECT if secret else change.name, key=change.key)


def _there(store: Store, key: str) -> tuple[Asset, OwnRow | None]:
    """The asset of this key and the officer's row on it."""
    for one in register(store).assets:
        if one.key == key:
            return one, own_rows(store).get(one.own) if one.own else None
    raise UsageProblem(f"there is no asset {key!r}", todo="`assets list` shows them with their keys")


def _row_on(one: Asset) -> OwnRow:
    """The officer's first row on an asset of a file."""
    return OwnRow(one.key, CHANGED, one, one.key.rpartition("/")[0], one.name)


def _checked(store: Store, one: Asset, fields: Mapping[str, str]) -> Asset:
    """The asset with other fields, each of them possible."""
    strange = [name for name in fields if name not in (*WORDS, *NUMBERS)]
    if strange:
        raise UsageProblem(f"an asset has no {strange[0]}", expected=", ".join((*WORDS, *NUMBERS)))
    words = {name: " ".join(text.split()) for name, text in fields.items()}
    for name, text in words.items():
        if len(text) > _LONGEST:
            raise UsageProblem(f"the {name.replace('_', ' ')} is too long", expected=f"at most {_LONGEST} letters")
    made = replace(one, **{name: text for name, text in words.items() if name in WORDS})
    if not made.name:
        raise UsageProblem("an asset needs a name")
    if "kind" in words:
        made = replace(made, kind=_kind(words["kind"]))
    if "last_checked" in words:
        made = replace(made, last_checked=_date(words["last_checked"]))
    if {"postcode", *NUMBERS} & words.keys():
        made = _moved(store, one, made, words)
    return made


def _kind(text: str) -> str:
    from difflib import get_close_matches

    if text.lower() in KINDS:
        return text.lower()
    near = get_close_matches(text.lower(), KINDS, 1)
    todo = f"Did you mean {near[0]}?" if near else ""
    raise UsageProblem("this is no kind of asset", found=text or "nothing", expected=", ".join(KINDS), todo=todo)


def _date(text: str) -> str:
    if not text:
        return ""
    today = date.today()
    found = today.isoformat() if text.lower() == "today" else dates.day(text)
    whole = latest_day(found)
    if whole is None:
        raise UsageProblem("this is no date", found=text, expected="such as 3/5/2025, May 2025 or today")
    if found > today.isoformat():
        raise UsageProblem("nobody can have checked it on a day to come", found=text)
    return found


def _moved(store: Store, before: Asset, made: Asset, words: Mapping[str, str]) -> Asset:
    """The place: a postcode by itself takes the coordinates' place, and coordinates that of a postcode."""
    postcode = _postcode(store, words["postcode"]) if words.get("postcode") else ""
    pair = [words.get(name, "") for name in NUMBERS]
    if any(pair) and not all(pair):
        raise UsageProblem("one coordinate without the other", expected="easting and northing, in metres")
    east, north = (_metres(text) for text in pair) if all(pair) else (float("nan"), float("nan"))
    if all(pair) and not bool(on_land(np.array([east]), np.array([north]))[0]):
        found = f"{east:,.0f} east, {north:,.0f} north"
        raise UsageProblem("this place is in the sea or outside Great Britain", found=found)
    if not postcode and not all(pair):
        if before.is_placed:
            raise UsageProblem("an asset needs a place", expected=_PLACE)
        return replace(made, postcode="", easting=east, northing=north)
    return replace(made, postcode=postcode, easting=east, northing=north)


def _postcode(store: Store, text: str) -> str:
    normal, places = normal_postcode(text), Places(store)
    meant = places.meant(text)
    if not normal:
        raise UsageProblem("this is no postcode", found=text, todo=f"Did you mean {meant}?" if meant else "")
    if not np.isfinite(places.points(np.array([normal]))[0][0]):
        todo = f"Did you mean {meant}?" if meant else "Give easting and northing instead"
        raise UsageProblem("no postcodes of the workspace know this one", found=normal, todo=todo)
    return normal


def _metres(text: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        raise UsageProblem("this is no coordinate", found=text, expected="metres, such as 396221") from None


def _same(a: object, b: object) -> bool:
    return a == b or (isinstance(a, float) and isinstance(b, float) and np.isnan(a) and np.isnan(b))


def _packed(row: OwnRow) -> str:
    told = {name: getattr(row.asset, name) for name in (*WORDS, *NUMBERS)}
    return json.dumps([row.key, row.state, row.of_dataset, row.of_name, told], sort_keys=True)


def _write(store: Store, change: Change, row: OwnRow | None) -> None:
    """Put the officer's row of a change in its place, or take it away; the dataset is written anew."""
    rows = own_rows(store)
    rows.pop(change.row, None)
    if row is not None:
        rows[row.key] = row
    files = [one for one in catalogue.datasets(store) if one.kind == "assets" and one.id != OWN]
    catalogue.remove_dataset(store, OWN)
    if rows:
        catalogue.add_reading(store, _reading(list(rows.values()), files))


def _reading(rows: list[OwnRow], files: list[Dataset]) -> Reading:
    listed = [row.asset for row in rows]
    columns: dict[str, np.ndarray] = {name: np.array([getattr(one, name) for one in listed]) for name in WORDS[1:]}
    columns |= {name: np.array([getattr(one, name) for one in listed], dtype=float) for name in NUMBERS}
    columns |= {name: np.array([getattr(row, name) for row in rows]) for name in ("state", "of_dataset", "of_name")}
    dataset = Dataset(
        id=OWN,
        title="Assets added and changed here",
        kind="assets",
        geography="",
        period="",
        source="",
        licence="",
        attribution="",
        filename="",
        reason="Written by the people who keep this workspace",
        rows=len(rows),
        retrieved=date.today().isoformat(),
        checksum=hashlib.sha256("\n".join([OWN, *map(_packed, rows)]).encode()).hexdigest(),
        sensitive=any(one.sensitive for one in files),
        fictional=bool(files) and all(one.fictional for one in files),
    )
    return Reading(dataset, np.array([row.key for row in rows]), columns, np.array([one.name for one in listed]))
