"""Published files in, validated tables out: files are known by their content, never by their name."""

from collections.abc import Mapping
from pathlib import Path

from jsna_desktop.errors import FileProblem, UsageProblem
from jsna_desktop.sources import (
    boundaries,
    census,
    centroids,
    deprivation,
    indicators,
    lookups,
    population,
    postcodes,
    services,
    underlying,
)
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.reading import Options, Peek, ProgressCall, Recognised, Source, quiet

# The most specific first: a file is what the first reader that knows it says.
READERS: tuple[Source, ...] = (
    Source(("postcodes",), postcodes.recognise, postcodes.read),
    Source(("services",), services.recognise, services.read),
    Source(("centroids",), centroids.recognise, centroids.read),
    Source(("deprivation",), deprivation.recognise, deprivation.read),
    Source(("population",), population.recognise, population.read),
    Source(("census", "indicator"), census.recognise, census.read),
    Source(("indicator",), indicators.recognise, indicators.read),
    Source(("underlying", "indicator"), underlying.recognise, underlying.read),
    Source(("boundaries",), boundaries.recognise, boundaries.read),
    Source(("lookup",), lookups.recognise, lookups.read),
)
KINDS = tuple(dict.fromkeys(kind for reader in READERS for kind in reader.kinds))


def read(
    path: Path,
    *,
    kind: str | None = None,
    geography: str | None = None,
    column_map: Mapping[str, str] | None = None,
    progress: ProgressCall = quiet,
) -> Reading:
    """What the file at `path` holds, validated.

    `kind` (one of KINDS) limits the readers, `geography` settles which areas a file that does not say is about, and
    `column_map` gives plain headings the file's own (`{"area_code": "Area"}`). Raises FileProblem naming the file, row
    and column where there are any, and UsageProblem for a kind or a map that cannot be.
    """
    if kind is not None and kind not in KINDS:
        raise UsageProblem(f"there is no kind “{kind}”", expected="one of " + ", ".join(KINDS))
    peek = Peek(Path(path), column_map)
    reader, found = _recognise(peek, kind)
    progress(f"Reading {peek.where}: {found.title}", None)
    return reader.read(peek, found, Options(geography or "", progress))


def _recognise(peek: Peek, kind: str | None) -> tuple[Source, Recognised]:
    for reader in READERS:
        if kind is None or kind in reader.kinds:
            found = reader.recognise(peek)
            if found is not None:
                return reader, found
    raise FileProblem(
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
