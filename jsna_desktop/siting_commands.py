"""The command `site`: which candidate places to open next."""

import argparse

from jsna_desktop.command_output import (
    Command,
    Prepared,
    choice_of,
    give,
    journey_arguments,
    output_arguments,
    share,
    two_decimals,
    whole,
)
from jsna_desktop.errors import UsageProblem
from jsna_desktop.safekeeping import opened


def arguments(command: Command, workspace: Prepared, select: Prepared) -> None:
    """What can be said to the command."""
    c = command("site", "which of candidate places to open next, with the proof that none is better, or the gap")
    workspace(c)
    select(c)
    c.add_argument("--service", metavar="TYPE", required=True, help="what would open: gp, pharmacy … or a table's word")
    c.add_argument(
        "--candidates", metavar="DATASET", required=True,
        help="a dataset of services or assets, a part of it (assets:space), or a type of service (library)",
    )  # fmt: skip
    c.add_argument("--count", metavar="K", type=int, required=True, help="how many to open")
    c.add_argument(
        "--weight", metavar="residents|need|ID",
        help="need: residents in income deprivation; ID: an indicator's count (default: residents)",
    )  # fmt: skip
    c.add_argument("--objective", choices=("median", "cover"), help="lowest mean journey, or most within the limit")
    c.add_argument("--within", metavar="N", type=float, help="the limit (default: 10 minutes or 5 km)")
    journey_arguments(c)
    c.add_argument("--new", action="store_true", help="as if no service of the type were open yet")
    output_arguments(c)


def site(options: argparse.Namespace) -> int:
    """The places chosen, as text on stdout or in a file."""
    from jsna_desktop.jobs import access, siting, siting_rows
    from jsna_desktop.jobs.access_people import residents_of

    if options.count < 1:
        raise UsageProblem("no place is to be chosen", found=f"--count {options.count}", expected="1 or more")
    with opened(options) as store:
        choice = choice_of(options)
        residents = residents_of(store, choice)
        prepared = access.prepare(store, residents, options.by, ferries=options.ferries, speeds=options.speeds)
        made = siting.site(
            prepared, options.service, options.candidates, options.count,
            of=range(len(residents.rows)) if choice.named else (), weight=options.weight,
            objective=options.objective or siting.MEDIAN, limit=options.within, new=options.new,
        )  # fmt: skip
        shown = siting_rows.released_sites(made)
        return give(options, store, shown, _columns(prepared.unit, made.limit), siting_rows.head(made))


def _columns(unit: str, limit: float) -> dict:
    short = "min" if unit == "minutes" else "km"

    def most_deprived(row: dict) -> str:
        return "" if row["brought_fifths"] is None else whole(row["brought_fifths"]["1"])

    return {
        "Rank": lambda r: str(r["rank"]),
        "Candidate": lambda r: r["candidate"] or "",
        f"Mean {short} now": lambda r: two_decimals(r["mean_before"]),
        "With it": lambda r: two_decimals(r["mean_after"]),
        f"≤ {limit:g} {short} now": lambda r: share(r["covered_before"], 1),
        "With it too": lambda r: share(r["covered_after"], 1),
        "Brought within": lambda r: whole(r["brought_within"]),
        "Of the most deprived fifth": most_deprived,
        "Note": lambda r: r["note"],
    }


JOBS = {"site": site}
