"""Access of one place, ready to be shown beside the map: the finding, the fifths, the table, what a change would do."""

import numpy as np

from jsna_desktop.jobs import access_words
from jsna_desktop.jobs.access import USUAL, Access
from jsna_desktop.jobs.access_change import Changed, change_rows
from jsna_desktop.jobs.access_made import how_made
from jsna_desktop.jobs.access_people import WHOLE
from jsna_desktop.jobs.access_rows import block_means, means_of_blocks, method, released_access, rows
from jsna_desktop.jobs.access_supply import Supply, supply_rows
from jsna_desktop.jobs.access_where import beyond, touched
from jsna_desktop.jobs.points import title
from jsna_desktop.packs.access import BETTER, WORSE, AccessFindings, ChangeFindings, Fifth, Reach
from jsna_desktop.packs.journey_classes import ends_of

_DEPRIVATION = "deprivation"
_SOME = 0.5  # of a resident: fewer are nobody
_HEADINGS = {_DEPRIVATION: "By deprivation", "age": "By age", "rurality": "Urban and rural"}
_FIFTHS = {"most deprived fifth": "Most deprived fifth", "fifth 2": "Second", "fifth 3": "Third", "fifth 4": "Fourth",
           "least deprived fifth": "Least deprived fifth"}  # fmt: skip


def access_findings(
    made: Access, place: str | None, change: Changed | None = None, *, true_figures: bool = False
) -> AccessFindings:
    """What is shown of a place (None: of the district, or of all areas) among those that `made` was prepared for.

    Its groups are the place's own, the district's beside them; with a change the groups are the district's, since it
    is they who gain and lose. From sensitive services or residents nothing is shown, unless `true_figures` were
    unlocked for a screen.
    """
    hidden = made.sensitive and not true_figures
    told = released_access(rows(made), sensitive=hidden)
    after = released_access(change_rows(change), sensitive=hidden) if change is not None else []
    district = str(told[0]["locality"])
    own = str(next((row["locality"] for row in told if row["locality"] == place), district))
    service, unit, mode = made.services.service, made.prepared.unit, made.prepared.mode
    mine, around = _whole(told, own), _whole(told, district)
    then = _whole(after, own) if change is not None else None
    before = np.full(len(made.prepared.residents.people.codes), np.nan) if hidden else block_means(made)
    now = before if change is None or hidden else change.blocks
    with np.errstate(invalid="ignore"):
        lost = np.isfinite(before) & ~np.isfinite(now)
        worse, better = (now > before + 1e-9) | lost, (now < before - 1e-9) | (np.isfinite(now) & ~np.isfinite(before))
    short = "min" if unit == "minutes" else "km"
    of = own if change is None else district
    groups = _groups(told, after, of, district)
    return AccessFindings(
        own,
        access_words.called(service),
        title(f"service:{service}"),
        short,
        access_words.sentence(own, service, mode, unit, mine),
        None if change is None else _change(change, after, district, own, hidden=hidden),
        groups.pop(_HEADINGS[_DEPRIVATION], ()),
        of,
        _table(mine, then, short, around if own != district and change is None else None),
        made.prepared.residents.people.codes,
        now,
        np.flatnonzero(worse),
        np.flatnonzero(better),
        access_words.map_title(service, mode, unit),
        f"{method(made)[:1].upper()}{method(made)[1:]}.",
        tuple(part for part in (mine["note"], *([] if hidden else made.notes[:3])) if part),
        hidden,
        tuple(groups.items()),
        district if own != district and change is None else "",
        () if hidden or change is not None else beyond(made, own),
        USUAL[unit],
        () if hidden else ends_of(before[made.prepared.residents.origins.home]),
        made=how_made(made, mine, hidden=hidden),
    )


def supply_findings(made: Supply, place: str | None, *, true_figures: bool = False) -> AccessFindings:
    """What is shown of the capacity that residents can reach by car: for 1,000 of a place, and by group."""
    hidden = made.sensitive and not true_figures
    told = released_access(supply_rows(made), sensitive=hidden)
    district = str(told[0]["locality"])
    own = str(next((row["locality"] for row in told if row["locality"] == place), district))
    mine = _whole(told, own)
    name = access_words.called(made.services.service)
    end = made.zones[-1][0]
    means = [row | {"mean": row["per_1000"]} for row in told]
    people = made.prepared.residents
    values = np.full(len(people.people.codes), np.nan)
    if not hidden:
        values = 1000 * means_of_blocks(people, np.where(made.known, made.found.supply, np.nan))
    title_of = f"Capacity of {access_words.one(made.services.service)} for 1,000 residents"
    groups = _groups(means, [], own, district)
    around = _whole(told, district) if own != district else {}
    return AccessFindings(
        own, name, title(f"service:{made.services.service}"), "for 1,000",
        access_words.capacity(own, name, end, mine), None, groups.pop(_HEADINGS[_DEPRIVATION], ()), own,
        (Reach("Capacity for 1,000 residents", mine["per_1000"], None, beside=around.get("per_1000")),
         Reach("In no catchment", mine["none_share"], None, share=True, beside=around.get("none_share"))),
        people.people.codes, values, np.empty(0, dtype=int), np.empty(0, dtype=int), title_of,
        "Enhanced two-step floating catchments (Luo and Qi 2009), by car: "
        + ", ".join(f"to {minutes:g} minutes × {weight:g}" for minutes, weight in made.zones) + ".",
        tuple(part for part in (mine["note"], *([] if hidden else made.notes[:3])) if part), hidden,
        tuple(groups.items()), district if own != district else "", places=2,
    )  # fmt: skip


def catchment(made: Access, service: int) -> np.ndarray:
    """The blocks (positions, k) most of whose residents have this service as their nearest."""
    origins = made.prepared.residents.origins
    mine = np.bincount(origins.block, origins.share * (made.nearest == service), minlength=len(origins.home))
    return np.flatnonzero(mine > 0.5)


def _whole(told: list[dict], place: str) -> dict:
    return next(row for row in told if row["locality"] == place and row["dimension"] == WHOLE)


def _groups(told: list[dict], after: list[dict], of: str, district: str) -> dict[str, tuple[Fifth, ...]]:
    """The groups of a place by what they are called; the district's beside them where it is another."""
    found = {heading: _fifths(told, after, of, district, dimension) for dimension, heading in _HEADINGS.items()}
    return {heading: groups for heading, groups in found.items() if groups}


def _fifths(told: list[dict], after: list[dict], of: str, district: str, dimension: str) -> tuple[Fifth, ...]:
    changed = {row["group"]: row for row in after if (row["locality"], row["dimension"]) == (of, dimension)}
    around = {row["group"]: row["mean"] for row in told if (row["locality"], row["dimension"]) == (district, dimension)}
    return tuple(
        Fifth(
            _FIFTHS.get(str(row["group"]), str(row["group"])),
            row["mean"],
            changed[row["group"]]["lose"] if row["group"] in changed else None,
            changed[row["group"]]["gain"] if row["group"] in changed else None,
            around.get(row["group"]) if of != district else None,
        )
        for row in told
        if (row["locality"], row["dimension"]) == (of, dimension)
    )


def _table(mine: dict, then: dict | None, short: str, around: dict | None) -> tuple[Reach, ...]:
    """Mean, median, nine in ten, and the share within each limit; what they are `around` beside them."""

    def line(said: str, name: str) -> Reach:
        later = None if then is None else then[f"{name}_after"]
        return Reach(said, mine[name], later, beside=None if around is None else around[name])

    kind = "time" if short == "min" else "distance"
    found = [
        line(f"Mean {kind}, {short}", "mean"),
        line(f"Half live within, {short}", "median"),
        line(f"9 in 10 live within, {short}", "p90"),
    ]
    for at, part in enumerate(mine["within"]):
        later = None if then is None else then["within"][at]["after"]
        beside = None if around is None else around["within"][at]["share"]
        found.append(Reach(f"Within {part['limit']:g} {short}", part["share"], later, share=True, beside=beside))
    return tuple(found)


def _change(change: Changed, after: list[dict], district: str, own: str, *, hidden: bool) -> ChangeFindings:
    services = change.before.services
    closed = [access_words.shown(str(services.names[at])) for at in change.change.close]
    heading = access_words.change_title(closed, [access_words.shown(one.name) for one in change.change.open])
    if hidden:
        return ChangeFindings(heading, "Withheld:", "these services or residents are sensitive data.")
    whole = _whole(after, district)
    fifths = [row for row in after if (row["locality"], row["dimension"]) == (district, _DEPRIVATION)]
    lose, gain = whole["lose"] or 0.0, whole["gain"] or 0.0
    side = "lose" if lose >= gain else "gain"
    total = sum(row[side] or 0.0 for row in fifths)
    two = sum(row[side] or 0.0 for row in fifths[:2]) / total if len(fifths) == 5 and total else None
    people = whole["residents"] or 0.0
    lost = people * max(0.0, (whole["unrouted_after"] or 0.0) - (whole["unrouted_before"] or 0.0))
    lead, rest = access_words.change_words(
        district, services.service, change.before.prepared.unit, lose, gain, _means(change, losing=side == "lose"), two,
        unrouted=lost,
    )  # fmt: skip
    touches, losing = lose >= _SOME or gain >= _SOME, side == "lose"
    if not touches:
        return ChangeFindings(heading, lead, rest)
    if own != district:
        row = _whole(after, own)
        rest += " " + access_words.share_of_change(own, row["lose"] or 0.0, row["gain"] or 0.0, losing=losing)
    return ChangeFindings(
        heading,
        lead,
        rest,
        WORSE if lose >= _SOME else BETTER,
        f"Where in {district} {_who(lose, gain)} live",
        touched(change, district, losing=losing),
    )


def _who(lose: float, gain: float) -> str:
    if min(lose, gain) < _SOME:
        return "they"
    return "those further away" if lose >= gain else "those nearer"


def _means(change: Changed, *, losing: bool) -> tuple[float, float] | None:
    """Mean journey before and after of the district's residents whose journey becomes longer (or shorter)."""
    points, weight = change.before.prepared.residents.held(0)  # the district is the first row
    was, now = change.before.cost[points], change.cost[points]
    with np.errstate(invalid="ignore"):
        moved = (now > was + 1e-9) if losing else (now < was - 1e-9)
    if not weight[moved].sum():
        return None
    return tuple(float((weight[moved] * part[moved]).sum() / weight[moved].sum()) for part in (was, now))  # type: ignore[return-value]
