"""What access says, in sentences that follow from its numbers and from nothing else."""

from jsna_desktop.areas.roads import DRIVE, STRAIGHT, WALK

_NAMES = {"gp": "general practice", "gp_branch": "branch surgery", "care": "care service"}
_TIMES = (DRIVE, WALK)


def called(service: str) -> str:
    """`gp` → general practice; `school_primary` → primary school."""
    if service in _NAMES:
        return _NAMES[service]
    first, _, rest = service.replace("_", " ").partition(" ")
    return f"{rest} {first}" if first == "school" and rest else service.replace("_", " ")


def shown(name: str) -> str:
    """A name as people write it: lists of the health service have theirs in capitals."""
    if not name.isupper():
        return name
    return " ".join(word[:1] + word[1:].lower() for word in name.split())


def one(service: str) -> str:
    """A general practice; an optician."""
    name = called(service)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def size(value: float, unit: str) -> str:
    """7.1 km; 12 minutes."""
    return f"{value:,.1f} {'minutes' if unit == 'minutes' else unit}"


def sentence(place: str, service: str, mode: str, unit: str, row: dict) -> str:
    """How far the residents of a place are from the nearest service."""
    if row["mean"] is None:
        return f"How far {place} is from {one(service)} is {row['note'] or 'not known'}."
    how = {DRIVE: "drive", WALK: "walk"}.get(mode, "live")
    by = {STRAIGHT: ", in a straight line", "distance": " by road"}.get(mode, "")
    to = "to" if mode in _TIMES else "from"
    mean, most = size(row["mean"], unit), size(row["p90"], unit)
    return (
        f"Residents of {place} {how} {mean} {to} the nearest {called(service)}{by}, on average; 9 in 10 within {most}."
    )


def capacity(place: str, name: str, minutes: float, row: dict) -> str:
    """What a type of service can take for the residents of a place who can reach it."""
    if row["per_1000"] is None:
        return f"The capacity in reach of {place} is {row['note'] or 'not known'}."
    said = f"For every 1,000 residents of {place} there is a capacity of {row['per_1000']:.2f} in reach by car ({name})"
    none = row["none_share"]
    if none:
        said += f"; {100 * none:.0f} % live further than {minutes:g} minutes from any"
    return said + "."


def change_title(closed: list[str], opened: list[str]) -> str:
    """If Tisbury Surgery closed; if it moved; if several things changed."""
    moved = [name for name in closed if name in opened]
    shut, new = [n for n in closed if n not in moved], [n for n in opened if n not in moved]
    said = []
    for names, verb in ((shut, "closed"), (moved, "moved"), (new, "opened")):
        if len(names) > 2:
            said.append(f"{len(names)} {verb}")
        elif names:
            said.append(f"{' and '.join(names)} {verb}")
    return f"If {', and '.join(said)}"


def change_words(
    district: str, service: str, unit: str, lose: float, gain: float, means: tuple[float, float] | None,
    worst_two: float | None, *, unrouted: float = 0.0,
) -> tuple[str, str]:  # fmt: skip
    """(what is strong, the rest): who would be further away or nearer, from what to what, and how deprived."""
    if lose < 0.5 and gain < 0.5:
        return "Nobody", f"of {district} would live nearer to or further from {one(service)}."
    main, other = (lose, gain) if lose >= gain else (gain, lose)
    way = "further from" if lose >= gain else "nearer to"
    rest = f"of {district} would live {way} {one(service)}"
    if means is not None:
        rest += f": {size(means[1], unit)} instead of {size(means[0], unit)} on average"
    rest += "."
    if worst_two is not None:
        rest += f" {100 * worst_two:.0f} % of them live in the two more deprived fifths of the area."
    if other >= 0.5:
        rest += f" {other:,.0f} would live {'nearer' if way == 'further from' else 'further away'}."
    if unrouted >= 0.5:
        rest += f" {unrouted:,.0f} would have no known way to one."
    return f"{main:,.0f} residents", rest
