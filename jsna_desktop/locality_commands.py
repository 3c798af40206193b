"""The commands that build, change, measure and look back at localities (docs/command-line.md)."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jsna_desktop.errors import FileProblem, UsageProblem
from jsna_desktop.safekeeping import opened

if TYPE_CHECKING:
    from jsna_desktop.jobs.building import Draft
    from jsna_desktop.jobs.versions import Changes
    from jsna_desktop.workspace.store import Store

Action = Callable[[str, str], argparse.ArgumentParser]


def arguments(action: Action) -> None:
    """What can be said to these commands; `action` makes the parser of one from its name and what it is for."""
    c = action("build", "a locality from larger areas, from postcodes, or from all within so many metres of a place")
    c.add_argument("--name", metavar="NAME", help="of the new locality (default: the area's)")
    c.add_argument("--area", metavar="NAME|CODE", action="append", default=[], help="a ward, MSOA …; repeatable")
    c.add_argument("--level", metavar="ID", help="of the areas: ward, msoa2021, parish, district …")
    c.add_argument("--each", action="store_true", help="a locality for every area of --level, or for every --area")
    c.add_argument("--within", metavar="NAME|CODE", help="with --each: only the areas in this larger one")
    c.add_argument("--postcodes", metavar="FILE", type=Path, help="one a line, or a column of a table")
    c.add_argument("--column", metavar="F", help="the column of the postcodes")
    c.add_argument("--at-least", metavar="N", type=int, default=1, help="only blocks with so many of the postcodes")
    c.add_argument("--holding", metavar="SHARE", type=float, default=1.0, help="the fullest blocks with this share")
    c.add_argument("--blocks", metavar="ID", help="made of these small areas: lsoa2021, lsoa2011, oa2021 …")
    c.add_argument("--around", metavar="WHERE", action="append", default=[], help="E,N, postcode, service; repeatable")
    c.add_argument("--metres", metavar="M", type=float, help="how far around")
    _kept(c)

    c = action("split", "two localities of one, by a line; the first keeps its history")
    _one(c)
    c.add_argument("--line", metavar="E,N", nargs="+", required=True, help="corners of the line, in metres")
    c.add_argument("--names", metavar="NAME", nargs=2, help="of what lies left and right of the line")
    _noted(c)

    for name, about in (
        ("merge", "one locality of several; without --name the first takes the others in, and they are removed"),
        ("subtract", "what of a locality lies in none of the others"),
        ("intersect", "what lies in every one of the localities"),
    ):
        c = action(name, about)
        _one(c)
        c.add_argument("--with", dest="others", metavar="NAME", action="append", required=True, help="repeatable")
        c.add_argument("--name", metavar="NAME", help="make a new locality, and leave the others as they are")
        _noted(c)

    c = action("snap", "the whole small areas nearest to a drawn locality, with what that moves")
    _one(c)
    c.add_argument("--blocks", metavar="ID", help="lsoa2021, lsoa2011, oa2021, ward …")
    c.add_argument("--by", choices=("best-fit", "area"), default="best-fit", help="where people live, or half the area")
    c.add_argument("--name", metavar="NAME", help="make a new locality, and leave this one as it is")
    _noted(c)

    c = action("check", "whether a set partitions its district, leaves gaps or overlaps: residents and hectares")
    c.add_argument("--set", metavar="NAME", action="append", default=[], help="repeatable (default: every set)")
    c.add_argument("--within", metavar="NAME|CODE", help="the larger area to measure against (default: the district)")
    c.add_argument("--json", action="store_true")

    c = action("history", "every version of a locality: when, who, why; also of one that was removed")
    _one(c)
    c.add_argument("--json", action="store_true")

    c = action("restore", "bring back an earlier version of a locality, or one that was removed")
    _one(c)
    c.add_argument("--version", metavar="N", type=int, help="as `history` numbers them")
    _noted(c)


def _one(command: argparse.ArgumentParser) -> None:
    command.add_argument("--locality", metavar="NAME", required=True)
    command.add_argument("--set", metavar="NAME", help="its set, where several have one of its name")


def _kept(command: argparse.ArgumentParser) -> None:
    command.add_argument("--set", metavar="NAME", default="", help="the set that it belongs to")
    _noted(command)


def _noted(command: argparse.ArgumentParser) -> None:
    command.add_argument("--note", metavar="TEXT", default="", help="why, for whoever looks back")


def _say(done: "Changes", store: "Store") -> None:
    from jsna_desktop.jobs.versions import form_of

    for key in done.there:
        form = form_of(store, key)
        assert form is not None
        print(f"{form.name} ({form.set})")
    for sentence in done.said:
        print(f"  {sentence}")


def _key(store: "Store", options: argparse.Namespace, name: str | None = None) -> int:
    """The key of the locality of this name that is there now."""
    from jsna_desktop.jobs.localities import localities

    found = localities(store, [options.set] if options.set else (), [name or options.locality], shapes=False)
    if len(found) > 1:
        sets = ", ".join(sorted(place.set for place in found))
        raise UsageProblem(f"there are {len(found)} localities {found[0].name!r}", found=sets, todo="Say --set")
    return found[0].id


def _build(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.building import keep

    ways = [bool(options.area or options.each), options.postcodes is not None, bool(options.around)]
    if sum(ways) != 1:
        raise UsageProblem("say what to build from", expected="one of --area (or --each), --postcodes and --around")
    if options.around and options.metres is None:
        raise UsageProblem("say how far around", expected="--metres M")
    with opened(options, write=True) as store:
        drafts = _drafts(store, options)
        done = keep(store, drafts, options.set, options.note)
        if options.each:
            print(f"Added {len(drafts):,} localities to the set {options.set or 'Places'!r}")
            for sentence in done.said[:20]:
                print(f"  {sentence}")
        else:
            _say(done, store)
    return 0


def _drafts(store: "Store", options: argparse.Namespace) -> list[tuple[str, "Draft"]]:
    from jsna_desktop.jobs.building import around, from_areas, from_postcodes
    from jsna_desktop.jobs.larger_areas import every, find

    if options.each and not options.area:
        if not options.level:
            raise UsageProblem("say of which level: --each --level ward")
        within = find(store, options.within) if options.within else None
        return [(area.name, from_areas(store, [area])) for area in every(store, options.level, within)]
    if options.area:
        areas = [find(store, text, options.level) for text in options.area]
        if options.each:
            return [(area.name, from_areas(store, [area])) for area in areas]
        name = options.name or (areas[0].name if len(areas) == 1 else "")
        return [(_named(name), from_areas(store, areas))]
    if options.around:
        name = options.name or f"{options.metres:g} m around {', '.join(options.around)}"
        return [(name, around(store, options.around, options.metres))]
    listed = _postcodes(options)
    more = {"at_least": options.at_least, "holding": options.holding, "blocks_of": options.blocks}
    draft, _ = from_postcodes(store, listed, **more)
    return [(options.name or options.postcodes.stem.replace("_", " "), draft)]


def _named(name: str) -> str:
    if not name:
        raise UsageProblem("several areas make one locality: say its --name, or --each for one of every area")
    return name


def _postcodes(options: argparse.Namespace):
    from jsna_desktop.sources.child import Reader

    with Reader() as reader:
        listed = reader.read_postcode_list(options.postcodes, column=options.column)
    if not len(listed.postcodes):
        raise FileProblem("there are no postcodes in it", where=options.postcodes.name)
    return listed.postcodes


def _line(corners: list[str]):
    """A line from its corners, `E,N` each."""
    import shapely

    points = []
    for corner in corners:
        parts = corner.split(",")
        try:
            east, north = (float(part) for part in parts)
        except ValueError:
            raise UsageProblem("a corner of the line is no point", found=corner, expected="E,N in metres") from None
        points.append((east, north))
    line = shapely.LineString(points) if len(points) > 1 else None
    finite = line is not None and all(abs(number) < 1e7 for point in points for number in point)
    if line is None or not finite or line.length == 0:
        raise UsageProblem("a line has two corners or more, apart", found=" ".join(corners), expected="E,N E,N …")
    return line


def _split(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.reshaping import split

    line = _line(options.line)
    with opened(options, write=True) as store:
        names = tuple(options.names) if options.names else None
        _say(split(store, _key(store, options), line, names, options.note), store)
    return 0


def _merge(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.reshaping import merge

    with opened(options, write=True) as store:
        _say(merge(store, [_key(store, options), *_others(store, options)], options.name, options.note), store)
    return 0


def _subtract(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.reshaping import subtract

    with opened(options, write=True) as store:
        _say(subtract(store, _key(store, options), _others(store, options), options.name, options.note), store)
    return 0


def _intersect(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.reshaping import intersect

    with opened(options, write=True) as store:
        _say(intersect(store, [_key(store, options), *_others(store, options)], options.name, options.note), store)
    return 0


def _others(store: "Store", options: argparse.Namespace) -> list[int]:
    return [_key(store, options, name) for name in options.others]


def _snap(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.reshaping import snap

    with opened(options, write=True) as store:
        done, _ = snap(store, _key(store, options), options.blocks, options.name, options.by, options.note)
        _say(done, store)
    return 0


def _check(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.localities import sets
    from jsna_desktop.jobs.measure_set import measure_set, sentences

    with opened(options) as store:
        names = options.set or [name for name, _ in sets(store)]
        made = [measure_set(store, name, options.within) for name in names]
    if options.json:
        print(json.dumps([one.as_dict() for one in made], ensure_ascii=False, indent=1, allow_nan=False))
        return 0
    for one in made:
        print("\n".join(sentences(one)))
    return 0


def _history(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.versions import find, history

    with opened(options) as store:
        versions = history(store, find(store, options.locality, options.set))
    rows = [
        {
            "version": one.number,
            "at": one.at,
            "who": one.who,
            "change": one.change,
            "note": one.note,
            "name": None if one.form is None else one.form.name,
            "set": None if one.form is None else one.form.set,
            "kind": None if one.form is None else one.form.kind,
            "blocks": one.blocks,
            "area_ha": one.area_ha,
        }
        for one in versions
    ]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False))
        return 0
    for row in rows:
        area = "" if row["area_ha"] is None else f"{row['area_ha']:,.1f} ha"
        made_of = "" if row["blocks"] is None else f"{row['blocks']:,} small areas"
        about = ", ".join(part for part in (row["name"], row["kind"], made_of, area) if part) or "not there"
        note = f"; {row['note']}" if row["note"] else ""
        print(f"{row['version']:>3}  {row['at'][:19]}  {row['who'] or 'unknown'}  {row['change']}{note}: {about}")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.versions import bring_back, find

    with opened(options, write=True) as store:
        key = find(store, options.locality, options.set)
        _say(bring_back(store, key, options.version, options.note), store)
    return 0


def export(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.export import export as write
    from jsna_desktop.jobs.localities import localities

    with opened(options) as store:
        places = localities(store, options.set, options.locality)
        made = write(store, places, options.file, options.geography, options.method)
    print(f"Wrote {made.rows:,} rows to {options.file}")
    for note in made.notes:
        print(f"jsna-desktop: {note}", file=sys.stderr)
    return 0


JOBS = {
    "localities build": _build,
    "localities split": _split,
    "localities merge": _merge,
    "localities subtract": _subtract,
    "localities intersect": _intersect,
    "localities snap": _snap,
    "localities check": _check,
    "localities history": _history,
    "localities restore": _restore,
    "localities export": export,
}
