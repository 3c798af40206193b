"""What a pack's page of getting to services says, in sentences that follow from its numbers."""

from collections.abc import Sequence

from jsna_desktop.areas.roads import STRAIGHT
from jsna_desktop.jobs.access_words import called, one, size
from jsna_desktop.packs.services_page import ServiceLine
from jsna_desktop.packs.wording import counted, listed, percent

# A mean that differs by less than this share of the district's is called much the same.
ALIKE = 0.1
_ALL = "all areas"
_MOST_TOLD = 3
# From this share of residents on a sentence on a service says that a nearer one may not be loaded.
_MANY_AT_EDGE = 0.1


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def fifth(group: str) -> str:
    """most deprived fifth → Most deprived; fifth 2 → Fifth 2."""
    return capital(group.removesuffix(" fifth"))


def nothing(place: str, reason: str) -> str:
    """Where no journey of a place is given, and why."""
    said = reason.removeprefix("not given: ")
    if said.startswith("withheld"):
        return f"How far residents of {place} are from services is {said}."
    return f"How far residents of {place} are from services is not given: {said or 'nothing is known of it'}."


def page_sentence(
    place: str, district: str, wholes: dict[str, dict], lines: Sequence[ServiceLine], unit: str,
    *, by_road: bool, usual: float,
) -> str:  # fmt: skip
    """How near the first service is, which is furthest, and how the place compares with its district."""
    first, row = next((service, row) for service, row in wholes.items() if row["mean"] is not None)
    share = percent(row["within"][0]["share"], 0)
    limit = f"{usual:g} minutes’ drive of {one(first)}" if by_road else f"{usual:g} km of {one(first)}"
    straight = "" if by_road else ", in a straight line"
    # A nearer one is nothing to those who live within the limit anyway.
    few = row["within"][0]["share"] > 1 - _MANY_AT_EDGE
    edge = "" if few else _beyond(next(line for line in lines if line.service == first))
    said = [f"{share} of residents of {place} live within {limit}{straight}{edge}."]
    known = [line for line in lines if line.mean is not None]
    furthest = known[-1]
    if len(known) > 1 and furthest.mean is not None:
        mean = f"{size(furthest.mean, unit)} {'by car ' if by_road else ''}on average"
        beside = "" if furthest.district is None else f" ({furthest.district:,.1f} {_in(district)})"
        said.append(f"Furthest away is {one(furthest.service)}: {mean}{beside}{_beyond(furthest)}.")
    return " ".join([*said, *compared(known, district)])


def _beyond(line: ServiceLine) -> str:
    """For how many residents a nearer service may lie beyond what is loaded, where they are many."""
    if line.edge is None or line.edge < _MANY_AT_EDGE:
        return ""
    return f", but for {percent(line.edge, 0)} of residents a nearer one may lie beyond what is loaded"


def _in(district: str) -> str:
    return "over all areas" if district == _ALL else f"in {district}"


def compared(known: Sequence[ServiceLine], district: str) -> list[str]:
    """How many of the services that are known here and in the district are nearer here, and how many are not."""
    pairs = [(line.mean, line.district) for line in known if line.mean is not None and line.district is not None]
    if not pairs or (len(pairs) == 1 < len(known)):
        return []
    whole = "all areas together" if district == _ALL else f"{district} as a whole"
    nearer = sum(mean < (1 - ALIKE) * other for mean, other in pairs)
    further = sum(mean > (1 + ALIKE) * other for mean, other in pairs)
    alike = len(pairs) - nearer - further
    if len(pairs) == 1:  # the service that the first sentence names
        way = "is nearer than" if nearer else "is further away than" if further else "is about as far as"
        return [f"It {way} for {whole}."]
    counts = ((nearer, "nearer"), (further, "further away"), (alike, "about as far"))
    every = next((way for count, way in counts if count == len(pairs)), "")
    if every:
        than = "as" if every == "about as far" else "than"
        types = "Both types" if len(pairs) == 2 else f"All {len(pairs)} types"
        return [f"{types} of service are {every} {than} for {whole}."]
    (count, way), *others = [(count, way) for count, way in counts if count]
    than = f"{'is' if count == 1 else 'are'} {way} than for {whole}"
    return [f"Of {len(pairs)} types of service, {listed([f'{count} {than}', *(f'{n} {w}' for n, w in others)])}."]


def page_notes(
    wholes: dict[str, dict], lines: Sequence[ServiceLine], district: str, *, by_road: bool, unplaced: Sequence[str]
) -> list[str]:
    """What concerns the figures of a page: how they are made, who is left out, what may be nearer, what is withheld."""
    said = []
    if not by_road:
        said.append("Straight line: no roads are loaded, so that every journey is longer than it is shown.")
    if district:
        said.append(f"Nearer or further: the mean differs by at least {100 * ALIKE:.0f}% from that of {district}.")
    said += _shares(wholes, "unrouted_share", "No known way to a service, and left out:")
    if any(line.edge for line in lines):
        said.append("Edge, may be nearer: the share of residents for whom a nearer one may lie beyond what is loaded.")
    why: dict[str, list[str]] = {}
    for line in lines:
        if line.mean is None:
            why.setdefault(line.reason.removeprefix("not given: "), []).append(line.name)
    said += [f"{listed(names)}: {reason}." for reason, names in why.items()]
    return said + [f"{capital(one)}." for one in unplaced]


def _shares(wholes: dict[str, dict], name: str, lead: str) -> list[str]:
    """The services with a share of residents above nothing, those of one share together."""
    held: dict[str, list[str]] = {}
    for service, row in wholes.items():
        if row["mean"] is not None and row[name]:
            held.setdefault(percent(row[name]), []).append(called(service))
    if not held:
        return []
    known = sum(row["mean"] is not None for row in wholes.values())
    if len(held) == 1 and len(next(iter(held.values()))) == known > 1:
        return [f"{lead} {next(iter(held))} of residents, of every service."]
    parts = [f"{share} of residents ({listed(services)})" for share, services in held.items()]
    return [f"{lead} {listed(parts)}."]


def few_of(problems: Sequence[str]) -> list[str]:
    """The problems of services as a reader of the place needs them: those not placed as a number, those far off not."""
    near = [one for one in problems if not one.startswith(("beyond the postcodes", "outside the roads"))]
    lost = sum(": the postcode " in one or "no postcode and no coordinates" in one for one in near)
    other = [one for one in near if ": the postcode " not in one and "no postcode and no coordinates" not in one]
    more = len(other) - _MOST_TOLD
    said = [f"Left out, for their place is not known: {counted(lost, 'service')}"] if lost else []
    return [*said, *other[:_MOST_TOLD], *([f"And {counted(more, 'more problem')} of services"] if more > 0 else [])]


def page_method(method: str, amiss: Sequence[str], mode: str) -> str:
    """How journeys were measured, in a paragraph."""
    said = f"{capital(method)}."
    if mode != STRAIGHT:
        said += " Times go by the speeds of each class of road, without traffic, parking or waiting; not everybody can"
        said += " drive."
    said += " Services beyond the district are used where they are loaded."
    return said + "".join(f" {capital(one)}." for one in amiss)
