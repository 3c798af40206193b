"""The plain tables column by column: heading, what it means, an example, and the words that it may hold."""

from dataclasses import dataclass

from jsna_desktop.sources.assets import KINDS as ASSET_KINDS


@dataclass(frozen=True)
class Column:
    """One column of a plain table. `form` is `text` (codes keep their zeros), `number` or `date`, for the workbook.

    `choices` are the words that may stand in it, where only some may.
    """

    heading: str
    example: str
    meaning: str
    needed: bool = True
    choices: tuple[str, ...] = ()
    form: str = "text"


_SEXES = ("persons", "female", "male")
_AREA = Column("area_code", "E01031841", "code of the area")
_SEX = Column("sex", "female", "persons, female or male", choices=_SEXES)
_AGE = Column("age", "0", "a single year (0 … 90+), a band (0, 1-4, 5-9 … 90+) or all")


def _place(needed: bool) -> tuple[Column, ...]:
    return (
        Column("postcode", "SN8 1AA", "its postcode; or give easting and northing", needed),
        Column("easting", "418700", "metres of the National Grid, where there is no postcode", False, form="number"),
        Column("northing", "169200", "metres of the National Grid, where there is no postcode", False, form="number"),
    )


TABLES: dict[str, tuple[Column, ...]] = {
    "population": (
        _AREA,
        Column("year", "2024", "mid-year of the estimate"),
        _SEX,
        _AGE,
        Column("population", "12", "residents", form="number"),
    ),
    "deaths": (
        _AREA,
        Column("year", "2024", "year of registration, the same for all rows of one file"),
        _SEX,
        _AGE,
        Column("deaths", "3", "how many died; * where withheld", form="number"),
        Column("cause", "I25", "ICD-10 code, chapter or group; the same grouping for all rows", False),
    ),
    "indicator": (
        _AREA,
        Column("indicator", "smoking", "a short name without spaces; it becomes local.smoking"),
        Column("period", "2024", "2024 or 2020-2024"),
        Column("numerator", "120", "people or events counted; * where withheld", form="number"),
        Column("denominator", "1500", "people at risk", form="number"),
        Column("name", "Smoking prevalence (18 and over)", "the name for people", False),
        Column(
            "kind",
            "proportion",
            "what the figure is: it decides how areas may be combined",
            False,
            ("count", "proportion", "rate", "mean", "score", "modelled", "dsr"),
        ),
        Column("unit", "%", "% or per 100,000", False),
        Column("multiplier", "100", "100 for a proportion, 100000 for a rate", False, form="number"),
        Column("polarity", "low good", "which way is better", False, ("high good", "low good", "none")),
        Column("sex", "persons", "persons, female or male", False, _SEXES),
        Column("age", "18+", "whom it is about", False),
        Column("source", "Our own survey", "where it is from", False),
    ),
    "services": (
        Column("name", "Market Practice", "its name"),
        Column("service", "gp", "what it is, in one word for all of its kind: gp, pharmacy, library …"),
        *_place(True),
        Column("code", "J83001", "a code of its own, each once", False),
        Column("capacity", "12000", "places, beds or people that it is for", False, form="number"),
        Column("status", "open", "open or closed; closed ones are left out", False, ("open", "closed", "proposed")),
        Column("category", "Evening surgery", "which sort of its kind", False),
        Column("opening", "Mon-Fri 8:00-18:30", "when it is open", False),
        Column("address", "1 High Street, Marlborough", "where it is, in words", False),
    ),
    "assets": (
        Column("name", "Marlborough Walking Group", "its name"),
        Column("kind", "group", "what sort of asset it is", choices=ASSET_KINDS),
        Column("theme", "Physical activity", "what it is good for, in your own words"),
        *_place(True),
        Column("place", "Town Hall", "where it meets, in words", False),
        Column("contact", "walks@example.org", "whom to ask; no private person without their consent", False),
        Column("last_checked", "3/5/2025", "when somebody last saw that it is there", False, form="date"),
        Column("source", "Area board", "who told of it", False),
    ),
    "events": (
        Column("date", "3/5/2025", "when it happened, one row an event", form="date"),
        _SEX,
        Column("age", "47", "age in whole years"),
        Column("category", "Fall", "what happened, in a word or a code"),
        Column("postcode", "SN8 1AA", "home postcode; or area_code in its place. No name, number or address"),
    ),
    "lookup": (
        Column("LSOA21CD", "E01031841", "code of the small area"),
        Column("LSOA21NM", "Wiltshire 012A", "its name"),
        Column("CA24CD", "CA01", "code of your own area: a column of codes ends in CD"),
        Column("CA24NM", "Marlborough", "its name: a column of names ends in NM"),
    ),
}
