"""ICD-10 underlying causes of death: their chapter, and a broad group.

Chapters are those of WHO's tenth revision. The groups are the chapters that most people die of, and WHO's codes
of COVID-19. They resemble those of OHID's *Segment Tool*, whose list of codes could not be seen, and are not called so.
Deaths under 28 days have no underlying cause in English registrations and are a group of their own.
"""

import re
from dataclasses import dataclass

import numpy as np

_CODE = re.compile(r"([A-Z])(\d\d)\.?([0-9X])?[A-Z0-9]?")
NOT_STATED = "Not stated"
NEONATAL = "Deaths under 28 days"
OTHER = "Other"

# (first, last, words): codes of three characters, both ends included.
CHAPTERS = (
    ("A00", "B99", "Certain infectious and parasitic diseases"),
    ("C00", "D48", "Neoplasms"),
    ("D50", "D89", "Diseases of the blood and certain disorders of the immune mechanism"),
    ("E00", "E90", "Endocrine, nutritional and metabolic diseases"),
    ("F00", "F99", "Mental and behavioural disorders"),
    ("G00", "G99", "Diseases of the nervous system"),
    ("H00", "H59", "Diseases of the eye"),
    ("H60", "H95", "Diseases of the ear"),
    ("I00", "I99", "Diseases of the circulatory system"),
    ("J00", "J99", "Diseases of the respiratory system"),
    ("K00", "K93", "Diseases of the digestive system"),
    ("L00", "L99", "Diseases of the skin"),
    ("M00", "M99", "Diseases of the musculoskeletal system"),
    ("N00", "N99", "Diseases of the genitourinary system"),
    ("O00", "O99", "Pregnancy, childbirth and the puerperium"),
    ("P00", "P96", "Certain conditions originating in the perinatal period"),
    ("Q00", "Q99", "Congenital malformations and chromosomal abnormalities"),
    ("R00", "R99", "Symptoms and ill-defined conditions"),
    ("S00", "T98", "Injury and poisoning"),
    ("U00", "U99", "Codes for special purposes"),
    ("V01", "Y98", "External causes"),
    ("Z00", "Z99", "Factors influencing health status"),
)
# Alzheimer's disease (G30) stays with the nervous system, as in WHO's chapters, apart from the dementias of chapter V.
# U50.9 is an external cause whose inquest was adjourned, used in England until 2006.
GROUPS = (
    ("U07.1", "U07.2", "COVID-19"),
    ("U09.9", "U09.9", "COVID-19"),
    ("U10.9", "U10.9", "COVID-19"),
    ("U50.9", "U50.9", "External causes"),
    ("I00", "I99", "Circulatory"),
    ("C00", "D48", "Cancer"),
    ("J00", "J99", "Respiratory"),
    ("K00", "K93", "Digestive"),
    ("F00", "F99", "Mental and behavioural"),
    ("V01", "Y98", "External causes"),
)


@dataclass(frozen=True)
class Cause:
    """A code as it is grouped: `chapter` such as `I00-I99`, and the broad `group`."""

    chapter: str
    group: str


def normal(text: str) -> str:
    """`i21.9`, `I219` → `I21.9`; `C34` and `C34X` → `C34`; "" where it is no code of ICD-10."""
    match = _CODE.fullmatch(text.strip().upper())
    if match is None:
        return ""
    fourth = match[3] or ""
    return match[1] + match[2] + (f".{fourth}" if fourth.isdigit() else "")


def cause(text: str, *, newborn: bool = False) -> Cause:
    """What a cell of underlying causes is grouped as; a blank of a newborn (under 28 days) is what registrations give.

    A cell that is neither blank nor a code is `Not stated` in both.
    """
    code = normal(text)
    if newborn:
        return Cause(_within(code, CHAPTERS, chapters=True) if code else NOT_STATED, NEONATAL)
    if not code:
        return Cause(NOT_STATED, NOT_STATED)
    return Cause(_within(code, CHAPTERS, chapters=True) or NOT_STATED, _within(code, GROUPS) or OTHER)


def _within(code: str, ranges: tuple[tuple[str, str, str], ...], *, chapters: bool = False) -> str:
    for first, last, words in ranges:
        # A range of three characters holds every code below them: `I99.9` lies in I00-I99.
        if first <= code[: len(first)] and code[: len(last)] <= last:
            return f"{first}-{last}" if chapters else words
    return ""


def mostly_codes(cells: np.ndarray, least: float = 0.5) -> bool:
    """Whether more than `least` of the filled cells (n,) are codes of ICD-10."""
    filled = [text for text in cells.tolist() if text.strip()]
    return bool(filled) and sum(bool(normal(text)) for text in filled) > least * len(filled)


def span(text: str) -> tuple[str, str] | None:
    """First and last code of `C34`, `C34.1` or `C00-C97`; None where it is neither a code nor a range of codes."""
    first, _, last = text.replace("–", "-").partition("-")
    ends = normal(first), normal(last or first)
    return (ends[0], ends[1] + "~") if all(ends) else None
