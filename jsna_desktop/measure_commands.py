"""The commands of the measures beyond the profile: life expectancy, inequality, benchmarking, equity."""

import argparse
from typing import TYPE_CHECKING

from jsna_desktop.command_output import Command, Prepared, choice_of, give, interval, one_decimal, output_arguments
from jsna_desktop.errors import UsageProblem
from jsna_desktop.safekeeping import opened

if TYPE_CHECKING:
    from jsna_desktop.workspace.store import Store

_SEXES = ("persons", "female", "male", "all")


def arguments(command: Command, workspace: Prepared, select: Prepared) -> None:
    """What can be said to these commands; `workspace` and `select` add what all commands share."""
    c = command("life-expectancy", "life expectancy at every age, or the gap between two places or groups")
    workspace(c)
    select(c)
    c.add_argument("--sex", choices=_SEXES, help="default: all three")
    c.add_argument("--years", metavar="A-B", help="default: the latest 5 of a locality, 3 of a district")
    c.add_argument("--district", action="store_true", help="the districts too, before the localities")
    c.add_argument("--healthy", metavar="ID", help="years in good health, by this indicator by sex and age (Sullivan)")
    c.add_argument("--gap", metavar="deprivation|A:B", help="least less most deprived group, or place A less place B")
    c.add_argument("--decompose", choices=("age", "cause"), help="with --gap: what makes it up, in years")
    c.add_argument("--rolling", metavar="N", type=int, nargs="?", const=3, help="with --gap: over time, N years (3)")
    c.add_argument("--age", metavar="N", type=int, default=0, help="with --gap: at this age (default: at birth)")
    _groups(c, default=None)
    output_arguments(c)

    c = command("inequality", "an indicator over the gradient of deprivation: slope and relative index")
    workspace(c)
    select(c)
    c.add_argument("--indicator", metavar="ID", required=True, help="an id of `show`, or life_expectancy")
    c.add_argument("--sex", choices=_SEXES, help="of life expectancy")
    c.add_argument("--years", metavar="A-B", help="of life expectancy")
    _groups(c, default=5)
    output_arguments(c)

    c = command("benchmark", "places against a fixed value: funnel limits, verdict, over-dispersion, neighbours")
    workspace(c)
    select(c)
    c.add_argument("--indicator", metavar="ID", required=True, help="an id of `show`")
    c.add_argument("--against", choices=("district", "region", "england"), default="district", help="the centre")
    c.add_argument("--districts", action="store_true", help="districts, with their statistical neighbours")
    output_arguments(c)

    c = command("equity", "need, supply and use of a service by deprivation and locality")
    workspace(c)
    select(c)
    c.add_argument("--service", metavar="TYPE", required=True, help="gp, pharmacy … or a table's own word")
    c.add_argument("--need", metavar="ID", help="an indicator whose count is the need (default: residents)")
    c.add_argument("--use", metavar="ID", help="an indicator whose count is the use")
    _groups(c, default=5)
    output_arguments(c)


def _groups(c: argparse.ArgumentParser, default: int | None) -> None:
    c.add_argument("--by", metavar="imd2025|imd2019|ID", help="what the groups are made by (default: the latest index)")
    c.add_argument("--groups", type=int, choices=(5, 10), default=default, help="fifths or tenths")
    c.add_argument("--within", choices=("place", "national"), default="place", help="local groups, or the nation's")


def life_expectancy(options: argparse.Namespace) -> int:
    """Life expectancy, or gaps in it, as text on stdout or in a file."""
    from jsna_desktop.jobs import life_expectancy as job
    from jsna_desktop.jobs import release_life
    from jsna_desktop.jobs.deprivation_groups import ranking
    from jsna_desktop.jobs.measured_places import chosen_places, districts
    from jsna_desktop.jobs.mortality import load_mortality

    if options.gap is None and (options.decompose or options.rolling is not None):
        raise UsageProblem("--decompose and --rolling are of a gap", todo="Say which: --gap deprivation or --gap A:B")
    if options.gap is not None and options.healthy:
        raise UsageProblem("--healthy gives values, no gaps", todo="Leave --gap or --healthy out")
    years = job.parse_years(options.years)
    with opened(options) as store:
        data = load_mortality(store, causes=options.decompose == "cause")
        sexes = job.chosen_sexes(data, options.sex)
        if options.gap is not None:
            return _gap(options, store, data, sexes, years)
        choice = choice_of(options)
        places = chosen_places(store, choice, data.geography, data.universe, data.blocks)
        if choice.named and options.district:
            places = districts(store, data.geography, data.universe, data.blocks).with_more(places)
        within = None
        sensitive = data.sensitive
        if options.groups or options.by:
            rank = ranking(store, data.geography, data.universe, options.by)
            sensitive = sensitive or rank.sensitive
            within = job.grouped(places, rank, options.groups or 5, options.within, data.blocks)
        if options.healthy:
            from jsna_desktop.jobs import healthy_life, release_healthy

            made = healthy_life.healthy_rows(store, data, places, sexes, years, options.healthy, choice, within)
            head = {"notes": list(made.notes), "sources": list(data.titles)}
            return give(
                options, store, release_healthy.released_healthy(made, sensitive=sensitive), _HEALTHY_TABLE, head
            )
        found = job.rows(data, places, sexes, years, within)
        rows = release_life.released_life(found, sensitive=sensitive)
        return give(options, store, rows, _LIFE_TABLE, {"notes": list(data.notes), "sources": list(data.titles)})


def _gap(options: argparse.Namespace, store: "Store", data, sexes: tuple[str, ...], years) -> int:
    from jsna_desktop.jobs import life_expectancy as job
    from jsna_desktop.jobs import life_gap, release_life
    from jsna_desktop.jobs.deprivation_groups import ranking
    from jsna_desktop.jobs.measured_places import chosen_places

    sensitive = data.sensitive
    if options.gap == "deprivation":
        places = chosen_places(store, choice_of(options), data.geography, data.universe, data.blocks)
        rank = ranking(store, data.geography, data.universe, options.by)
        sensitive = sensitive or rank.sensitive
        cut = job.grouped(places, rank, options.groups or 5, options.within, data.blocks)
        pairs = life_gap.ends(cut, places.names)
    else:
        pairs = [life_gap.pair_of(*_two(store, options.gap, data))]
    head: dict = {"notes": list(data.notes), "sources": list(data.titles)}
    if options.rolling is not None:
        if options.decompose:
            raise UsageProblem("a gap over time is not taken apart", todo="Leave --decompose or --rolling out")
        rows, verdicts = life_gap.over_time(data, pairs, sexes, years, options.rolling, options.age)
        head["trend"] = release_life.released_verdicts(verdicts, sensitive=sensitive)
    else:
        rows = life_gap.gap_rows(data, pairs, sexes, years, options.decompose, options.age)
    return give(options, store, release_life.released_gaps(rows, sensitive=sensitive), _GAP_TABLE, head)


def _two(store: "Store", text: str, data) -> tuple:
    """The two places of `A:B`, whatever colons their names have."""
    from jsna_desktop.jobs.measured_places import named

    cuts = [at for at, sign in enumerate(text) if sign == ":"]
    if not cuts:
        raise UsageProblem("this is no gap", found=text, expected="--gap deprivation, or two places: --gap A:B")
    lacking = ""
    for cut in cuts:
        words = text[:cut].strip(), text[cut + 1 :].strip()
        two = [named(store, word, data.geography, data.universe, data.blocks) for word in words]
        if two[0] is not None and two[1] is not None:
            return two[0], two[1]
        lacking = words[0] if two[0] is None else words[1]
    raise UsageProblem(f"there is no locality or district {lacking!r}", todo="`show` lists the localities")


def inequality(options: argparse.Namespace) -> int:
    """The gradient of an indicator over groups by deprivation."""
    from jsna_desktop.jobs import inequality as job
    from jsna_desktop.jobs.life_expectancy import parse_years
    from jsna_desktop.jobs.mortality import load_mortality
    from jsna_desktop.jobs.release_groups import released_groups

    with opened(options) as store:
        choice = choice_of(options)
        if options.indicator == job.LIFE_EXPECTANCY:
            data = load_mortality(store)
            made = job.of_life_expectancy(
                store, data, choice, options.by, options.groups, options.within, options.sex, parse_years(options.years)
            )
            rows = released_groups(store, made, None, None)
        else:
            made, figures, table = job.of_indicator(
                store, options.indicator, choice, options.by, options.groups, options.within
            )
            rows = released_groups(store, made, figures, table)
        return give(options, store, rows, _SLOPE_TABLE, {"by": made.by, "within": made.way})


def benchmark(options: argparse.Namespace) -> int:
    """Funnel limits and neighbours of an indicator."""
    from jsna_desktop.jobs import benchmark as job

    with opened(options) as store:
        rows = job.benchmark(store, options.indicator, choice_of(options), options.against, districts=options.districts)
        return give(options, store, rows, _FUNNEL_TABLE, {})


def equity(options: argparse.Namespace) -> int:
    """The needs and equity audit of a service."""
    from jsna_desktop.jobs import equity as job

    with opened(options) as store:
        rows, findings = job.equity(
            store, options.service, choice_of(options), options.need, options.use, options.by, options.groups,
            options.within,
        )  # fmt: skip
        return give(options, store, rows, _EQUITY_TABLE, {"findings": findings})


# Heading → how a row is said in the table for people.
_LIFE_TABLE = {
    "Locality": lambda r: r["locality"] + (f", {r['group']}" if r.get("group") else ""),
    "Sex": lambda r: r["sex"],
    "Period": lambda r: r["period"],
    "Age": lambda r: str(r["age"]),
    "Years": lambda r: one_decimal(r["value"]),
    "95 % interval": lambda r: interval(r["lower_ci"], r["upper_ci"]),
    "Deaths": lambda r: "" if r["deaths"] is None else f"{r['deaths']:,.0f}",
    "Note": lambda r: r["note"],
}
_HEALTHY_TABLE = {
    **{heading: said for heading, said in _LIFE_TABLE.items() if heading not in ("Deaths", "Note")},
    "Of": lambda r: one_decimal(r["life_expectancy"]),
    "Share": lambda r: "" if r["share"] is None else f"{100 * r['share']:.1f} %",
    "Note": lambda r: r["note"],
}
_GAP_TABLE = {
    "Locality": lambda r: r["locality"],
    "Between": lambda r: f"{r['a']} less {r['b']}",
    "Sex": lambda r: r["sex"],
    "Period": lambda r: r["period"],
    "Years": lambda r: one_decimal(r["value"]),
    "95 % interval": lambda r: interval(r["lower_ci"], r["upper_ci"]),
    "Made up of": lambda r: "; ".join(
        f"{p['cause'] if p['cause'] != 'all' else p['age']} {one_decimal(p['years'], sign=True)}"
        for p in r.get("parts", ())
    ),
    "Note": lambda r: r["note"],
}
_SLOPE_TABLE = {
    "Locality": lambda r: r["locality"],
    "Indicator": lambda r: r["name"] + ("" if r["sex"] == "persons" else f" ({r['sex']})"),
    "Period": lambda r: r["period"],
    "Most deprived": lambda r: one_decimal(r["groups"][0]["value"]),
    "Least deprived": lambda r: one_decimal(r["groups"][-1]["value"]),
    "Slope index": lambda r: one_decimal(r["sii"], sign=True),
    "95 % interval": lambda r: interval(r["sii_lower"], r["sii_upper"]),
    "Relative": lambda r: "" if r["rii"] is None else f"{r['rii']:.2f}",
    "Note": lambda r: r["note"],
}


_FUNNEL_TABLE = {
    "Locality": lambda r: r["locality"],
    "Period": lambda r: r["period"],
    "Value": lambda r: one_decimal(r["value"]),
    "Centre": lambda r: one_decimal(r["centre"]),
    "95 % funnel": lambda r: interval(r["lower_95"], r["upper_95"]),
    "99.8 % funnel": lambda r: interval(r["lower_998"], r["upper_998"]),
    "Verdict": lambda r: r["verdict"],
    "Over-dispersion": lambda r: one_decimal(r["overdispersion"]),
    "Most like": lambda r: ", ".join(n["locality"] for n in r["neighbours"][:3]),
    "Note": lambda r: r["note"],
}
_EQUITY_TABLE = {
    "Locality": lambda r: r["locality"] if r["dimension"] != "locality" else "",
    "By": lambda r: r["dimension"],
    "Group": lambda r: r["group"],
    "Need": lambda r: "" if r["need"] is None else f"{r['need']:,.0f}",
    "Services": lambda r: one_decimal(r["services"]),
    "Capacity": lambda r: "" if r["capacity"] is None else f"{r['capacity']:,.0f}",
    "Use": lambda r: "" if r["use"] is None else f"{r['use']:,.0f}",
    "Relative": lambda r: "" if r["relative"] is None else f"{r['relative']:.2f}",
    "Unserved": lambda r: "" if r["unserved"] is None else f"{r['unserved']:,.0f}",
    "Note": lambda r: r["note"],
}


JOBS = {"life-expectancy": life_expectancy, "inequality": inequality, "benchmark": benchmark, "equity": equity}
