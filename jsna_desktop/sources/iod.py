"""What the files of the English Indices of Deprivation have in common: editions, domains and the words for them.

Ranks and deciles run from 1, the most deprived. Scores of Income, Employment, IDACI and IDAOPI are rates (0–1).
Source: MHCLG, *English Indices of Deprivation* 2015, 2019 and 2025, Files 1 to 14.
"""

import re

# How many LSOAs of England were ranked.
UNIVERSE = {"2025": 33_755, "2019": 32_844, "2015": 32_844}
CENSUS = {"2025": "lsoa2021", "2019": "lsoa2011", "2015": "lsoa2011"}
DENOMINATOR_YEAR = {"2025": "2022", "2019": "2015", "2015": "2012"}

# (id, words at the start of a heading, title)
DOMAINS = (
    ("imd", "index of multiple deprivation", ""),
    ("income", "income", "Income deprivation"),
    ("employment", "employment", "Employment deprivation"),
    ("education", "education", "Education, skills and training deprivation"),
    ("health", "health", "Health deprivation and disability"),
    ("crime", "crime", "Crime"),
    ("barriers", "barriers to housing", "Barriers to housing and services"),
    ("living_environment", "living environment", "Living environment deprivation"),
    ("idaci", "income deprivation affecting children", "Income deprivation affecting children"),
    ("idaopi", "income deprivation affecting older people", "Income deprivation affecting older people"),
    ("education_children", "children and young people", "Education of children and young people"),
    ("education_adults", "adult skills", "Adult skills"),
    ("barriers_geographical", "geographical barriers", "Geographical barriers"),
    ("barriers_wider", "wider barriers", "Wider barriers"),
    ("environment_indoors", "indoors", "Indoors living environment"),
    ("environment_outdoors", "outdoors", "Outdoors living environment"),
)
SUPPLEMENTARY = ("idaci", "idaopi")
SUB_DOMAINS = (
    "education_children", "education_adults", "barriers_geographical", "barriers_wider", "environment_indoors",
    "environment_outdoors",
)  # fmt: skip
RATES = ("income", "employment", "idaci", "idaopi")
# (words at the start of a heading, column, name)
DENOMINATORS = (
    ("total population", "residents_all", "Residents"),
    ("dependent children", "residents_children", "Dependent children aged 0 to 15"),
    ("population aged 16", "residents_16_59", "Residents aged 16 to 59"),
    ("older population", "residents_60_plus", "Residents aged 60 and over"),
    ("working age population", "residents_working_age", "Residents of working age"),
)
_LONGEST_FIRST = sorted(DOMAINS, key=lambda domain: -len(domain[1]))


def domain_of(heading: str) -> str:
    """The domain, sub-domain or index that a heading begins with; "" for any other heading."""
    lowered = heading.strip().lower()
    return next((name for name, words, _ in _LONGEST_FIRST if lowered.startswith(words)), "")


def denominator_of(heading: str) -> str:
    """The column of a population that the index divides by; "" for any other heading."""
    lowered = heading.strip().lower()
    return next((name for words, name, _ in DENOMINATORS if lowered.startswith(words)), "")


def denominator_year(headings: tuple[str, ...], year: str) -> str:
    """The year of the denominators, as their headings say it (`Total population: mid 2022`)."""
    own = [heading for heading in headings if denominator_of(heading)]
    found = (re.search(r"\bmid[- ](20\d\d)\b", heading, re.IGNORECASE) for heading in own)
    return next((match[1] for match in found if match), DENOMINATOR_YEAR[year])


def title_of(domain: str) -> str:
    """The domain in words; "" for the index itself."""
    return next(title for name, _, title in DOMAINS if name == domain)
