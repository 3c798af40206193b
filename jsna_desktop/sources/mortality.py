"""Record-level extracts of deaths: NHS England's *Civil Registration Mortality* and ONS's annual extracts.

One row a death with its underlying cause in ICD-10, a date, an age, a sex and an LSOA or a postcode. Causes are kept
by chapter of ICD-10 and by a broad group alone; names, NHS numbers and addresses are never read.
"""

import re
from collections.abc import Sequence

import numpy as np

from jsna_desktop.sources import icd10, person
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.records import EventColumns, area_heading, is_plain, records_reading, records_table

# Headings as they are written in extracts, lower case with one underscore between words, the surest first.
_CAUSE = (
    "s_underlying_cod_icd10", "underlying_cause_of_death_code", "underlying_cause_of_death_icd10", "icd10_underlying",
    "underlying_cod_icd10", "underlying_icd10", "icd10_underlying_cause", "underlying_cause_icd10", "icd10u", "icd_10u",
    "underlying_cause_of_death", "underlying_cause", "underlying_cause_code", "ucod", "primary_cod", "icd10", "cause",
)  # fmt: skip
_DATE = (
    "reg_date_of_death", "date_of_death", "dod", "death_date", "dec_date_of_death", "dor", "reg_date",
    "date_of_registration", "registration_date", "date",
)  # fmt: skip
_AGE = (
    "dec_agec", "dec_age_at_death", "der_age_at_death", "age_at_death", "ageinyears", "age_in_years", "age_years",
    "agec", "age",
)  # fmt: skip
_AGE_UNIT = ("dec_agecunit", "agecunit", "age_unit", "dec_agecunit_desc")
_SEX = ("dec_sex", "sex_of_deceased", "sex", "gender")
_POSTCODE = (
    "postcode_of_usual_residence_of_deceased", "dec_pc", "dec_postcode", "pcdr", "postcode_of_residence",
    "usual_residence_postcode", "postcode",
)  # fmt: skip
_LSOA = (
    "lsoa_of_residence_code", "lower_soa_code_of_usual_residence_of_deceased", "lower_soa_code_of_usual_residence",
    "lsoa_of_residence", "lsoa_code", "lsoar", "lsoa", "lsoa11", "lsoa21", "lsoa2011", "lsoa2021", "lsoa_2011",
    "lsoa_2021",
)  # fmt: skip
_OF_DEATH = re.compile(r"death|deceas|\bdec_|\bdod\b|underlying|\bucod\b|mortal|\bcod\b", re.IGNORECASE)


def recognise(peek: Peek) -> Recognised | None:
    """An underlying cause in ICD-10, by its heading and the codes under it, with a date, an age, a sex and a place."""
    sheet = peek.sheet
    # Admissions have diagnoses in ICD-10 too: a heading must speak of death.
    if sheet is None or not any(_OF_DEATH.search(heading) for heading in sheet.headings):
        return None
    if "deaths" in sheet.lowered() or is_plain(sheet.headings):
        return None
    columns = _columns(sheet.headings)
    if columns is None:
        return None
    place = sheet.headings.index(columns.category)
    sample = np.array([row[place] for row in sheet.rows if place < len(row)], dtype=np.str_)
    # A Parquet file shows no rows here: its headings must say by themselves that the cause is ICD-10's.
    if not (icd10.mostly_codes(sample) if len(sample) else "icd" in columns.category.lower()):
        return None
    where = columns.postcode or (columns.area.text if columns.area is not None else "")
    reason = f"record-level deaths: ICD-10 in “{columns.category}”, “{columns.date}”, “{columns.age}”, “{where}”"
    return Recognised("deaths", "Deaths", "", reason)


def _columns(headings: Sequence[str]) -> EventColumns | None:
    plain = {re.sub(r"[^a-z0-9]+", "_", heading.strip().lower()).strip("_"): heading for heading in headings if heading}

    def first(names: Sequence[str]) -> str:
        return next((plain[name] for name in names if name in plain), "")

    area = area_heading(headings, lambda text: text == first(_LSOA) and bool(text))
    postcode = "" if area is not None else first(_POSTCODE)
    found = EventColumns(first(_DATE), first(_SEX), first(_AGE), first(_CAUSE), postcode, area, first(_AGE_UNIT))
    needed = (found.date, found.sex, found.age, found.category, postcode or area)
    return found if all(needed) else None


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """The deaths, not yet placed (see `records_reading`); categories are `cause`, the broad group, and `chapter`."""
    sheet = peek.sheet
    assert sheet is not None
    columns = _columns(sheet.headings)
    assert columns is not None
    table = records_table(peek, columns)
    young = person.newborn(table, columns.age, columns.age_unit)
    index, texts = table.factor(columns.category)
    odd = np.array([bool(text) and not icd10.normal(text) for text in texts.tolist()])[index]
    if odd.any():
        table.problem("an underlying cause that is no code of ICD-10; kept without a cause", np.flatnonzero(odd))
    blank = (texts == "")[index] & ~young
    if blank.any():
        table.problem("no underlying cause; kept without a cause", np.flatnonzero(blank))
    causes = [icd10.cause(text) for text in texts.tolist()] + [icd10.cause(text, newborn=True) for text in texts]
    distinct = sorted(set(causes), key=lambda cause: (cause.group, cause.chapter))
    place = {cause: position for position, cause in enumerate(distinct)}
    category = np.array([place[cause] for cause in causes])[index + np.where(young, len(texts), 0)]
    groups = {
        "cause": np.array([cause.group for cause in distinct]),
        "chapter": np.array([cause.chapter for cause in distinct]),
    }
    table.note("Causes are kept by chapter of ICD-10 and by broad groups of them, no finer.")
    return records_reading(peek, options, table, columns, category, groups, found)
