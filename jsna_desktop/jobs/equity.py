"""Need, supply and use of a service by deprivation, sex, age, rurality and locality: who is served as much as their

need (methods.md 5).

Need is an indicator's count (people with a condition, say), or the residents where none is named; use is an indicator's
count of contacts, referrals, people seen; supply is the service's own places and their capacity, by where they are.
"""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.areas import geography, locate
from jsna_desktop.errors import DisclosureRefused, UsageProblem
from jsna_desktop.jobs.deprivation_groups import PLACE, ranking
from jsna_desktop.jobs.equity_rows import About, audited, by_deprivation
from jsna_desktop.jobs.figures import RESIDENTS, Figures, Table, load_figures
from jsna_desktop.jobs.life_expectancy import grouped
from jsna_desktop.jobs.located import Places as Postcodes
from jsna_desktop.jobs.measured_places import Choice, Places, chosen_places
from jsna_desktop.jobs.need_and_use import Side, by_ages, by_sex, parts_of, summed, whole_of
from jsna_desktop.jobs.release import WITHHELD
from jsna_desktop.jobs.rurality import CLASSES, rurality
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store


@dataclass(frozen=True)
class Supply:
    """Services (blocks,) and their capacity (blocks,) by block; how many are elsewhere, and how many tell no capacity.

    `has_capacity` is false where none of them tells it. Of services of sensitive data none of it is known: all is NaN.
    """

    services: np.ndarray
    capacity: np.ndarray
    elsewhere: int
    without_capacity: int
    sensitive: bool

    @property
    def has_capacity(self) -> bool:
        return bool(self.capacity.sum() > 0)

    @property
    def measure(self) -> str:
        """What supply is counted in."""
        return "capacity" if self.has_capacity else "services"


def supply_of(store: Store, service: str, geo: str, universe: np.ndarray) -> Supply:
    """The services of one type by block. UsageProblem where there are none."""
    known: set[str] = set()
    blocks, capacity = [], []
    located, secret = Postcodes(store), False
    rows = store.all("SELECT key, sensitive FROM dataset WHERE kind = 'services' AND replaced_by IS NULL ORDER BY key")
    for key, sensitive in rows:
        names = catalogue.column_names(store, key)
        types = catalogue.column(store, key, "service")
        known |= set(np.unique(types).tolist())
        mine = types == service
        if not mine.any():
            continue
        secret |= bool(sensitive)
        codes = np.full(int(mine.sum()), "", dtype="U9")
        if "postcode" in names:
            codes = located.blocks(catalogue.column(store, key, "postcode")[mine], geo).codes.astype("U32")
        if "easting" in names and (outline := located.outline(geo)) is not None:
            east, north = (catalogue.column(store, key, name)[mine].astype(float) for name in ("easting", "northing"))
            there = np.isfinite(east) & np.isfinite(north)
            held = locate.blocks_of_points(east[there], north[there], outline.shapes)[0]
            found = np.where(held >= 0, outline.codes[held], "")
            codes = codes.astype("U32")
            codes[there] = np.where(found != "", found, codes[there])
        blocks.append(codes)
        own = catalogue.column(store, key, "capacity")[mine] if "capacity" in names else np.full(len(codes), np.nan)
        capacity.append(own.astype(float))
    if not blocks:
        raise UsageProblem(f"there is no service {service}", found=", ".join(sorted(known)) or "no services at all")
    if secret:
        nothing = np.full(len(universe), np.nan)
        return Supply(nothing, nothing, 0, 0, sensitive=True)
    codes, places = np.concatenate(blocks), np.concatenate(capacity)
    at = geography.align(codes, universe)
    inside = at >= 0
    size = len(universe)
    return Supply(
        np.bincount(at[inside], minlength=size).astype(float),
        np.bincount(at[inside], np.nan_to_num(places[inside]), minlength=size),
        int((~inside).sum()),
        int(np.isnan(places[inside]).sum()),
        sensitive=False,
    )


def equity(
    store: Store,
    service: str,
    choice: Choice,
    need: str | None = None,
    use: str | None = None,
    by: str | None = None,
    groups: int = 5,
    within: str = PLACE,
) -> tuple[list[dict], list[str]]:
    """(a row for each group of each place, and for each locality; findings in plain words).

    Groups are by deprivation, by sex and age where need and use are both told so, and urban and rural where a
    classification is loaded; a dimension that is not there is named in the findings, with the reason.
    """
    wanted = [one for one in (RESIDENTS, need, use) if one]
    figures = load_figures(store, wanted)
    table = table_of(figures, [one for one in (need, use) if one])
    people = table.population(9999)
    if people is None:
        raise UsageProblem("there are no residents of these areas", todo="Add a population")
    if people.sensitive:
        raise DisclosureRefused("the residents are of sensitive data, and what is for so many of them does not leave")
    blocks = geography.is_block(table.universe, table.geography) & ~table.published
    rank = ranking(store, table.geography, table.universe, by)
    places = chosen_places(store, choice, table.geography, table.universe, blocks)
    cut = grouped(places, rank, groups, within, blocks)
    supply = supply_of(store, service, table.geography, table.universe)
    about = About(service, need or RESIDENTS, use or "", supply.measure, WITHHELD if supply.sensitive else "")

    def columns(these: Places) -> dict[str, np.ndarray]:
        return _columns(figures, table, these, people.residents, supply, need, use)

    rows, findings, best = [], [], {}
    whole = columns(cut.places)
    for at, name in enumerate(places.names):
        part = {which: values[at * groups : (at + 1) * groups] for which, values in whole.items()}
        mine, said, best[name] = by_deprivation(about, name, cut.labels, part)
        rows += mine
        findings += said
    own, lacking = _sexes_and_ages(figures, table, places, need or RESIDENTS, use)
    for dimension, side in own:
        for at, name in enumerate(places.names):
            nothing = np.full(len(side.labels), np.nan)
            part = {"residents": nothing, "services": nothing, "capacity": nothing,
                    "need": side.need[at], "use": side.use[at]}  # fmt: skip
            mine, said = audited(about, dimension, [name] * len(side.labels), side.labels, part, best[name])
            rows += mine
            findings += said
    classes = rurality(store, table.geography, table.universe)
    if classes is None:
        lacking.append(f"by rurality: no rural-urban classification of {geography.name(table.geography)} is loaded")
    else:
        parts = columns(classes.split(places)[0])
        for at, name in enumerate(places.names):
            part = {which: values[2 * at : 2 * at + 2] for which, values in parts.items()}
            mine, said = audited(about, "rurality", [name] * 2, CLASSES, part, best[name])
            rows += mine
            findings += said
    local = [place for place, is_whole in enumerate(places.whole.tolist()) if not is_whole]
    if local:
        these = places.only(local)
        districts = [best[name] for name, is_whole in zip(places.names, places.whole.tolist(), strict=True) if is_whole]
        around = districts[0] if len(districts) == 1 else None
        mine, said = audited(about, "locality", list(these.names), these.names, columns(these), around)
        rows += mine
        findings += said
    findings += lacking
    if supply.sensitive:
        findings.append(f"where {service} services are, and their capacity: {WITHHELD}")
    if supply.elsewhere:
        findings.append(f"{supply.elsewhere:,} of the services are in none of these areas")
    if supply.has_capacity and supply.without_capacity:
        findings.append(f"{supply.without_capacity:,} services tell no capacity, and count as none of it")
    return rows, findings


def _sexes_and_ages(
    figures: Figures, table: Table, places: Places, need: str, use: str | None
) -> tuple[list[tuple[str, Side]], list[str]]:
    """The dimensions sex and age that need and use are both told by, and why one is not there."""
    if use is None:
        return [], ["by sex and age: a service has no sex or age; name an indicator of its use, with --use"]
    parts = {identity: parts_of(figures, table, places, identity) for identity in (need, use)}
    why = "; ".join(dict.fromkeys(one.why for one in parts.values() if one.why))
    found, lacking = [], []
    for dimension, side in (("sex", by_sex(parts[need], parts[use])), ("age", by_ages(parts[need], parts[use]))):
        if side is not None:
            found.append((dimension, side))
        else:
            lacking.append(f"by {dimension}: {why or f'{need} and {use} are not both told by {dimension}'}")
    return found, lacking


def table_of(figures: Figures, wanted: list[str]) -> Table:
    """The small areas that residents and all of these indicators are by. UsageProblem where there are none."""
    for table in figures.tables.values():
        ids = {plan.indicator.id for plan in table.stack.plans}
        if set(wanted) <= ids and table.populations and table.geography in geography.BLOCKS:
            return table
    raise UsageProblem(
        "need, use and residents are not all by the same areas" if wanted else "there are no residents by small areas",
        todo="Add a population, and indicators of its areas",
    )


def _columns(
    figures: Figures,
    table: Table,
    places: Places,
    residents: np.ndarray,
    supply: Supply,
    need: str | None,
    use: str | None,
) -> dict[str, np.ndarray]:
    """Sums (rows,) over the places: residents, services, capacity, need and use; NaN where a part is not known."""
    matrix = places.matrix
    found = {
        "residents": summed(places, residents),
        "services": matrix @ supply.services,
        "capacity": matrix @ supply.capacity,
    }
    for role, identity in (("need", need), ("use", use)):
        if identity is None:
            found[role] = found["residents"] if role == "need" else np.full(len(places.names), np.nan)
            continue
        found[role] = whole_of(figures, table, places, identity)
    return found
