"""Area codes and the headings above them: which geography a column holds, and of which census.

Codes are the Office for National Statistics' nine characters; X is the fictional demonstration county's letter.
"""

import re
from dataclasses import dataclass

import numpy as np

from jsna_desktop.sources.cells import slug

# From the smallest areas to the largest: where a file has several code columns, its rows are the first of these.
ORDER = (
    "oa", "lsoa", "msoa", "parish", "ward", "community_area", "built_up_area", "district", "upper_tier", "sub_icb",
    "icb", "nhs_region", "region", "nation",
)  # fmt: skip
# Levels whose every code begins alike, so that a column of another level's codes is a mistake. Others are mixed (a
# county may be a unitary authority, a parish an area without one) or a council's own.
ALIKE = ("oa", "lsoa", "msoa", "ward", "district", "region", "nation")
_KINDS = {"00": "oa", "01": "lsoa", "02": "msoa", "05": "ward"} | dict.fromkeys(("06", "07", "08", "09"), "district")
_WIDE = {
    "E12": "region", "X12": "region", "E92": "nation", "W92": "nation", "X92": "nation", "K04": "nation",
    "E10": "upper_tier", "E04": "parish", "W04": "parish", "E43": "parish", "E63": "built_up_area",
    "E38": "sub_icb", "E54": "icb", "E40": "nhs_region",
}  # fmt: skip
_CENSUS_AREAS = ("oa", "lsoa", "msoa")
# The last codes of the 2011 LSOAs (ONS Register of Geographic Codes): any later one was made for 2021.
_LAST_2011 = {"E": "E01033768", "W": "W01001958"}
_LEVELS = {
    "oa": "oa", "lsoa": "lsoa", "msoa": "msoa", "wd": "ward", "ward": "ward", "lad": "district", "ltla": "district",
    "la": "district", "rgn": "region", "region": "region", "ctry": "nation", "country": "nation", "utla": "upper_tier",
    "cty": "upper_tier", "ctyua": "upper_tier", "ca": "community_area", "district": "district", "par": "parish",
    "parncp": "parish", "parish": "parish", "bua": "built_up_area", "icb": "icb", "sicbl": "sub_icb",
    "nhser": "nhs_region",
}  # fmt: skip
_SHORT = re.compile(r"([a-z]+?)_?(\d\d)?_?(cd|code|nm|name)(_active)?")
_WORDS = (
    ("lower layer super output area", "lsoa"), ("lower super output area", "lsoa"),
    ("middle layer super output area", "msoa"), ("middle super output area", "msoa"), ("output area", "oa"),
    ("lower tier local authority", "ltla"), ("upper tier local authority", "utla"),
    ("local authority district", "lad"), ("local authority", "lad"), ("community area", "ca"),
    ("electoral ward", "ward"),
)  # fmt: skip


@dataclass(frozen=True)
class Heading:
    """What a heading says of its column: `level` (`lsoa`, `district`, a slug where unknown), code or name, vintage.

    `vintage` is a year or 0; `geography` is the id of contract.md, without a census year where it does not say.
    """

    text: str
    level: str
    part: str  # "code" or "name"
    vintage: int = 0

    @property
    def geography(self) -> str:
        return f"{self.level}{self.vintage}" if self.level in _CENSUS_AREAS and self.vintage else self.level


def heading(text: str) -> Heading | None:
    """What the heading of a column of area codes or names says; None for any other heading.

    Understood: `LSOA21CD`, `lsoa21_code`, `LSOA code (2021)`, `LSOA 2021 name`, `LA Code (2021 boundaries)`,
    `LADCD_ACTIVE`, `ltla24_code`.
    """
    plain = text.strip().lower()
    for words, short in _WORDS:
        plain = plain.replace(words, short)
    match = _SHORT.fullmatch(plain)
    if match:
        unknown = match[1] not in _LEVELS
        if unknown and (match[3] in ("code", "name") or len(match[1]) < 2 or match[1] in ("post", "area")):
            return None
        year = 2000 + int(match[2]) if match[2] else 0
        return Heading(text, _LEVELS.get(match[1], slug(match[1])), _part(match[3]), year)
    words = re.findall(r"[a-z]+|\d{4}", plain)
    if not words or words[0] not in _LEVELS or not {"code", "name", "cd", "nm"} & set(words[1:]) or len(words) > 5:
        return None
    part = "code" if {"code", "cd"} & set(words) else "name"
    year = next((int(word) for word in words if word.isdigit()), 0)
    return Heading(text, _LEVELS[words[0]], part, year)


def _part(word: str) -> str:
    return "code" if word in ("cd", "code") else "name"


def well_formed(codes: np.ndarray) -> np.ndarray:
    """Which codes (n,) have nine characters, a letter of E, W, X, K, S, N and eight digits: boolean (n,)."""
    signs = _signs(codes)
    if signs.shape[1] < 9:
        return np.zeros(len(codes), dtype=bool)
    # Unsigned: what lies below 0 wraps round to far above 9.
    digits = (signs[:, 1:9] - np.uint32(48) < 10).all(axis=1)
    letters = np.logical_or.reduce([signs[:, 0] == ord(letter) for letter in "EWXKSN"])
    return digits & letters & ~signs[:, 9:].any(axis=1)


def _signs(codes: np.ndarray) -> np.ndarray:
    """The characters of codes (n,) as numbers (n, width), 0 behind the end of a code."""
    width = codes.dtype.itemsize // 4
    return np.ascontiguousarray(codes).view(np.uint32).reshape(len(codes), width)


def upper(codes: np.ndarray) -> np.ndarray:
    """Codes (n,) in capitals; most are already, and NumPy's `upper` is slow."""
    signs = np.ascontiguousarray(codes).view(np.uint32)
    return np.char.upper(codes) if ((signs >= 97) & (signs <= 122)).any() else codes


def tidy(codes: np.ndarray) -> np.ndarray:
    """Codes (n,) in capitals, without the spaces that people put into long ones; other words keep theirs."""
    codes = upper(codes)
    spaced = (_signs(codes) == 32).any(axis=1)
    if spaced.any():
        closed = np.char.replace(codes[spaced], " ", "")
        codes = codes.copy()
        codes[spaced] = np.where(well_formed(closed), closed, codes[spaced])
    return codes


def levels(codes: np.ndarray) -> np.ndarray:
    """The level of each code (n,) by its first three characters; "" where it is not an area code known here."""
    prefixes, index = np.unique(codes.astype("U3"), return_inverse=True)
    found = [_level(prefix) for prefix in prefixes.tolist()]
    return np.where(well_formed(codes), np.array(found)[index] if len(codes) else "", "")


def _level(prefix: str) -> str:
    return _WIDE.get(prefix) or (_KINDS.get(prefix[1:], "") if prefix[:1] in ("E", "W", "X") else "")


def main_level(codes: np.ndarray, least: float = 0.5) -> str:
    """The level that more than `least` of the codes (n,) have; "" where there is none."""
    if not len(codes):
        return ""
    firsts = _signs(codes)[:, :3]
    if (firsts == firsts[0]).all():
        # One level, as in most tables: no need to tell the codes apart.
        return _level(str(codes[0])[:3]) if well_formed(codes).mean() > max(least, 0.5) else ""
    found, counts = np.unique(levels(codes), return_counts=True)
    best = int(counts.argmax())
    return str(found[best]) if counts[best] > least * len(codes) else ""


def settle(geography: str, codes: np.ndarray) -> str:
    """`lsoa` settled to `lsoa2021` where a code is newer than the 2011 census; otherwise as it was.

    The fictional county has areas of 2021 alone.
    """
    if geography in _CENSUS_AREAS and fictional(codes):
        return f"{geography}2021"
    if geography != "lsoa":
        return geography
    for letter, last in _LAST_2011.items():
        own = codes[codes.astype("U3") == f"{letter}01"]
        if (own > last).any():
            return "lsoa2021"
    return geography


def level_of(geography: str) -> str:
    """`lsoa2021` → `lsoa`."""
    return geography.rstrip("0123456789") if geography.startswith(_CENSUS_AREAS) else geography


def words(geography: str) -> str:
    """`lsoa2021` → `LSOA 2021`, for titles."""
    level = level_of(geography)
    names = {
        "district": "Local authority", "upper_tier": "Upper-tier authority", "icb": "ICB", "sub_icb": "Sub-ICB",
        "nhs_region": "NHS region", "built_up_area": "Built-up area", "": "Area",
    }  # fmt: skip
    name = level.upper() if level in _CENSUS_AREAS else names.get(level, level.replace("_", " ").capitalize())
    return f"{name} {geography[len(level) :]}".strip()


def fictional(codes: np.ndarray) -> bool:
    """Whether the areas are the demonstration county's: codes that begin with X."""
    return bool(len(codes)) and bool((codes.astype("U1") == "X").mean() > 0.5)
