"""What an indicator is: its kind decides how it may be combined (methods.md 1)."""

from dataclasses import dataclass

# The kinds of indicator (methods.md 1); the kind alone decides how values may be combined.
COUNT, PROPORTION, RATE, MEAN = "count", "proportion", "rate", "mean"
SCORE, MODELLED, RANK, INDEX = "score", "modelled", "rank", "index"
# Standardised for age: directly, of events by age band; indirectly, of observed over expected events.
DSR, ISR = "dsr", "isr"
REFUSED_KINDS = ("median", "percentile", "ratio")


@dataclass(frozen=True)
class Indicator:
    """One indicator for one period on one geography.

    The last fields name the columns of its dataset that hold its parts: `numerator` and
    `denominator` for indicators with counts, `value` for those without; `lower`, `upper`, `se`, `n`
    and `sd` where the publisher gives them. `measure` says which deprivation measure is made of a
    rank or score column ("average_score", "average_rank", "lsoas_in:1", "residents_in:1,2",
    "extent", "local_concentration"), `universe` the number of areas that were ranked.
    """

    id: str
    name: str
    kind: str
    period: str
    geography: str
    unit: str = ""
    multiplier: float = 1.0
    polarity: str = "none"
    sex: str = "persons"
    age: str = "all"
    caveat: str = ""
    group: str = ""
    numerator: str | None = None
    denominator: str | None = None
    value: str | None = None
    lower: str | None = None
    upper: str | None = None
    se: str | None = None
    n: str | None = None
    sd: str | None = None
    measure: str = ""
    universe: int = 0

    @property
    def has_counts(self) -> bool:
        return self.numerator is not None
