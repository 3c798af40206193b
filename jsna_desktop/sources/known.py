"""Who published a file, under which licence and with which words of attribution."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from jsna_desktop.errors import shown
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.dataset import Dataset, Problem
from jsna_desktop.sources.reading import Peek

OGL = "Open Government Licence v3.0"


@dataclass(frozen=True)
class Publisher:
    """Where a dataset is from, and the line that its licence asks for."""

    source: str
    licence: str
    attribution: str


ONS = Publisher(
    "Office for National Statistics", OGL, f"Source: Office for National Statistics licensed under the {OGL}."
)
ONS_GEOGRAPHY = Publisher(
    "Office for National Statistics",
    OGL,
    f"Source: Office for National Statistics licensed under the {OGL}. "
    "Contains OS data © Crown copyright and database right.",
)
MHCLG = Publisher(
    "Ministry of Housing, Communities and Local Government",
    OGL,
    f"Source: Ministry of Housing, Communities and Local Government. Licensed under the {OGL}.",
)
OCSI = Publisher(
    "Oxford Consultants for Social Inclusion (OCSI)",
    "Not stated in the file",
    "Source: Oxford Consultants for Social Inclusion, Community Needs Index.",
)
NHS = Publisher("NHS England, Organisation Data Service", OGL, f"Source: NHS England. Licensed under the {OGL}.")
ONS_POSTCODES = Publisher(
    "Office for National Statistics",
    OGL,
    f"Source: Office for National Statistics licensed under the {OGL}. Contains OS data © Crown copyright and database "
    "right. Contains Royal Mail data © Royal Mail copyright and database right.",
)
DFE = Publisher(
    "Department for Education, Get information about schools",
    OGL,
    f"Source: Department for Education. Licensed under the {OGL}.",
)
CQC = Publisher("Care Quality Commission", OGL, f"Source: Care Quality Commission. Licensed under the {OGL}.")
ORDNANCE_SURVEY = Publisher(
    "Ordnance Survey, Code-Point Open",
    OGL,
    "Contains OS data © Crown copyright and database right. Contains Royal Mail data © Royal Mail copyright and "
    "database right. Contains National Statistics data © Crown copyright and database right.",
)
OHID = Publisher(
    "Office for Health Improvement and Disparities",
    OGL,
    f"Source: Office for Health Improvement and Disparities, public health profiles. Licensed under the {OGL}.",
)
OS_OPEN_DATA = Publisher("Ordnance Survey, OS OpenData", OGL, "Contains OS data © Crown copyright and database right.")
OPENSTREETMAP = Publisher("OpenStreetMap", "Open Database License (ODbL) v1.0", "© OpenStreetMap contributors")
LOCAL = Publisher("", "", "")
FICTIONAL = Publisher("Fictional data", "", "Fictional data: it describes no real place and no real person.")


def describe(
    peek: Peek,
    *,
    id: str,
    title: str,
    kind: str,
    geography: str,
    period: str,
    publisher: Publisher,
    reason: str,
    codes: np.ndarray,
    problems: Sequence[Problem] = (),
    fictional: bool | None = None,
) -> Dataset:
    """The dataset of a file: its checksum and date are the file's; it is fictional where its codes are."""
    made_up = area_codes.fictional(codes) if fictional is None else fictional
    publisher = FICTIONAL if made_up else publisher
    return Dataset(
        id=id,
        title=shown(title),
        kind=kind,
        geography=geography,
        period=period,
        source=publisher.source,
        licence=publisher.licence,
        attribution=publisher.attribution,
        filename=shown(peek.path.name),
        reason=shown(reason),
        rows=len(codes),
        retrieved=_date_of(peek),
        checksum=peek.checksum,
        fictional=made_up,
        problems=tuple(problems),
    )


def _date_of(peek: Peek) -> str:
    """ISO date of the file; "" where its disk says one that no calendar has."""
    try:
        return datetime.fromtimestamp(peek.path.stat().st_mtime, UTC).date().isoformat()
    except (ValueError, OverflowError):
        return ""


def counted(number: int, one: str, many: str = "") -> str:
    """`1 feature`, `35,672 features`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: Sequence[str]) -> str:
    """`scores, ranks and deciles`."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
