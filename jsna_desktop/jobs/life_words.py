"""What life expectancy says, in sentences that follow from its numbers and from nothing else."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.jobs.deprivation_groups import Ranking
from jsna_desktop.jobs.life_expectancy import Tables, period_of
from jsna_desktop.jobs.mortality import Mortality
from jsna_desktop.measures.gap_trend import NARROWING, NO_CLEAR_CHANGE, NOT_TESTED
from jsna_desktop.packs.wording import with_minus

PEOPLE = {"persons": "people", "female": "women", "male": "men"}
_TWO = ("rest", "other")  # ways that set a place against another
ORDER = ("", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth")


@dataclass(frozen=True)
class Spoken:
    """What a sentence is of: the place, its district, the `way` of comparing, the shorter and the longer end."""

    place: str
    district: str
    way: str
    sex: str
    age: int
    shorter: str
    longer: str


def title(spoken: Spoken) -> str:
    """The heading of the view."""
    if spoken.way in _TWO:
        return f"Life expectancy in {spoken.place}"
    of = spoken.district if spoken.way == "around" else spoken.place
    return f"Life expectancy across the fifths of {of}"


def sentence(spoken: Spoken, gap: dict, trend: dict | None, suggested: str) -> str:
    """The finding: how long people can expect to live here, the gap, and whether it changes."""
    found = lead(spoken, gap, suggested)
    return found if gap["value"] is None else f"{found} {_trend(trend)}".strip()


def lead(spoken: Spoken, gap: dict, suggested: str) -> str:
    """How long people can expect to live here and the gap, or why it is not given."""
    if gap["value"] is None:
        said = gap["note"].replace("not given: ", "")
        more = f" {suggested.replace('-', '–')}." if suggested else ""
        return f"The life expectancy of {PEOPLE[spoken.sex]} cannot be compared: {said}.{more}"
    return _gap(spoken, gap)


def _gap(spoken: Spoken, gap: dict) -> str:
    value, low, high = gap["value"], gap["lower_ci"], gap["upper_ci"]
    people = PEOPLE[spoken.sex]
    who = f"At {spoken.age}, {people}" if spoken.age else capitalised(people)
    if low <= 0 <= high:
        between = f"{people} in {spoken.place} and in {spoken.longer}"
        where = spoken.place
        if spoken.way not in _TWO:
            between = f"{people} in the most and in the least deprived fifth of {_of(spoken)}"
            where = f"the {spoken.shorter}"
        lead = f"At {spoken.age}, there" if spoken.age else "There"
        ends = f"{_less(value)} in {where}, from {_less(min(low, high), '')} to {_less(max(low, high), '')}"
        return f"{lead} is no clear difference in life expectancy between {between} ({ends})."
    less = f"{abs(value):.1f} years {'less' if value > 0 else 'more'} ({_between(low, high)})"
    if spoken.way in _TWO:
        further = "a further " if spoken.age else ""
        own = f"{who} in {spoken.place} can expect to live {further}{gap['b_value']:.1f} years"
        return f"{own}, {less} than in {spoken.longer}."
    return f"{who} in the {spoken.shorter} of {_of(spoken)} can expect to live {less} than {people} in the " \
           f"{spoken.longer}."  # fmt: skip


def _less(value: float, unit: str = " years") -> str:
    return f"{abs(value):.1f}{unit} {'less' if value > 0 else 'more'}"


def _of(spoken: Spoken) -> str:
    return spoken.district if spoken.way == "around" else spoken.place


def _between(low: float, high: float) -> str:
    near, far = sorted((abs(low), abs(high)))
    return f"{near:.1f} to {far:.1f}"


def _trend(trend: dict | None) -> str:
    if trend is None or trend["verdict"] == NOT_TESTED:
        return "There are too few years to tell whether the gap narrows."
    if trend["verdict"] == NO_CLEAR_CHANGE:
        return "There is no clear sign that the gap is narrowing or widening."
    return f"The gap is {trend['verdict']}."


def verdict(trend: dict | None) -> str:
    """Whether the gap narrows, as one word or three; "" where nothing could be tested."""
    return "" if trend is None or trend["verdict"] == NOT_TESTED else str(trend["verdict"])


def change(trend: dict | None, *, rounded: bool = False) -> str:
    """The absolute and the relative change of the gap side by side; `rounded` where they have one decimal."""
    if trend is None or trend["slope"] is None:
        return "Change over time is not tested: the periods are too few."
    places = 1 if rounded else 2
    absolute = f"{with_minus(trend['slope'], places)} years a year ({with_minus(trend['slope_lower'], places)} to " \
               f"{with_minus(trend['slope_upper'], places)})"  # fmt: skip
    relative = f"{with_minus(trend['relative_slope'], places)} % of the ratio a year, {trend['relative_verdict']}"
    clear = "clearly " if trend["verdict"] in (NARROWING, "widening") else ""
    return f"The gap changes by {absolute}: {clear}{trend['verdict']}. Relative: {relative}."


def index(value: float, low: float, high: float) -> str:
    """The slope index in words."""
    return f"slope index {with_minus(value)} years ({with_minus(low)} to {with_minus(high)})"


def fifths(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Names of groups for a table: Most deprived fifth, Second, Third, Fourth, Least deprived fifth."""
    inner = [ORDER[at] if at < len(ORDER) else label for at, label in enumerate(labels)]
    return (capitalised(labels[0]), *inner[1:-1], capitalised(labels[-1]))


def end_name(name: str, locality: str) -> str:
    """What a line of the chart is called."""
    return name if name == locality else capitalised(name)


def band(start: int, starts: np.ndarray) -> str:
    """A life table's age band: Under 1, 1 to 4, 5 to 9 … 90 and over."""
    if start == 0:
        return "Under 1"
    following = starts[starts > start]
    return f"{start} to {int(following[0]) - 1}" if len(following) else f"{start} and over"


def source(data: Mortality, made: Tables) -> str:
    """The line under the table: what the numbers are of."""
    years = period_of(made.years).replace("-", "–")
    of = geography.name(data.geography).rstrip(" 0123456789").removesuffix("s")
    sex = {"persons": "persons", "female": "females", "male": "males"}[made.sex]
    return f"Deaths registered {years}, {sex} by {of}. Chiang; intervals by Silcocks."


def how_made(
    data: Mortality, made: Tables, rank: Ranking | None, rounded: bool, parts_by: str
) -> tuple[tuple[str, str], ...]:
    """Headings and texts for who asks how it is made."""
    years = period_of(made.years).replace("-", "–")
    last = int(data.starts[-1])
    said = [
        ("Life tables", f"Abridged, ages 0, 1–4, 5–9 … {last} and over, from deaths and residents of {years} together "
         "(Chiang 1984; the last band’s variance by Silcocks and others 2001). Intervals are at 95 %."),
        ("Not given", "Where a sex has under 5,000 person-years, a band has no population or more deaths than people, "
         "nobody died in the last band, or the interval is wider than 20 years."),
        ("The gap", "The difference of the two, with its interval. What makes it up is by "
         f"{'age' if parts_by == 'age' else 'cause'} (Arriaga 1984, both ways): the parts add up to the gap."),
        ("Over time", "Periods overlap and share deaths, so the slope is fitted by generalised least squares with that "
         "covariance. Narrowing or widening is said only where its 95 % interval leaves zero out."),
    ]  # fmt: skip
    if rank is not None:
        said.append(("Fifths", f"Local fifths by {rank.title}: areas ranked and cut into five groups of as equal a "
                     "number as can be. The slope index is the least less the most deprived end of a line fitted over "
                     "them, weighted by people."))  # fmt: skip
    if rounded:
        said.append(("Sensitive deaths", "To one decimal, from ten deaths on; parts only where they rest on ten deaths "
                     "or more in each place."))  # fmt: skip
    return (*said, *(("Note", note) for note in data.notes), ("Sources", "; ".join(data.titles)))


def pandemic_years(held: tuple[bool, ...]) -> str:
    """What is said under a chart of which some periods hold years of the pandemic."""
    return "Hollow marks: periods with 2020 or 2021, years of the pandemic." if np.any(held) else ""


def capitalised(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]
