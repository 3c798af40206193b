"""Organisations of the NHS: the reports of the Organisation Data Service (ODS), published without a heading.

All have 27 columns (ODS, *CSV file downloads*): 1 code, 2 name, 5–9 address, 10 postcode, 11 opened, 12 closed,
13 status (A active, C closed, D dormant, P proposed; ACTIVE or INACTIVE from Data Search and Export), 14 sub-type,
15 parent, 26 prescribing setting of `epraccur` (4 = GP practice; as a role, RO76). Which report a file is, its codes
tell.
"""

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import known, places
from jsna_desktop.sources.dataset import Dataset, Problem, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.sheets import Sheet
from jsna_desktop.sources.table import Table

_WIDTH = 27
_CODE, _NAME, _ADDRESS, _POSTCODE, _CLOSED, _STATUS, _TYPE, _PARENT, _LEFT, _SETTING = (
    0, 1, range(4, 9), 9, 11, 12, 13, 14, 16, 25,
)  # fmt: skip
_USED = (_CODE, _NAME, *_ADDRESS, _POSTCODE, _CLOSED, _STATUS, _TYPE, _PARENT, _LEFT, _SETTING)
_OPEN = ("A", "ACTIVE")
_STATUSES = ("A", "C", "D", "P", "ACTIVE", "INACTIVE", "")
_DATE = re.compile(r"(\d{8}|\d{4}-\d\d-\d\d)?")
_SETTINGS = re.compile(r"\d{1,2}|RO\d+(\|RO\d+)*")
# Sub-types of `edispensary` that send appliances by post, with no counter to go to.
_NO_PHARMACY = ("2", "RO94")


@dataclass(frozen=True)
class _Report:
    """One report: what its places are called, and what its codes look like."""

    file: str
    title: str
    service: str
    one: str
    many: str
    code: re.Pattern[str]


_PRACTICES = _Report("epraccur", "GP practices", "gp", "practice", "practices", re.compile("[A-Z0-9]{5,6}"))
_PHARMACIES = _Report("edispensary", "Pharmacies", "pharmacy", "pharmacy", "pharmacies", re.compile("F[A-Z0-9]{4}"))
_DOCTORS = _Report("egpcur", "GPs by practice", "general_practitioner", "GP", "GPs", re.compile(r"G\d{7}"))
_BRANCHES = _Report(
    "ebranchs", "GP branch surgeries", "gp_branch", "branch surgery", "branch surgeries", re.compile(r"[A-Z]\d{8}")
)
_HOSPICES = _Report("ehospice", "Hospices", "hospice", "hospice", "hospices", re.compile("[A-Z0-9]{3,6}"))
_BY_CODE = (
    _PHARMACIES,
    _DOCTORS,
    _BRANCHES,
    _Report("egdpprac", "Dental practices", "dentist", "dental practice", "dental practices", re.compile(r"V\d{5,6}")),
    _Report("ets", "NHS trust sites", "nhs_site", "site", "sites", re.compile("R[A-Z0-9]{4}")),
    _Report("etr", "NHS trusts", "nhs_trust", "trust", "trusts", re.compile("R[A-Z0-9]{2}")),
)  # fmt: skip
_REPORTS = {report.file: report for report in (_PRACTICES, _HOSPICES, *_BY_CODE)}


def recognise(peek: Peek) -> Recognised | None:
    """27 columns and no heading: a code first, a postcode tenth, a date of opening, a status thirteenth."""
    sheet = peek.sheet
    if sheet is None or peek.form != "text":
        return None
    rows = [row for row in sheet.raw if any(row)]
    if not rows or sum(map(_looks_right, rows)) < 0.8 * len(rows):
        return None
    report = _report(rows, sheet)
    if report is None:
        raise FileProblem(
            "this is a report of the NHS Organisation Data Service that is not known",
            where=peek.where,
            found="codes " + ", ".join(row[_CODE][:12] for row in rows[:3]),
            expected="one of " + ", ".join(sorted(_REPORTS)),
            todo="Give it the headings name, service, postcode, and leave out what is closed",
        )
    reason = f"NHS ODS {report.file}: {_WIDTH} columns without a heading, codes such as {rows[0][_CODE]}"
    return Recognised("services", report.title, "", reason, {"report": report.file})


def _looks_right(row: tuple[str, ...]) -> bool:
    return (
        len(row) == _WIDTH
        and re.fullmatch(r"[A-Z0-9]{3,10}", row[_CODE]) is not None
        and row[_STATUS].upper() in _STATUSES
        and all(_DATE.fullmatch(row[place]) for place in (_CLOSED - 1, _CLOSED))
        and (not row[_POSTCODE] or places.normal_postcode(row[_POSTCODE]) != "")
    )


def _report(rows: list[tuple[str, ...]], sheet: Sheet) -> _Report | None:
    def share(fits: list[bool]) -> float:
        return sum(fits) / len(rows)

    if share([bool(_SETTINGS.fullmatch(row[_SETTING])) for row in rows if len(row) == _WIDTH]) >= 0.8:
        return _PRACTICES
    for report in _BY_CODE:
        if share([bool(report.code.fullmatch(row[_CODE])) for row in rows]) >= 0.8:
            return report
    return _HOSPICES if share([len(row) > _NAME and "HOSPICE" in row[_NAME].upper() for row in rows]) > 0.5 else None


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Open organisations: codes, names, postcodes, addresses; all others are left out and counted.

    Of `epraccur` only prescribing setting 4, general practices; of `egpcur` how many GPs each practice has.
    """
    report = _REPORTS[found.details["report"]]
    table = _table(peek)
    problems = _keep_open(table, report, peek)
    if not len(table):
        raise FileProblem(f"the file has no open {report.one}", where=peek.where, todo="Choose another file")
    return (
        _doctors(peek, found, table, problems) if report is _DOCTORS else _sites(peek, found, table, problems, report)
    )


def _table(peek: Peek) -> Table:
    import pandas as pd

    try:
        frame = pd.read_csv(
            io.BytesIO(peek.content), header=None, names=list(range(_WIDTH)), dtype=str, encoding=peek.encoding,
            keep_default_na=False, usecols=list(_USED), skip_blank_lines=False, encoding_errors="replace",
        )  # fmt: skip
    # ValueError: a row wider than all these files are.
    except (pd.errors.ParserError, ValueError) as error:
        raise peek.damaged("the table", error) from error
    frame.columns = [str(column) for column in frame.columns]
    table = Table(frame, 1, peek.where)
    table.keep(table.text(str(_CODE)) != "")
    return table


def _keep_open(table: Table, report: _Report, peek: Peek) -> list[Problem]:
    """Leave out what is closed and what is of another kind; what was left out, in words."""
    is_open, own = _is_open(table, peek), _own(table, report)
    kept = is_open & own
    if kept.all():
        return []
    closed, others = int((~is_open & own).sum()), int((~own).sum())
    table.keep(kept)
    parts = [f"{closed:,} {report.many} that are closed, dormant or proposed"] if closed or report is _PRACTICES else []
    if others or report is _PRACTICES:
        parts.append(f"{others:,} {_others(report)}")
    return [Problem(f"{', and '.join(parts)}, left out", closed + others)]


def _is_open(table: Table, peek: Peek) -> np.ndarray:
    status = np.char.upper(table.text(str(_STATUS)))
    closed_on = np.char.replace(table.text(str(_CLOSED)), "-", "")
    # Reports without a status (branches, sites) go by the date of closing, which may lie ahead.
    today = datetime.fromtimestamp(peek.path.stat().st_mtime, UTC).strftime("%Y%m%d")
    return np.where(status == "", (closed_on == "") | (closed_on > today), np.isin(status, _OPEN))


def _own(table: Table, report: _Report) -> np.ndarray:
    """Which rows are of the report's own kind."""
    if report is _PRACTICES:
        settings = table.text(str(_SETTING)).tolist()
        return np.array([text == "4" or "RO76" in text.split("|") for text in settings], dtype=bool)
    if report is _PHARMACIES:
        return ~np.isin(table.text(str(_TYPE)), _NO_PHARMACY)
    if report is _DOCTORS:
        return (table.text(str(_PARENT)) != "") & (table.text(str(_LEFT)) == "")
    return np.ones(len(table), dtype=bool)


def _others(report: _Report) -> str:
    if report is _PRACTICES:
        return "places that are no general practice"
    return "GPs who belong to no practice" if report is _DOCTORS else "appliance contractors"


def _described(
    peek: Peek, report: _Report, codes: np.ndarray, postcode: np.ndarray, reason: str, problems: list[Problem]
) -> Dataset:
    return known.describe(
        peek,
        id=f"services.{report.service}",
        title=report.title,
        kind="services",
        geography="",
        period="",
        publisher=known.NHS,
        reason=reason,
        codes=codes,
        problems=problems,
        fictional=places.fictional(postcode),
    )


def _sites(peek: Peek, found: Recognised, table: Table, problems: list[Problem], report: _Report) -> Reading:
    codes = table.text(str(_CODE))
    postcode = places.postcodes(table, str(_POSTCODE))
    where = places.nowhere(len(codes))
    places.without_place(table, report.one, codes, postcode, where)
    places.check_once(table, codes, report.one)
    counted = known.counted(len(codes), f"open {report.one}", f"open {report.many}")
    if report is _PRACTICES:
        counted = known.counted(len(codes), "open general practice")
    dataset = _described(peek, report, codes, postcode, f"{found.reason}: {counted}", [*problems, *table.problems])
    address = places.joined(table, [str(column) for column in _ADDRESS])
    columns = places.columns(np.full(len(codes), report.service), postcode, where, address=address)
    return Reading(dataset, codes, columns, table.text(str(_NAME)))


def _doctors(peek: Peek, found: Recognised, table: Table, problems: list[Problem]) -> Reading:
    """How many GPs each practice has; who they are is not kept."""
    places.check_once(table, table.text(str(_CODE)), "GP")
    all_postcodes = places.postcodes(table, str(_POSTCODE))
    addresses = places.joined(table, [str(column) for column in _ADDRESS])
    codes, first, count = np.unique(table.text(str(_PARENT)), return_index=True, return_counts=True)
    postcode = all_postcodes[first]
    where = places.nowhere(len(codes))
    reason = f"{found.reason}: {known.counted(len(table), 'GP')} in {known.counted(len(codes), 'practice')}"
    told = [*problems, *table.problems, Problem("GPs are counted by practice; their names are not kept")]
    dataset = _described(peek, _DOCTORS, codes, postcode, reason, told)
    service = np.full(len(codes), _DOCTORS.service)
    capacity = count.astype(np.float64)
    return Reading(
        dataset,
        codes,
        places.columns(service, postcode, where, capacity=capacity, address=addresses[first]),
        np.char.add("Practice ", codes),
    )
