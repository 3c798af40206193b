"""How the figures of access are made, for whoever asks: method, speeds, groups, limits, edge, what is left out."""

from collections.abc import Sequence

from jsna_desktop.areas.roads import DRIVE, WALK
from jsna_desktop.areas.speeds import read_speeds
from jsna_desktop.jobs import access_words
from jsna_desktop.jobs.access import Access
from jsna_desktop.jobs.access_rows import left_out, may_be_nearer, method

_DRIVEN = {"motorway": "motorways", "a": "A roads", "b": "B roads", "minor": "minor roads", "local": "local streets"}


def how_made(made: Access, row: dict, *, hidden: bool) -> tuple[tuple[str, str], ...]:
    """Headings and texts on a place's `row`; `hidden` where no number of it may be shown."""
    mode, unit = made.prepared.mode, made.prepared.unit
    limits = ", ".join(f"{limit:g}" for limit in made.limits)
    found = [
        ("Method", f"{_sentence(method(made))} Half live within the median, 9 in 10 within the 90th percentile."),
        ("Speeds", _speeds(mode)),
        ("Groups", "Fifths of deprivation are of residents of the place itself, by its small areas’ ranks; ages and "
                   "urban and rural parts are told where data by small area tell them."),
        ("Limits", f"{limits} {unit}. A journey as long as the limit is within it."),
    ]  # fmt: skip
    if not hidden and row["mean"] is not None:
        edge = [one.replace("edge: may", "another may") for one in may_be_nearer(row["edge_share"] or 0.0)]
        lost = left_out(row["unrouted_share"] or 0.0)
        nearest = access_words.one(made.services.service)
        found += [
            ("Edge", _said(edge) or f"Nobody lives nearer to the edge of what is loaded than to {nearest}."),
            ("Left out", _said(lost) or "Every resident has a known way."),
        ]
    if not hidden and made.notes:
        found.append(("To be known", _said(made.notes)))
    return tuple((heading, text) for heading, text in found if text)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _said(parts: Sequence[str]) -> str:
    return " ".join(_sentence(one) for one in parts)


def _speeds(mode: str) -> str:
    speeds = read_speeds()
    if mode == WALK:
        return f"{speeds.walk:g} km an hour on every road and path but motorways; hills and crossings are not counted."
    if mode != DRIVE:
        return ""
    told = [f"{called} {speeds.drive[name]:g}" for name, called in _DRIVEN.items()]
    return (
        f"By class of road and form of way, among them {', '.join(told)} km an hour; without traffic, parking or "
        "waiting. Not everybody can drive."
    )
