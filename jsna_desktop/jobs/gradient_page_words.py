"""What a gradient says, in sentences that follow from its row and from nothing else."""

from jsna_desktop.indicator import PROPORTION
from jsna_desktop.jobs.inequality import LIFE_EXPECTANCY

MANY = 20  # comparisons from which on chance is told of
_WHO = {"male": ", men", "female": ", women", "persons": ""}


def is_clear(row: dict) -> bool:
    """Whether the limits of the relative index leave out 1; of the slope index 0 where the other has none."""
    low, high, none = row["rii_lower"], row["rii_upper"], 1.0
    if low is None or high is None:
        low, high, none = row["sii_lower"], row["sii_upper"], 0.0
    return low is not None and high is not None and not low <= none <= high


def sentence(row: dict, where: str, *, rounded: bool) -> str:
    """How the two ends of the gradient compare, with the interval.

    A relative index below 1 is turned round, so that it says how many times as high the higher end is. From sensitive
    data (`rounded`) the index has one decimal, and turned round would look surer than it is: the difference is said.
    """
    name = row["name"] + (_WHO[row["sex"]] if row["indicator"] == LIFE_EXPECTANCY else "")
    if row["sii"] is None:
        return f"{name}: {row['note']}."
    if row["sii_lower"] is None or row["sii_upper"] is None:
        return f"{name}: no limits can be given, so nothing is said of its gradient in {where}."
    if row["indicator"] == LIFE_EXPECTANCY or rounded or row["rii_lower"] is None or row["rii_upper"] is None:
        return _difference(row, name, where)
    return _ratio(row, name, where)


def _ratio(row: dict, name: str, where: str) -> str:
    most = row["rii"] < 1
    ratio, low, high = row["rii"], row["rii_lower"], row["rii_upper"]
    if most:
        ratio, low, high = 1 / ratio, 1 / high, 1 / low
    places = 1 if ratio >= 2 else 2
    higher, lower = ("most", "least") if most else ("least", "most")
    size = f"{ratio:.{places}f} times as high at the {higher} deprived end as at the {lower}"
    limits = f"{low:.{places}f} to {high:.{places}f}"
    if is_clear(row):
        return f"{name}: {size} ({limits})."
    return f"{name}: no clear gradient in {where} ({size}, {limits})."


def _difference(row: dict, name: str, where: str) -> str:
    value, low, high = row["sii"], row["sii_lower"], row["sii_upper"]
    higher, lower = ("least", "most") if value > 0 else ("most", "least")
    if value < 0:
        value, low, high = -value, -high, -low
    longer = "longer" if row["indicator"] == LIFE_EXPECTANCY else "higher"
    size = f"{_plain(value)} {unit(row)} {longer} at the {higher} deprived end than at the {lower}"
    limits = f"{_plain(low)} to {_plain(high)}"
    if is_clear(row):
        return f"{name}: {size} ({limits})."
    return f"{name}: no clear gradient in {where} ({size}, {limits})."


def unit(row: dict) -> str:
    """What a difference of two values is in."""
    return "percentage points" if row["kind"] == PROPORTION and row["unit"] == "%" else row["unit"]


def finding(district: str, judged: list[tuple[dict, str]], *, every: bool) -> str:
    """How many indicators have a clear gradient, and which way; "" where none can be judged.

    `judged` are rows that have limits with the polarity of each; `every` whether they are all that can be judged, and
    not only those that are shown.
    """
    if not judged:
        return ""
    clear = [(row, polarity) for row, polarity in judged if is_clear(row)]
    worse = sum((row["sii"] < 0) == (polarity == "low good") for row, polarity in clear)
    better = len(clear) - worse
    what = "that can be judged" if every else "shown here"
    said = f"Over the fifths of {district}, {_of(len(clear), len(judged))} {what} "
    said += f"{'has' if len(judged) == 1 or len(clear) == 1 else 'have'} a clear gradient"
    if worse and better:
        said += f": {worse} worse and {better} better among the more deprived"
    elif clear:
        said += f", {'worse' if worse else 'better'} among the more deprived"
    said += "."
    if len(judged) >= MANY:
        said += f" Of so many, about {len(judged) / 20:.0f} would look clear by chance alone."
    return said


def own_finding(name: str, rows: list[dict]) -> str:
    """How many of the gradients shown are clear within the place too; `rows` are its own, none of one too small."""
    if not rows:
        return f"{name} holds too few small areas to be cut into fifths of its own."
    given = [row for row in rows if row["sii_lower"] is not None]
    if not given:
        return ""
    clear = sum(is_clear(row) for row in given)
    verb = "is" if clear == 1 else "are"
    some = f"{clear} of the {len(given)} gradients below {verb} clear"
    if clear in (0, len(given)):
        some = "none of the gradients below is clear" if not clear else "all gradients below are clear"
    return f"Within {name} itself {some}."


def _of(part: int, whole: int) -> str:
    if whole == 1:
        return "the one indicator" if part else "not even the one indicator"
    if part == whole:
        return "both indicators" if whole == 2 else f"all {whole} indicators"
    return f"{part} of the {whole} indicators" if part else "no indicator"


def _plain(value: float) -> str:
    return f"{value:,.{0 if abs(value) >= 100 else 1}f}".replace("-", "−")
