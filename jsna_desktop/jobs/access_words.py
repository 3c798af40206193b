"""What access says, in sentences that follow from its numbers and from nothing else."""

from jsna_desktop.areas.roads import DRIVE, STRAIGHT, WALK

_NAMES = {"gp": "general practice", "gp_branch": "branch surgery", "care": "care service"}
_TIMES = (DRIVE, WALK)
_WHOLE_FROM = 19.95  # what would be written as 20.0
_NONE = 1e-9  # sums of shares need not come to 0 or 1 to the last bit


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


def amount(value: float, places: int = 1) -> str:
    """7.1; 229: no journey is known to more than the nearest minute or kilometre from 20 on."""
    return f"{value:,.0f}" if places == 1 and value >= _WHOLE_FROM else f"{value:,.{places}f}"


def size(value: float, unit: str) -> str:
    """7.1 km; 12.0 minutes; 229 minutes."""
    return f"{amount(value)} {'minutes' if unit == 'minutes' else unit}"


def per_cent(share: float) -> str:
    """A share 0–1 in whole per cent, never 0 or 100 for what is not."""
    whole = round(100 * share)
    if whole == 0 and share > _NONE:
        return "under 1 %"
    if whole == 100 and share < 1 - _NONE:
        return "over 99 %"
    return f"{whole} %"


def table_amounts(*values: float | None) -> list[str]:
    """Values of one line of a table, to one precision, so that their difference can be seen; a dash for none."""
    known = [value for value in values if value is not None]
    places = 0 if max(known, default=0.0) >= _WHOLE_FROM else 1
    return ["–" if value is None else f"{value:,.{places}f}" for value in values]


def difference(now: float | None, then: float | None, *, share: bool = False) -> str:
    """Then less now, of the numbers as `table_amounts` or `per_cent` shows them: +0.3, −17, 0; "" where one is none."""
    if now is None or then is None:
        return ""
    if share:
        said, whole = (per_cent(now), per_cent(then)), round(100 * then) - round(100 * now)
        if whole or said[0] == said[1]:
            return _signed(f"{whole:+d}")
        return _signed(f"{100 * (then - now):+.1f}")
    texts = [float(text.replace(",", "")) for text in table_amounts(now, then)]
    places = 0 if max(now, then) >= _WHOLE_FROM else 1
    return _signed(f"{texts[1] - texts[0]:+.{places}f}")


def _signed(text: str) -> str:
    return "0" if not text.strip("+-0.") else text.replace("-", "−")


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
        said += f"; {per_cent(none)} live further than {minutes:g} minutes from any"
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


def map_title(service: str, mode: str, unit: str) -> str:
    """Minutes by car to a general practice."""
    by = {DRIVE: "by car ", WALK: "on foot ", STRAIGHT: "in a straight line "}.get(mode, "by road ")
    return f"{'Minutes' if unit == 'minutes' else 'Kilometres'} {by}to {one(service)}"


def further_than(place: str, limit: float, unit: str, mode: str, service: str, residents: float, share: float) -> str:
    """812 residents (4 %) of Kelderford live further than 20 minutes by car from a general practice."""
    by = {DRIVE: " by car", WALK: " on foot", STRAIGHT: ""}.get(mode, " by road")
    way = f"further than {limit:g} {unit}{by} from {one(service)}"
    if residents < 0.5:
        return f"Nobody in {place} lives {way}."
    people = "1 resident" if round(residents) == 1 else f"{residents:,.0f} residents"
    return f"{people} ({per_cent(share)}) of {place} {'lives' if people == '1 resident' else 'live'} {way}."


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
        was, now = table_amounts(*means)
        length = "minutes" if unit == "minutes" else unit
        rest += f": {now} {length} instead of {was} {length} on average"
    rest += "."
    if worst_two is not None:
        many = "All" if worst_two > 1 - _NONE else "None" if worst_two < _NONE else per_cent(worst_two)
        many = many[:1].upper() + many[1:]
        rest += f" {many} of them live in the two more deprived fifths of {district}."
    if other >= 0.5:
        rest += f" {other:,.0f} would live {'nearer' if way == 'further from' else 'further away'}."
    if unrouted >= 0.5:
        rest += f" {unrouted:,.0f} would have no known way to one."
    return f"{main:,.0f} residents", rest


def share_of_change(place: str, lose: float, gain: float, *, losing: bool) -> str:
    """How many of those whom a change touches live in a place that is less than the whole."""
    main, other = (lose, gain) if losing else (gain, lose)
    further, nearer = ("further away", "nearer") if losing else ("nearer", "further away")
    if main < 0.5 and other < 0.5:
        return f"Nobody in {place} would be further away or nearer."
    said = f"{main:,.0f} of them live in {place}." if main >= 0.5 else f"Nobody in {place} would be {further}."
    return said if other < 0.5 else f"{said} {other:,.0f} in {place} would be {nearer}."
