"""The pack's pages of life expectancy: deaths, ranking and each district's figures made once for a batch.

Everything passes the gate of life expectancy (jobs/release_life.py): a page leaves the program.
"""

from dataclasses import replace

from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import life_findings
from jsna_desktop.jobs.life_findings import AROUND, Ground, Question
from jsna_desktop.jobs.life_gap import AGE, CAUSE
from jsna_desktop.jobs.life_standing import Standing, grounds, standing
from jsna_desktop.jobs.life_words import PEOPLE
from jsna_desktop.jobs.mortality import Mortality, has_deaths, load_mortality
from jsna_desktop.measures.gap_trend import NO_CLEAR_CHANGE
from jsna_desktop.packs.life import Group, LifeFindings
from jsna_desktop.packs.life_page import Fifths, LifePage
from jsna_desktop.packs.wording import dashed, listed, with_minus
from jsna_desktop.workspace.store import Store

_GAP = (
    "A gap is the difference of two life expectancies, with its interval. What makes it up is by {by} (Arriaga 1984, "
    "both ways): the parts add up to the gap."
)


class LifePages:
    """The pages of a batch. `why_not` says why there are none though there are deaths."""

    def __init__(self, store: Store, places: list[Locality]) -> None:
        self.data: Mortality | None = None
        self.grounds: list[Ground] = []
        self.why_not = ""
        self._fifths: dict[str, Fifths | None] = {}
        if not has_deaths(store):
            return
        try:
            self.data = load_mortality(store, causes=True)
        except UsageProblem as problem:
            self.why_not = f"Life expectancy: {problem.message}"
            return
        self.grounds = grounds(store, self.data, places)
        if self.grounds[0].rank is None:
            self.why_not = f"The gap between fifths by deprivation: {self.grounds[0].no_rank}"

    @property
    def sexes(self) -> tuple[str, ...]:
        """Men and women where deaths and residents are by sex, else what there is."""
        known = () if self.data is None else self.data.sexes
        both = ("male", "female")
        return both if set(both) <= set(known) else known[:1]

    @property
    def titles(self) -> tuple[str, ...]:
        """The data sets that the pages are made from."""
        return () if self.data is None else self.data.titles

    def page(self, at: int) -> LifePage | None:
        """The page of a place, by its position in the batch; None where there are no deaths to speak of."""
        if not self.grounds or not self.sexes:
            return None
        ground = self.grounds[at]
        assert ground.place is not None
        name, district = ground.place.names[0], ground.district.names[0]
        if ground.place.unmade or not ground.place.matrix.nnz:
            why = ground.place.unmade.get(0, "it holds none of the areas that deaths and residents are known of")
            said = f"Life expectancy is not given for {name}: {why}."
            return LifePage(said, district, self.sexes, "", (), None, (), ground.sensitive)
        made = [standing(ground, sex) for sex in self.sexes]
        groups = tuple(_in_order(one.groups, district) for one in made)
        fifths = self.fifths(ground)
        said = [one.lead or _alone(one.groups[0], sex) for one, sex in zip(made, self.sexes, strict=True)]
        said += [] if fifths is None else [fifths_sentence(fifths)]
        period, about = made[0].period, _methods(made[0], fifths)
        return LifePage(
            _for_print(" ".join(said)), district, self.sexes, period, groups, fifths, about, ground.sensitive
        )

    def fifths(self, ground: Ground) -> Fifths | None:
        """The gap between the fifths of the district around a place, made once."""
        name = ground.district.names[0]
        if name not in self._fifths:
            found = None
            if AROUND in ground.ways:
                by = CAUSE if ground.data.causes else AGE
                asked = [Question(AROUND, sex, parts=by) for sex in self.sexes]
                found = Fifths(name, tuple(life_findings.life_findings(ground, one) for one in asked))
            self._fifths[name] = found
        return self._fifths[name]


def _methods(own: Standing, fifths: Fifths | None) -> tuple[tuple[str, str], ...]:
    """Headings and paragraphs: how it is made, what is not given, and how the gap is judged."""
    made, years = dict(own.made), dashed(own.period)
    text = f"{made['Life tables']} A place is given over {years}, and so is all that it stands beside. "
    text += f"It is not given {_lower(made['Not given'])}"
    text = " ".join(
        [text, *(f"From sensitive deaths: {_lower(made[one])}" for one in ("Sensitive deaths",) if one in made)]
    )
    text = " ".join([text, *(said for heading, said in own.made if heading == "Note")])
    said = [("Life expectancy", text)]
    if fifths is not None:
        of = f"The gap between the fifths is of {dashed(fifths.found[0].period)}."
        said.append(
            (
                "Gaps in life expectancy",
                f"{_GAP.format(by=fifths.found[0].parts_by)} {of} {made['Over time']} {made['Fifths']}",
            )
        )
    return tuple((heading, _for_print(text)) for heading, text in said)


def _in_order(groups: tuple[Group, ...], district: str) -> tuple[Group, ...]:
    """The place, the most and the least deprived fifth, the district; fifths without the district's name."""
    own, whole, *outer = groups
    return (own, *(replace(group, name=group.name.removesuffix(f" of {district}")) for group in outer), whole)


def _alone(own: Group, sex: str) -> str:
    if own.value is None:
        return f"The life expectancy of {PEOPLE[sex]} is not given: {own.note.removeprefix('not given: ')}."
    said = f"{PEOPLE[sex].capitalize()} in {own.name} can expect to live {own.value:.1f} years"
    limited = own.lower is not None and own.upper is not None
    return f"{said} ({own.lower:.1f} to {own.upper:.1f})." if limited else f"{said}."


def fifths_sentence(fifths: Fifths) -> str:
    """The gap between the outer fifths of a district, by sex, and whether it changes."""
    years = dashed(fifths.found[0].period)
    ends = f"Between the most and the least deprived fifth of {fifths.district}"
    given = [one for one in fifths.found if one.gap is not None]
    if not given:
        return f"{ends} the gap is not given: {fifths.found[0].lead.partition(': ')[2]}"
    said = f"{ends} the gap was {listed([_size(one, alone=len(fifths.found) == 1) for one in given])} in {years}."
    verdicts = {one.sex: one.verdict for one in given if one.verdict}
    of = {word: [PEOPLE[sex] for sex, one in verdicts.items() if one == word] for word in verdicts.values()}
    clear = [f"{word} for {listed(people)}" for word, people in of.items() if word != NO_CLEAR_CHANGE]
    if len(fifths.found) == 1:
        word = fifths.found[0].verdict
        alone = f" It is {word}." if clear else " There is no clear sign that it narrows or widens." if word else ""
        return said + alone
    if clear:
        said += f" It is {listed(clear)}."
    if NO_CLEAR_CHANGE in of:
        said += f" For {listed(of[NO_CLEAR_CHANGE])} there is no clear sign that it narrows or widens."
    return said


def _size(one: LifeFindings, *, alone: bool) -> str:
    assert one.gap is not None
    limits = (
        ""
        if one.gap_lower is None or one.gap_upper is None
        else f" ({with_minus(one.gap_lower)} to {with_minus(one.gap_upper)})"
    )
    return f"{with_minus(one.gap)} years{'' if alone else f' for {PEOPLE[one.sex]}'}{limits}"


def _for_print(text: str) -> str:
    return text.replace(" %", "%")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
