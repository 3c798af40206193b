"""Access of one place, ready to be shown beside the map: the finding, the fifths, the table, what a change would do."""

import numpy as np

from jsna_desktop.jobs import access_words
from jsna_desktop.jobs.access import Access
from jsna_desktop.jobs.access_change import Changed, change_rows
from jsna_desktop.jobs.access_people import WHOLE
from jsna_desktop.jobs.access_rows import block_means, means_of_blocks, method, released_access, rows
from jsna_desktop.jobs.access_supply import Supply, supply_rows
from jsna_desktop.jobs.points import title
from jsna_desktop.packs.access import AccessFindings, ChangeFindings, Fifth, Furthest, Reach

_DEPRIVATION = "deprivation"
_FEW = 5  # of the furthest areas
_FIFTHS = {"most deprived fifth": "Most deprived fifth", "fifth 2": "Second", "fifth 3": "Third", "fifth 4": "Fourth",
           "least deprived fifth": "Least deprived fifth"}  # fmt: skip


def access_findings(
    made: Access, place: str | None, change: Changed | None = None, *, true_figures: bool = False
) -> AccessFindings:
    """What is shown of a place (None: of the district, or of all areas) among those that `made` was prepared for.

    From sensitive services or residents nothing is shown, unless `true_figures` were unlocked for a screen.
    """
    hidden = made.sensitive and not true_figures
    told = released_access(rows(made), sensitive=hidden)
    after = released_access(change_rows(change), sensitive=hidden) if change is not None else []
    district = told[0]["locality"]
    own = str(next((row["locality"] for row in told if row["locality"] == place), district))
    service, unit = made.services.service, made.prepared.unit
    mine = next(row for row in told if row["locality"] == own and row["dimension"] == WHOLE)
    then = next((row for row in after if row["locality"] == own and row["dimension"] == WHOLE), None)
    before = np.full(len(made.prepared.residents.people.codes), np.nan) if hidden else block_means(made)
    now = before if change is None or hidden else change.blocks
    with np.errstate(invalid="ignore"):
        lost = np.isfinite(before) & ~np.isfinite(now)
        worse, better = (now > before + 1e-9) | lost, now < before - 1e-9
    short = "min" if unit == "minutes" else "km"
    name = access_words.called(service)
    return AccessFindings(
        own,
        name,
        title(f"service:{service}"),
        short,
        access_words.sentence(own, service, made.prepared.mode, unit, mine),
        None if change is None else _change(change, after, district, hidden=hidden),
        _fifths(told, after, district),
        district,
        _table(mine, then, short),
        made.prepared.residents.people.codes,
        now,
        np.flatnonzero(worse),
        np.flatnonzero(better),
        f"{'Minutes' if short == 'min' else 'Kilometres'} to {access_words.one(service)}",
        f"{method(made)[:1].upper()}{method(made)[1:]}.",
        tuple(part for part in (mine["note"], *([] if hidden else made.notes[:3])) if part),
        hidden,
        tuple(
            (heading, groups)
            for dimension, heading in (("age", "By age"), ("rurality", "Urban and rural"))
            if (groups := _fifths(told, after, district, dimension))
        ),
        () if hidden else _furthest(made, now),
    )


def supply_findings(made: Supply, place: str | None, *, true_figures: bool = False) -> AccessFindings:
    """What is shown of the capacity that residents can reach by car: for 1,000 of a place, and by group."""
    hidden = made.sensitive and not true_figures
    told = released_access(supply_rows(made), sensitive=hidden)
    district = str(told[0]["locality"])
    own = str(next((row["locality"] for row in told if row["locality"] == place), district))
    mine = next(row for row in told if row["locality"] == own and row["dimension"] == WHOLE)
    name = access_words.called(made.services.service)
    end = made.zones[-1][0]
    means = [row | {"mean": row["per_1000"]} for row in told]
    people = made.prepared.residents
    values = np.full(len(people.people.codes), np.nan)
    if not hidden:
        values = 1000 * means_of_blocks(people, np.where(made.known, made.found.supply, np.nan))
    title_of = f"Capacity of a {name} for 1,000 residents"
    return AccessFindings(
        own, name, title(f"service:{made.services.service}"), "for 1,000",
        access_words.capacity(own, name, end, mine), None, _fifths(means, [], district), district,
        (Reach("Capacity for 1,000 residents", mine["per_1000"], None),
         Reach("In no catchment", mine["none_share"], None, share=True)),
        people.people.codes, values, np.empty(0, dtype=int), np.empty(0, dtype=int), title_of,
        "Enhanced two-step floating catchments (Luo and Qi 2009), by car: "
        + ", ".join(f"to {minutes:g} minutes × {weight:g}" for minutes, weight in made.zones) + ".",
        tuple(part for part in (mine["note"], *([] if hidden else made.notes[:3])) if part), hidden,
        tuple((heading, groups) for dimension, heading in (("age", "By age"), ("rurality", "Urban and rural"))
              if (groups := _fifths(means, [], district, dimension))),
        places=2,
    )  # fmt: skip


def _furthest(made: Access, means: np.ndarray) -> tuple[Furthest, ...]:
    """The small areas of the workspace whose residents have the longest mean journey."""
    people, origins = made.prepared.residents.people, made.prepared.residents.origins
    lived_in = np.nan_to_num(people.residents) > 0
    order = np.argsort(np.where(np.isfinite(means) & origins.home & lived_in, -means, np.inf), kind="stable")[:_FEW]
    return tuple(
        Furthest(str(people.codes[at]), float(means[at]), float(people.residents[at]))
        for at in order.tolist()
        if np.isfinite(means[at])
    )


def catchment(made: Access, service: int) -> np.ndarray:
    """The blocks (positions, k) most of whose residents have this service as their nearest."""
    origins = made.prepared.residents.origins
    mine = np.bincount(origins.block, origins.share * (made.nearest == service), minlength=len(origins.home))
    return np.flatnonzero(mine > 0.5)


def _fifths(told: list[dict], after: list[dict], district: str, dimension: str = _DEPRIVATION) -> tuple[Fifth, ...]:
    changed = {row["group"]: row for row in after if (row["locality"], row["dimension"]) == (district, dimension)}
    return tuple(
        Fifth(
            _FIFTHS.get(str(row["group"]), str(row["group"])),
            row["mean"],
            changed[row["group"]]["lose"] if row["group"] in changed else None,
            changed[row["group"]]["gain"] if row["group"] in changed else None,
        )
        for row in told
        if (row["locality"], row["dimension"]) == (district, dimension)
    )


def _table(mine: dict, then: dict | None, short: str) -> tuple[Reach, ...]:
    """Mean, median, nine in ten, and the share within each limit."""

    def later(name: str) -> float | None:
        return None if then is None else then[f"{name}_after"]

    kind = "time" if short == "min" else "distance"
    found = [
        Reach(f"Mean {kind}, {short}", mine["mean"], later("mean")),
        Reach(f"Half live within, {short}", mine["median"], later("median")),
        Reach(f"9 in 10 live within, {short}", mine["p90"], later("p90")),
    ]
    for at, part in enumerate(mine["within"]):
        after = None if then is None else then["within"][at]["after"]
        found.append(Reach(f"Within {part['limit']:g} {short}", part["share"], after, share=True))
    return tuple(found)


def _change(change: Changed, after: list[dict], district: str, *, hidden: bool) -> ChangeFindings:
    services = change.before.services
    closed = [access_words.shown(str(services.names[at])) for at in change.change.close]
    heading = access_words.change_title(closed, [access_words.shown(one.name) for one in change.change.open])
    if hidden:
        return ChangeFindings(heading, "Withheld:", "these services or residents are sensitive data.")
    whole = next(row for row in after if row["locality"] == district and row["dimension"] == WHOLE)
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
    return ChangeFindings(heading, lead, rest)


def _means(change: Changed, *, losing: bool) -> tuple[float, float] | None:
    """Mean journey before and after of the district's residents whose journey becomes longer (or shorter)."""
    matrix, before = change.before.prepared.residents.matrix, change.before.cost
    held = slice(matrix.indptr[0], matrix.indptr[1])  # the district is the first row
    points, weight = matrix.indices[held], matrix.data[held]
    was, now = before[points], change.cost[points]
    with np.errstate(invalid="ignore"):
        moved = (now > was + 1e-9) if losing else (now < was - 1e-9)
    if not weight[moved].sum():
        return None
    return tuple(float((weight[moved] * part[moved]).sum() / weight[moved].sum()) for part in (was, now))  # type: ignore[return-value]
