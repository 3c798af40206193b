"""What a gradient says, in sentences that follow from its numbers and from nothing else."""

from dataclasses import dataclass

from jsna_desktop.jobs.deprivation_groups import WORDS
from jsna_desktop.jobs.figures import Figures
from jsna_desktop.jobs.life_words import ORDER
from jsna_desktop.measures.standout import number
from jsna_desktop.packs.gradient import Measure
from jsna_desktop.packs.wording import with_minus
from jsna_desktop.workspace import catalogue

_PER_CENT = "%"
_TIMES = 1.1  # from here on a ratio is said


@dataclass(frozen=True)
class Spoken:
    """A row of jobs/inequality and where it is of; `groups` how many, `national` whether they are the nation's."""

    row: dict
    place: str
    groups: int
    national: bool

    @property
    def word(self) -> str:
        return WORDS.get(self.groups, "group")

    @property
    def clear(self) -> bool:
        """Whether the slope index's interval leaves zero out."""
        low, high = self.row["sii_lower"], self.row["sii_upper"]
        return low is not None and high is not None and not low <= 0 <= high

    @property
    def best(self) -> str:
        """The group with the best value: least deprived fifth, fourth fifth …"""
        found = self.row["what_if"]
        at, label = found["best_group"] - 1, found["label"]
        return label if at in (0, self.groups - 1) else f"{ORDER[at].lower()} {self.word}"

    @property
    def limited(self) -> bool:
        return self.row["sii_lower"] is not None


def title(spoken: Spoken) -> str:
    """The heading of the view."""
    whose = "the national" if spoken.national else "the"
    return f"Inequality across {whose} {spoken.word}s of {spoken.place}"


def sentence(spoken: Spoken) -> str:
    """The finding: both ends, whether the gradient is clear, and what if every group had the best one's value."""
    row, first, last = spoken.row, spoken.row["groups"][0], spoken.row["groups"][-1]
    name = row["name"] + ("" if row["sex"] in ("", "persons") else f", {row['sex']}s")
    if first["value"] is None or last["value"] is None or row["sii"] is None:
        why = (row["note"] or "a group has no value").removeprefix("withheld: ")
        return f"{name}: the gradient is not given, for {why}."
    most, least = _value(row, first["value"]), _value(row, last["value"])
    ends = f"{most} in the {first['label']} of {spoken.place} and {least} in the {last['label']}"
    if spoken.limited and spoken.clear and last["value"] > 0 and first["value"] >= _TIMES * last["value"]:
        ends += f", {first['value'] / last['value']:.1f} times as high"
    return " ".join(part for part in (f"{name}: {ends}.", _verdict(spoken), _fewer(spoken)) if part)


def _verdict(spoken: Spoken) -> str:
    row = spoken.row
    if not spoken.limited:
        return "These values have no limits, so nothing is said to be clear."
    if not spoken.clear:
        return "There is no clear gradient."
    more = "higher" if row["sii"] < 0 else "lower"
    worse = {"low good": row["sii"] < 0, "high good": row["sii"] > 0}.get(row["polarity"])
    end = "" if worse is None else ", which is worse" if worse else ", which is better"
    size = _difference(row, abs(row["sii"]))
    near, far = sorted((abs(row["sii_lower"]), abs(row["sii_upper"])))
    limits = f"{near:,.{_places(row)}f} to {far:,.{_places(row)}f}"
    return f"Over the whole gradient it is clearly {more} among the more deprived, by {size} ({limits}){end}."


def _fewer(spoken: Spoken) -> str:
    row = spoken.row
    found = row["what_if"]
    fewer = None if found is None else found.get("events_fewer")
    if found is None or fewer is None or not spoken.clear or abs(fewer) < 1:
        return ""
    things = "cases" if row["kind"] == "proportion" else "events"
    way = "fewer" if fewer > 0 else "more"
    return f"With the rate of the {spoken.best} everywhere there would be about {abs(fewer):,.0f} {way} {things}."


def what_if(spoken: Spoken) -> str:
    """What the place’s value would be if every group had the best one’s."""
    found = spoken.row["what_if"]
    if found is None:
        return ""
    best, now = _value(spoken.row, found["if_best"]), _value(spoken.row, found["now"])
    return f"If every {spoken.word} had the value of the {spoken.best}: {best}, not {now}."


def measures(spoken: Spoken) -> tuple[Measure, ...]:
    """Every measure of inequality that the row has."""
    row = spoken.row
    if row["sii"] is None:
        return ()
    found = [Measure("Slope index", _difference(row, row["sii"]), _limits(row, "sii"),
                     "least less most deprived end of the line")]  # fmt: skip
    if row["rii"] is not None:
        low, high = row["rii_lower"], row["rii_upper"]
        limits = "" if low is None or high is None else f"{low:.2f} to {high:.2f}"
        found.append(Measure("Relative index", f"{row['rii']:.2f}", limits, "least over most deprived end"))
    if row["concentration_relative"] is not None:
        found.append(Measure("Concentration index", with_minus(row["concentration_relative"], 3), "",
                             "below 0: more among the deprived"))  # fmt: skip
        found.append(Measure("Absolute concentration", with_minus(row["concentration_absolute"], 2)))
    if row["burden_share"] is not None:
        found.append(Measure(f"Most deprived {spoken.word}’s share", f"{100 * row['burden_share']:.0f} %"))
    if row["attributable_share"] is not None:
        found.append(Measure("Attributable share", with_minus(100 * row["attributable_share"], 0) + " %", "",
                             "of all, against the least deprived"))  # fmt: skip
    return tuple(found)


def index(spoken: Spoken) -> str:
    """The slope index in words."""
    row = spoken.row
    limits = _limits(row, "sii")
    return f"slope index {_difference(row, row['sii'])}" + (f" ({limits})" if limits else ", no limits")


def how_made(spoken: Spoken, by: str) -> tuple[tuple[str, str], ...]:
    """Headings and texts for who asks how it is made."""
    row = spoken.row
    groups = (
        f"The published national {spoken.word}s of {by}."
        if spoken.national
        else f"Local {spoken.word}s by {by}: the place’s areas ranked and cut into {spoken.groups} groups of as equal "
        "a number of areas as can be, group 1 the most deprived."
    )
    scale = {"proportion": "on the logit scale", "rate": "on the log scale", "dsr": "on the log scale",
             "isr": "on the log scale"}.get(row["kind"])  # fmt: skip
    limits = (
        f"Limits by 10,000 draws of the groups {scale}, from one seed."
        if scale
        else "The slope’s limits are exact, the ratio’s are Fieller’s."
    )
    return (
        ("Groups", groups),
        ("Slope index", "A line is fitted over the groups’ values on the cumulative population, weighted by it; the "
         f"index is its least less its most deprived end, the relative index their ratio. {limits}"),
        ("Concentration", "Twice the covariance of value and rank, over the mean (relative) or not (absolute)."),
        ("Attributable share", "What there would not be if every group had the least deprived one’s rate: a "
         "comparison, no forecast."),
        ("Funnel", "Each place against the district’s value: within the limits chance alone accounts for it."),
        *((("Note", row["note"]),) if row["note"] else ()),
    )  # fmt: skip


def source(spoken: Spoken, figures: Figures | None) -> str:
    """The line under the table."""
    row = spoken.row
    period = row["period"].replace("-", "–")
    title = ""
    key = figures.sources.get(row["indicator"]) if figures is not None else None
    if figures is not None and key is not None:
        title = dict(catalogue.keyed_datasets(figures.store))[key].title
    age = "" if row["age"] in ("", "all") else f", aged {row['age']}"
    return f"{title or 'Deaths and residents of the workspace'}, {period}{age}."


def _value(row: dict, value: float) -> str:
    return number(value, row["unit"]) + (" years" if row["unit"] == "years" else "")


def _difference(row: dict, value: float) -> str:
    unit = {_PER_CENT: " points", "years": " years"}.get(row["unit"], "")
    return with_minus(value, _places(row)) + unit


def _limits(row: dict, name: str) -> str:
    low, high = row[f"{name}_lower"], row[f"{name}_upper"]
    if low is None or high is None:
        return ""
    return f"{with_minus(low, _places(row))} to {with_minus(high, _places(row))}"


def _places(row: dict) -> int:
    return 0 if abs(row["sii"] or 0) >= 1000 else 1 if abs(row["sii"] or 0) >= 1 else 2
