"""The command `access`: how far people are from services, what they can take, and what a change would do."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from jsna_desktop.command_output import (
    Command,
    Prepared,
    choice_of,
    give,
    journey_arguments,
    one_decimal,
    output_arguments,
    share,
    two_decimals,
    whole,
)
from jsna_desktop.errors import UsageProblem
from jsna_desktop.safekeeping import opened

if TYPE_CHECKING:
    from jsna_desktop.jobs.access import Access
    from jsna_desktop.jobs.access_change import Change
    from jsna_desktop.workspace.store import Store


def arguments(command: Command, workspace: Prepared, select: Prepared) -> None:
    """What can be said to the command."""
    c = command("access", "how far people are from a service, and what it would change to close, move or open one")
    workspace(c)
    select(c)
    c.add_argument("--service", metavar="TYPE", required=True, help="gp, pharmacy … or a table's own word")
    journey_arguments(c)
    c.add_argument("--within", metavar="N", type=float, action="append", default=[], help="km or minutes; repeatable")
    c.add_argument("--groups", action="store_true", help="by deprivation fifth, age group and rurality too")
    c.add_argument("--list", choices=("services", "blocks"), help="instead: each service's catchment, or each area")
    c.add_argument("--capacity", action="store_true", help="instead: capacity for 1,000 residents who can reach it")
    c.add_argument("--zones", metavar="N:W,…", help="of --capacity (default: 10:1,20:0.68,30:0.22)")
    c.add_argument("--close", metavar="NAME", action="append", default=[], help="what if it closed; repeatable")
    c.add_argument("--move", metavar=("NAME", "WHERE"), nargs=2, action="append", default=[], help="what if it moved")
    c.add_argument("--open", metavar=("NAME", "WHERE"), nargs=2, action="append", default=[], help="what if it opened")
    c.add_argument("--scenario", metavar="NAME", help="the changes that were saved under a name")
    c.add_argument("--save", metavar="NAME", help="keep these changes under a name")
    c.add_argument("--replace", action="store_true", help="of --save: in the place of the scenario of that name")
    output_arguments(c)


def access(options: argparse.Namespace) -> int:
    """Journeys, catchments, capacity or a change, as text on stdout or in a file."""
    changes = bool(options.close or options.move or options.open or options.scenario)
    asked = [name for name, on in (("--list", options.list), ("--capacity", options.capacity), ("a change", changes))
             if on]  # fmt: skip
    if len(asked) > 1:
        raise UsageProblem(f"{' and '.join(asked)} are asked for at once", todo="Ask for one of them")
    if options.list and options.groups:
        raise UsageProblem("--groups are of places, and --list is of services or small areas", todo="Leave one out")
    if options.save and not changes:
        raise UsageProblem("there is no change to save", todo="Say what closes, moves or opens")
    if options.replace and not options.save:
        raise UsageProblem("--replace is of --save", todo="Leave it out, or say --save NAME")
    if options.zones and not options.capacity:
        raise UsageProblem("--zones are of --capacity", todo="Leave it out, or ask for --capacity")
    with opened(options, write=bool(options.save)) as store:
        if options.capacity:
            return _capacity(options, store)
        return _journeys(options, store, changes)


def _journeys(options: argparse.Namespace, store: "Store", changes: bool) -> int:
    from jsna_desktop.jobs import access as job
    from jsna_desktop.jobs import access_rows
    from jsna_desktop.jobs.access_people import residents_of
    from jsna_desktop.jobs.siting_people import served

    choice = choice_of(options)
    residents = residents_of(store, choice, groups=options.groups)
    prepared = job.prepare(store, residents, options.by, ferries=options.ferries, speeds=options.speeds)
    made = job.reach(prepared, options.service, options.within)
    head = _head(made)
    if changes:
        return _changed(options, store, made, head)
    own = served(residents, range(len(residents.rows))).residents if options.list and choice.named else None
    if options.list == "services":
        rows, columns = access_rows.service_rows(made, own), _service_columns(_unit(made))
    elif options.list == "blocks":
        rows, columns = access_rows.block_rows(made, own=own), _block_columns(_unit(made))
    else:
        rows, columns = access_rows.rows(made), _columns(made)
    return give(options, store, access_rows.released_access(rows, sensitive=made.sensitive), columns, head)


def _head(made: "Access") -> dict:
    """What the JSON says beside its rows; nothing of sensitive services but how they were measured."""
    from jsna_desktop.jobs import access_rows

    return {
        "method": access_rows.method(made),
        "mode": made.prepared.mode,
        "unit": made.prepared.unit,
        "limits": list(made.limits),
        "unrouted_share": None if made.sensitive else access_rows.unrouted_share(made),
        "notes": [] if made.sensitive else [*made.notes, *made.prepared.residents.notes],
    }


def _changed(options: argparse.Namespace, store: "Store", made: "Access", head: dict) -> int:
    from jsna_desktop.jobs import access_change as job
    from jsna_desktop.jobs import scenarios
    from jsna_desktop.jobs.access_rows import released_access

    change = _change(options, store, made)
    rows = job.change_rows(job.changed(made, change))
    if options.save:
        scenarios.save(store, options.save, made.services, change, replace=options.replace)
    return give(options, store, released_access(rows, sensitive=made.sensitive), _change_columns(_unit(made)), head)


def _change(options: argparse.Namespace, store: "Store", made: "Access") -> "Change":
    from dataclasses import replace

    from jsna_desktop.jobs import access_change as job
    from jsna_desktop.jobs import scenarios

    change = job.Change()
    if options.scenario:
        one = scenarios.scenario(store, options.scenario)
        if one.service != made.services.service:
            raise UsageProblem(f"the scenario {one.name} is of another service", found=one.service)
        change = one.change(made.services)
    closing = tuple(job.named(made.services, name) for name in options.close)
    moving = tuple(job.named(made.services, name) for name, _ in options.move)
    job.check_once(made, (*change.close, *closing, *moving), closing)
    change = replace(change, close=(*change.close, *closing))
    for at, (_, where) in zip(moving, options.move, strict=True):
        change = change.moved(made.services, at, *_point(store, where))
    for name, where in options.open:
        if not name.strip():
            raise UsageProblem("a new service needs a name", found=f'--open "{name}" "{where}"')
    opened_ones = tuple(job.Opened(name, *_point(store, where)) for name, where in options.open)
    return replace(change, open=(*change.open, *opened_ones))


def _point(store: "Store", where: str) -> tuple[float, float]:
    from jsna_desktop.jobs.building import points_named

    points, _ = points_named(store, where)
    if len(points) != 1:
        raise UsageProblem(f"“{where}” is {len(points)} places", expected="one: E,N in metres, or a postcode")
    return float(points[0, 0]), float(points[0, 1])


def _capacity(options: argparse.Namespace, store: "Store") -> int:
    from jsna_desktop.jobs import access as job
    from jsna_desktop.jobs.access_people import residents_of
    from jsna_desktop.jobs.access_rows import released_access
    from jsna_desktop.jobs.access_supply import parse_zones, supply, supply_rows

    zones = parse_zones(options.zones)
    if options.within:
        raise UsageProblem("--capacity has zones, not limits", todo="Use --zones")
    residents = residents_of(store, choice_of(options), groups=options.groups)
    prepared = job.prepare(store, residents, options.by or "drive", ferries=options.ferries, speeds=options.speeds)
    made = supply(prepared, options.service, zones)
    head = {
        "method": "enhanced two-step floating catchment areas (Luo and Qi 2009), by car",
        "mode": prepared.mode,
        "zones": [{"minutes": end, "weight": weight} for end, weight in zones],
        "notes": [] if made.sensitive else [*made.notes, *residents.notes],
    }
    return give(options, store, released_access(supply_rows(made), sensitive=made.sensitive), _SUPPLY, head)


def _who(row: dict) -> str:
    return row["locality"] + (f", {row['group']}" if row["group"] else "")


def _unit(made: "Access") -> str:
    return "min" if made.prepared.unit == "minutes" else "km"


def _columns(made: "Access") -> dict[str, Callable[[dict], str]]:
    """Headings with the unit, and one for each limit."""
    unit = _unit(made)

    def within(at: int) -> Callable[[dict], str]:
        return lambda row: share(row["within"][at]["share"])

    return {
        "Locality": _who,
        f"Mean {unit}": lambda r: one_decimal(r["mean"]),
        "Median": lambda r: one_decimal(r["median"]),
        "90 %": lambda r: one_decimal(r["p90"]),
        **{f"≤ {limit:g} {unit}": within(at) for at, limit in enumerate(made.limits)},
        "Residents": lambda r: whole(r["residents"]),
        "Note": lambda r: r["note"],
    }


def _change_columns(unit: str) -> dict[str, Callable[[dict], str]]:
    return {
        "Locality": _who,
        "Residents": lambda r: whole(r["residents"]),
        f"Mean {unit} before": lambda r: two_decimals(r["mean_before"]),
        "After": lambda r: two_decimals(r["mean_after"]),
        "Difference": lambda r: two_decimals(r["difference"], sign=True),
        "Gain": lambda r: whole(r["gain"]),
        "Lose": lambda r: whole(r["lose"]),
        "Note": lambda r: r["note"],
    }


def _service_columns(unit: str) -> dict[str, Callable[[dict], str]]:
    return {
        "Service": lambda r: r["name"] or "",
        "Residents": lambda r: whole(r["residents"]),
        "With neighbours": lambda r: whole(r["residents_around"]),
        f"Mean {unit}": lambda r: one_decimal(r["mean"]),
        "Capacity": lambda r: whole(r["capacity"]),
        "Note": lambda r: r.get("note", ""),
    }


def _block_columns(unit: str) -> dict[str, Callable[[dict], str]]:
    return {
        "Area": lambda r: r["area_code"],
        f"Mean {unit}": lambda r: one_decimal(r["mean"]),
        "Residents": lambda r: whole(r["residents"]),
        "Beyond the largest limit": lambda r: whole(r["beyond"][-1]["residents"]),
        "No known way": lambda r: whole(r["unrouted"]),
        "Nearest": lambda r: ", ".join(f"{one['name']} {one_decimal(one['mean'])}" for one in r["nearest"]),
        "Note": lambda r: r.get("note", ""),
    }


_SUPPLY = {
    "Locality": _who,
    "For 1,000 residents": lambda r: "" if r["per_1000"] is None else f"{r['per_1000']:,.2f}",
    "In no catchment": lambda r: share(r["none_share"]),
    "Gini": lambda r: "" if r["gini"] is None else f"{r['gini']:.2f}",
    "Residents": lambda r: whole(r["residents"]),
    "Note": lambda r: r["note"],
}

JOBS = {"access": access}
