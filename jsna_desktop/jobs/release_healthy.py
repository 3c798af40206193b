"""What may leave of healthy life expectancy from sensitive deaths or a sensitive share: as life expectancy does.

At age 0 and 65, to one decimal, from ten deaths on, without counts; a sensitive share needs ten people in good health
and ten in bad. The share of life is that of the two rounded figures, which gives nothing more away.
"""

from jsna_desktop.jobs.healthy_life import Healthy
from jsna_desktop.jobs.release import FEWEST_EVENTS
from jsna_desktop.jobs.release_life import released_life

TOO_FEW_CASES = "withheld: its share rests on fewer than ten people, and is made from sensitive data"
_NUMBERS = ("value", "lower_ci", "upper_ci", "share", "life_expectancy")


def released_healthy(found: Healthy, *, sensitive: bool = False) -> list[dict]:
    """Rows of healthy life expectancy as they may leave; `sensitive` where the groups are by a sensitive ranking."""
    if not (found.sensitive_deaths or found.sensitive_share or sensitive):
        return found.rows
    return [_rounded(row, found.sensitive_share) for row in released_life(found.rows, sensitive=True)]


def _rounded(row: dict, secret_share: bool) -> dict:
    bare = row | {"asked": None, "cases": None}
    if row["value"] is None:
        return bare | dict.fromkeys(_NUMBERS)
    if secret_share and min(row["cases"], row["asked"] - row["cases"]) < FEWEST_EVENTS:
        return bare | dict.fromkeys(_NUMBERS) | {"note": TOO_FEW_CASES}
    life = round(row["life_expectancy"], 1)
    return bare | {"life_expectancy": life, "share": row["value"] / life}
