"""Published files in, validated tables out: files are known by their content, never by their name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsna_desktop.errors import UnknownFile, UsageProblem
from jsna_desktop.sources import (
    assets,
    background,
    boundaries,
    census,
    centroids,
    deaths,
    deprivation,
    deprivation_areas,
    fingertips,
    indicators,
    local_health,
    lookups,
    midyear,
    mortality,
    nomis,
    onspd,
    osm,
    pictures,
    population,
    postcodes,
    rasters,
    records,
    roads,
    services,
    underlying,
    vintages,
)
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.reading import Box, Options, Peek, ProgressCall, Recognised, Source, Waits, quiet

# The most specific first: a file is what the first reader that knows it says.
READERS: tuple[Source, ...] = (
    Source(("postcodes",), postcodes.recognise, postcodes.read),
    Source(("postcodes",), onspd.recognise, onspd.read),
    Source(("roads",), roads.recognise, roads.read, clipped=True),
    Source(("roads",), osm.recognise, osm.read, clipped=True),
    Source(("background",), pictures.recognise, pictures.read, clipped=True),
    Source(("background",), background.recognise, background.read, clipped=True),
    Source(("raster",), rasters.recognise, rasters.read, clipped=True),
    Source(("services",), services.recognise, services.read),
    Source(("assets",), assets.recognise, assets.read),
    Source(("centroids",), centroids.recognise, centroids.read),
    Source(("deprivation",), deprivation.recognise, deprivation.read),
    Source(("deprivation",), deprivation_areas.recognise, deprivation_areas.read),
    Source(("fingertips", "indicator"), fingertips.recognise, fingertips.read),
    Source(("local_health", "indicator"), local_health.recognise, local_health.read),
    Source(("census", "indicator", "population"), nomis.recognise, nomis.read),
    Source(("population",), midyear.recognise, midyear.read),
    Source(("population",), population.recognise, population.read),
    Source(("deaths",), deaths.recognise, deaths.read),
    Source(("deaths",), mortality.recognise, mortality.read),
    Source(("events",), records.recognise, records.read),
    Source(("census", "indicator"), census.recognise, census.read),
    Source(("indicator",), indicators.recognise, indicators.read),
    Source(("underlying", "indicator"), underlying.recognise, underlying.read),
    Source(("boundaries",), boundaries.recognise, boundaries.read),
    Source(("lookup",), vintages.recognise, vintages.read),
    Source(("lookup",), lookups.recognise, lookups.read),
    Source(("background",), background.recognise_any, background.read, clipped=True),
)
KINDS = tuple(dict.fromkeys(kind for reader in READERS for kind in reader.kinds))


def read(
    path: Path,
    *,
    kind: str | None = None,
    geography: str | None = None,
    column_map: Mapping[str, Any] | None = None,
    progress: ProgressCall = quiet,
    box: Box | None = None,
    wait: bool = False,
) -> Reading:
    """What the file at `path` holds, validated.

    `kind` (one of KINDS) limits the readers, `geography` settles which areas a file that does not say is about, and
    `column_map` gives plain headings the file's own (`{"area_code": "Area"}`), and more (`column_map.py`). `box` is
    what roads, rasters and backgrounds are clipped to. Raises FileProblem naming the file, row and column where there
    are any, UsageProblem for a kind or a map that cannot be, and with `wait` Waits for a file that is to be clipped.
    """
    peek = Peek(Path(path), column_map)
    kind, geography = kind or peek.map.kind or None, geography or peek.map.geography
    if kind is not None and kind not in KINDS:
        raise UsageProblem(f"there is no kind “{kind}”", expected="one of " + ", ".join(KINDS))
    reader, found = _recognise(peek, kind)
    if wait and reader.clipped:
        raise Waits(found.title)
    progress(f"Reading {peek.where}: {found.title}", None)
    reading = reader.read(peek, found, Options(geography or "", progress, box))
    peek.check_unchanged()
    return reading


def _recognise(peek: Peek, kind: str | None) -> tuple[Source, Recognised]:
    for reader in READERS:
        if kind is None or kind in reader.kinds:
            found = reader.recognise(peek)
            if found is not None:
                return reader, found
    raise UnknownFile(
        "this is no kind of file that is known" if kind is None else f"this cannot be read as {kind}",
        where=peek.where,
        found=_seen(peek),
        expected="boundaries, a lookup, a published table, or a plain table with the headings of the guide",
        todo="Give its columns the plain headings, by hand or by a column map",
    )


def _seen(peek: Peek) -> str:
    sheet = peek.sheet
    if sheet is None:
        return f"a {peek.form} file"
    headings = [heading for heading in sheet.headings if heading]
    shown = ", ".join(heading[:40] for heading in headings[:12])
    return f"columns {shown}" + (" …" if len(headings) > 12 else "")
