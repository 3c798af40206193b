"""The commands of the register of community assets: list, add, edit, remove, duplicates, stale, reach, gaps, export."""

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from jsna_desktop.command_output import Prepared, choice_of, give, share
from jsna_desktop.errors import DisclosureRefused, UsageProblem
from jsna_desktop.safekeeping import opened

if TYPE_CHECKING:
    from jsna_desktop.areas.locality import Locality
    from jsna_desktop.jobs.assets import Register
    from jsna_desktop.workspace.store import Store

Job = Callable[[argparse.Namespace], int]
# As sources/assets.py has them, which the parser must not import.
_KINDS = ("group", "network", "activity", "space", "service")
_FIELDS = (
    "name", "kind", "theme", "postcode", "easting", "northing", "place", "contact", "checked", "source", "address",
)  # fmt: skip


def arguments(
    commands: argparse._SubParsersAction, jobs: Mapping[str, Job], workspace: Prepared, select: Prepared
) -> None:  # fmt: skip
    """What can be said to these commands."""
    every = commands.add_parser("assets", help="what communities already have: list, change, check and export it")
    actions = every.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, about: str) -> argparse.ArgumentParser:
        one = actions.add_parser(name, help=about)
        one.set_defaults(job=jobs[f"assets {name}"])
        workspace(one)
        return one

    c = action("list", "every asset, with the localities that it lies in")
    _which(c, select)
    c.add_argument("--contact", action="store_true", help="with contacts")
    _output(c)
    c = action("add", "a new asset: its name, kind and place")
    _fields(c, added=True)
    c = action("edit", "other words or another place of an asset")
    c.add_argument("asset", metavar="ASSET", help="its id or its name, as `assets list` has them")
    _fields(c, added=False)
    c = action("remove", "take an asset out; its row in the file stays")
    c.add_argument("asset", metavar="ASSET", help="its id or its name")
    c = action("duplicates", "pairs that may be one asset: near-same names close to each other")
    _which(c, select)
    c.add_argument("--metres", metavar="M", type=float, help="no further apart than this (default: 300)")
    c.add_argument("--alike", metavar="SHARE", type=float, help="names at least so alike, 0 to 1 (default: 0.85)")
    _output(c)
    c = action("stale", "assets never checked, or not for a long time")
    _which(c, select)
    c.add_argument("--months", metavar="N", type=int, default=24, help="how long (default: 24)")
    c.add_argument("--as-of", metavar="DATE", type=_day, help="by this day instead of today, as 2026-03-31")
    c.add_argument("--contact", action="store_true", help="with contacts")
    _output(c)
    c = action("reach", "assets for every 1,000 residents, and the share of residents who live near one")
    _kinds(c)
    select(c)
    c.add_argument("--by", choices=("kind", "theme"), help="of each kind or theme too")
    c.add_argument("--metres", metavar="M", type=float, help="how near, in a straight line (default: 800)")
    _method(c)
    _output(c)
    c = action("gaps", "small areas in the most deprived fifth where few residents live near an asset")
    _kinds(c)
    select(c)
    c.add_argument("--metres", metavar="M", type=float, help="how near, in a straight line (default: 800)")
    c.add_argument("--under", metavar="PERCENT", type=float, default=50.0, help="fewer than so many residents (50)")
    c.add_argument("--index", metavar="imd2025|imd2019|ID", help="what need goes by (default: the latest index)")
    c.add_argument("--within", choices=("place", "national"), default="place", help="fifth of the district or nation")
    _method(c)
    _output(c)
    c = action("export", "the register for partners, as .csv or .xlsx; contacts are left out unless asked for")
    c.add_argument("file", metavar="FILE", type=Path)
    _which(c, select)
    c.add_argument("--contact", action="store_true", help="with contacts")


def _which(c: argparse.ArgumentParser, select: Prepared) -> None:
    select(c)
    _kinds(c)
    c.add_argument("--find", metavar="TEXT", default="", help="only those whose words hold this")


def _kinds(c: argparse.ArgumentParser) -> None:
    c.add_argument("--kind", choices=_KINDS, default="")
    c.add_argument("--theme", metavar="NAME", default="")


def _method(c: argparse.ArgumentParser) -> None:
    c.add_argument("--method", choices=("blocks", "best-fit", "postcodes", "dasymetric", "area"), help="of cut areas")


def _output(c: argparse.ArgumentParser) -> None:
    c.add_argument("--format", choices=("table", "json", "csv"), default="table")
    c.add_argument("--out", metavar="FILE", type=Path)


def _fields(c: argparse.ArgumentParser, *, added: bool) -> None:
    c.add_argument("--name", metavar="TEXT", required=added)
    c.add_argument("--kind", metavar="KIND", required=added, help=", ".join(_KINDS))
    c.add_argument("--theme", metavar="TEXT")
    c.add_argument("--postcode", metavar="POSTCODE", help="where it is; or by --easting and --northing")
    c.add_argument("--easting", metavar="M")
    c.add_argument("--northing", metavar="M")
    c.add_argument("--place", metavar="TEXT", help="the town, village or building")
    c.add_argument("--contact", metavar="TEXT", help="a name, number or address; it does not leave unless asked for")
    c.add_argument("--checked", metavar="DATE", help="when it was last checked: 3/5/2025, May 2025, today")
    c.add_argument("--source", metavar="TEXT", help="who told of it")
    c.add_argument("--address", metavar="TEXT")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day, such as 2026-03-31") from None


def _register(store: "Store", options: argparse.Namespace) -> tuple["Register", list["Locality"]]:
    """The assets that are asked for and may be told of, and the localities that they are placed in."""
    from jsna_desktop.jobs import asset_rows
    from jsna_desktop.jobs.assets import register
    from jsna_desktop.jobs.localities import localities

    notes: list[str] = []
    found = _of_sorts(asset_rows.may_leave(register(store, getattr(options, "as_of", None)), notes), options)
    for note in [*notes, *found.notes]:
        print(f"jsna-desktop: {note}", file=sys.stderr)
    places = localities(store, options.set, options.locality)
    if options.set or options.locality:
        found = asset_rows.in_places(found, places)
    return found, places


def _of_sorts(found: "Register", options: argparse.Namespace) -> "Register":
    from dataclasses import replace

    if not found.assets:
        raise UsageProblem("the workspace has no assets", todo="Add a table of them, or one with: assets add")
    theme = options.theme.strip().casefold()
    known = {one.casefold(): one for one in found.themes()}
    if theme and theme not in known:
        raise UsageProblem(f"no asset has the theme {options.theme!r}", expected=", ".join(known.values()))
    found = found.of(options.kind, known.get(theme, ""))
    words = getattr(options, "find", "").casefold().split()
    if words:
        mine = (
            one for one in found.assets
            if all(word in " ".join((one.name, one.theme, one.place, one.address, one.postcode)).casefold()
                   for word in words)
        )  # fmt: skip
        found = replace(found, assets=tuple(mine))
    return found


def _list(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs import asset_rows

    with opened(options) as store:
        found, places = _register(store, options)
        rows = asset_rows.rows(found, places, contact=options.contact)
        head = {"findings": [_counted(len(rows), "asset")]}
        return give(options, store, rows, _LIST_TABLE, head if options.format == "table" else {})


def _fields_of(options: argparse.Namespace) -> dict[str, str]:
    given = {name: getattr(options, name) for name in _FIELDS if getattr(options, name) is not None}
    if "checked" in given:
        given["last_checked"] = given.pop("checked")
    return given


def _add(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.asset_edits import add_asset

    with opened(options, write=True) as store:
        made = add_asset(store, _fields_of(options))
        _say_place(store, made.key, f"Added {made.name}")
    return 0


def _say_place(store: "Store", key: str, said: str) -> None:
    from jsna_desktop.jobs import assets
    from jsna_desktop.jobs.localities import localities

    one = assets.find(assets.register(store), key)
    if one.sensitive:
        print(f"{said} ({key}): it is of sensitive data, and does not leave the program")
        return
    places = localities(store)
    held = assets.lying_in(assets.Register((one,), date.today()).points, places)[0]
    where = f" in {', '.join(dict.fromkeys(places[at].name for at in held))}" if held else ""
    at = f" at {one.x:,.0f} east, {one.y:,.0f} north{where}" if one.is_placed else ""
    print(f"{said} ({key}){at}")


def _edit(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs import assets
    from jsna_desktop.jobs.asset_edits import edit_asset

    with opened(options, write=True) as store:
        one = assets.find(assets.register(store), options.asset)
        made = edit_asset(store, one.key, _fields_of(options))
        renamed = made.name != one.name and not one.sensitive
        _say_place(store, made.key, f"Changed {one.told}" + (f" to {made.name}" if renamed else ""))
    return 0


def _remove(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs import assets
    from jsna_desktop.jobs.asset_edits import remove_asset

    with opened(options, write=True) as store:
        one = assets.find(assets.register(store), options.asset)
        remove_asset(store, one.key)
        stays = "" if "own/" in one.key else "; its row in the file stays"
        print(f"Removed {one.told} ({one.key}){stays}")
    return 0


def _duplicates(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs import asset_rows, assets

    metres = assets.NEAR if options.metres is None else options.metres
    alike = assets.ALIKE if options.alike is None else options.alike
    with opened(options) as store:
        found, _ = _register(store, options)
        rows = asset_rows.duplicate_rows(found, metres, alike)
        said = f"{_counted(len(rows), 'pair')}: names at least {alike:g} alike, no more than {metres:,.0f} m apart"
        return give(options, store, rows, _TWIN_TABLE, {"findings": [said]})


def _stale(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from jsna_desktop.jobs import asset_rows, assets

    with opened(options) as store:
        found, places = _register(store, options)
        late = replace(found, assets=tuple(assets.stale(found, options.months)))
        rows = asset_rows.rows(late, places, contact=options.contact, months=options.months)
        before = assets.cut_off(found.today, options.months)
        said = f"{len(rows):,} of {_counted(len(found.assets), 'asset')} never checked, or last before {before}"
        return give(options, store, rows, _STALE_TABLE, {"findings": [said]})


def _reach(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs import asset_reach

    metres = asset_reach.checked_metres(asset_reach.METRES if options.metres is None else options.metres)
    with opened(options) as store:
        start = _start(store, options)
        rows = asset_reach.reach_rows(start, metres, options.by or asset_reach.ALL)
        return give(options, store, _released(start, rows), _REACH_TABLE, _head(start, metres))


def _gaps(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs import asset_reach

    metres = asset_reach.checked_metres(asset_reach.METRES if options.metres is None else options.metres)
    with opened(options) as store:
        start = _start(store, options)
        if start.residents.sensitive:
            raise DisclosureRefused("the residents are sensitive, and small areas are not told of")
        rows, rank = asset_reach.gap_rows(start, metres, options.index, options.within, options.under / 100)
        head = _head(start, metres) | {"by": rank.by, "within": options.within, "under": options.under}
        beyond = sum(row["beyond"] for row in rows)
        fifth = "national" if options.within == "national" else "local"
        said = (
            f"{_counted(len(rows), 'small area')} of the most deprived {fifth} fifth with under {options.under:g} % of "
            f"residents within {metres:,.0f} m of an asset: {beyond:,.0f} residents further away"
        )
        return give(options, store, rows, _GAP_TABLE, head | {"findings": [said]})


def _start(store: "Store", options: argparse.Namespace):
    from jsna_desktop.jobs import asset_reach

    from_all, _ = _register_of_all(store, options)
    return asset_reach.ground(store, choice_of(options), from_all)


def _register_of_all(store: "Store", options: argparse.Namespace) -> tuple["Register", list["Locality"]]:
    """Assets wherever they lie: people go across the line of their place."""
    return _register(store, argparse.Namespace(**(vars(options) | {"set": [], "locality": []})))


def _released(start, rows: list[dict]) -> list[dict]:
    from jsna_desktop.jobs.release import WITHHELD

    if not start.residents.sensitive:
        return rows
    hidden = ("residents", "per_1000", "share_within", "edge_share")
    return [row | dict.fromkeys(hidden) | {"note": WITHHELD} for row in rows]


def _head(start, metres: float) -> dict:
    return {"method": "straight line from where residents live", "metres": metres, "notes": list(start.residents.notes)}


def _export(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.asset_rows import export_assets

    with opened(options) as store:
        found, _ = _register(store, options)
        count, _ = export_assets(store, found, options.file, contact=options.contact)
    print(f"Wrote {_counted(count, 'asset')} to {options.file}" + ("" if options.contact else ", without contacts"))
    return 0


def _counted(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def _short(text: str, length: int = 44) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


_LIST_TABLE = {
    "Id": lambda r: r["id"],
    "Name": lambda r: _short(r["name"]),
    "Kind": lambda r: r["kind"],
    "Theme": lambda r: _short(r["theme"], 24),
    "Locality": lambda r: _short(r["locality"], 24),
    "Postcode": lambda r: r["postcode"],
    "Last checked": lambda r: (r["last_checked"] or "never") + (" stale" if r["stale"] else ""),
    "Contact": lambda r: r.get("contact", ""),
    "": lambda r: r["state"],
}
_STALE_TABLE = {**_LIST_TABLE, "Last checked": lambda r: r["last_checked"] or "never", "Source": lambda r: r["source"]}
_TWIN_TABLE = {
    "Alike": lambda r: f"{r['likeness']:.2f}",
    "Metres": lambda r: "" if r["metres"] is None else f"{r['metres']:,.0f}",
    "Id": lambda r: r["id"],
    "Name": lambda r: _short(r["name"]),
    "Other id": lambda r: r["other_id"],
    "Other name": lambda r: _short(r["other_name"]),
    "Note": lambda r: r["note"],
}
_REACH_TABLE = {
    "Locality": lambda r: r["locality"],
    "Of": lambda r: r["group"],
    "Assets": lambda r: f"{r['assets']:,}",
    "Residents": lambda r: "" if r["residents"] is None else f"{r['residents']:,.0f}",
    "Per 1,000": lambda r: "" if r["per_1000"] is None else f"{r['per_1000']:.2f}",
    "Within": lambda r: f"{r['metres']:,.0f} m",
    "Residents near": lambda r: share(r["share_within"], 1),
    "Edge: may be nearer": lambda r: share(r["edge_share"], 1) if r["edge_share"] else "",
    "Note": lambda r: r["note"],
}
_GAP_TABLE = {
    "Area": lambda r: r["area_code"],
    "Name": lambda r: r["area_name"],
    "Locality": lambda r: r["locality"],
    "Residents": lambda r: f"{r['residents']:,.0f}",
    "Near one": lambda r: share(r["share_within"], 1),
    "Further away": lambda r: f"{r['beyond']:,.0f}",
    "Nearest, m": lambda r: "" if r["nearest_metres"] is None else f"{r['nearest_metres']:,.0f}",
}

JOBS: dict[str, Job] = {
    "assets list": _list,
    "assets add": _add,
    "assets edit": _edit,
    "assets remove": _remove,
    "assets duplicates": _duplicates,
    "assets stale": _stale,
    "assets reach": _reach,
    "assets gaps": _gaps,
    "assets export": _export,
}
