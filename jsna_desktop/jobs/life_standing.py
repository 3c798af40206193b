"""Where places stand in life expectancy beside their district, for any number of them: what a batch of packs shows."""

from dataclasses import dataclass

from jsna_desktop.areas.locality import Locality
from jsna_desktop.jobs import life_gap, life_words, release_life
from jsna_desktop.jobs.life_expectancy import POOLED, chosen_years, longer, tables
from jsna_desktop.jobs.life_findings import REST, Ground, Question, beside, ends_of, groups_of, rank_of, spoken_of
from jsna_desktop.jobs.measured_places import districts, most_held, of_localities
from jsna_desktop.jobs.mortality import Mortality
from jsna_desktop.packs.life import Group
from jsna_desktop.workspace.store import Store


@dataclass(frozen=True)
class Standing:
    """One sex of a place over one period: `groups` the place, its district and the outer fifths of this; `lead` the

    sentence that sets it beside the rest of the district, "" where there is no rest; `made` how it is made.
    """

    period: str
    groups: tuple[Group, ...]
    lead: str
    made: tuple[tuple[str, str], ...]


def grounds(store: Store, data: Mortality, places: list[Locality]) -> list[Ground]:
    """The ground of each locality's questions: the ranking made once, and each district's areas."""
    around = districts(store, data.geography, data.universe, data.blocks)
    held = of_localities(store, places, data.geography, data.universe)
    rank, why = rank_of(store, data)
    each = [held.only([at]) for at in range(len(places))]
    whole = [most_held(around, one) for one in each]
    made = {at: around.only([at]) for at in set(whole)}
    return [Ground(data, one, made[at], rank, why) for one, at in zip(each, whole, strict=True)]


def standing(ground: Ground, sex: str) -> Standing:
    """How long people of a place can expect to live beside what it lies in, at birth, as it may leave the program."""
    assert ground.place is not None
    rows, names = beside(ground, ground.place)
    years = chosen_years(ground.data, None, POOLED)
    made, asked = tables(ground.data, rows, sex, years), Question(REST, sex)
    lead = ""
    if REST in ground.ways:
        pair = ends_of(ground, asked)[0]
        gap_rows = life_gap.gap_rows(ground.data, [pair], (sex,), (int(years[0]), int(years[-1])))
        gap = release_life.released_gaps(gap_rows, sensitive=ground.sensitive)[0]
        suggested = "; ".join(dict.fromkeys(longer(ground.data, rows, made).values()))
        lead = life_words.lead(spoken_of(ground, asked, pair), gap, suggested)
    groups = groups_of(made, rows, names, 0, ground.sensitive, asked)
    told = life_words.how_made(ground.data, made, ground.rank, ground.sensitive, asked.parts)
    return Standing(made.period, groups, lead, told)
