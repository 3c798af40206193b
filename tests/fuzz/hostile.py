"""One hostile file from a seed: the strategy that each reader is tried with."""

from collections.abc import Callable

from hypothesis import strategies as st

from tests.fuzz import packed, shapes, tables
from tests.fuzz.seed import Seed
from tests.fuzz.seeds import SEEDS
from tests.fuzz.tables import Draw

tables.HEADINGS.extend(
    dict.fromkeys(
        heading
        for seeds in SEEDS.values()
        for seed in seeds
        if seed.rows and seed.header >= 0
        for heading in seed.rows[seed.header]
    )
)
_CHANGES: dict[str, Callable[[Draw, bytes], bytes]] = {
    "json": packed.json_changed,
    "xml": packed.xml_changed,
    "zip": packed.zip_changed,
    "gpkg": shapes.gpkg_changed,
    "geoparquet": shapes.geoparquet_changed,
    "bytes": packed.bytes_changed,
    "text": packed.bytes_changed,
}


@st.composite
def hostile(draw: Draw, seeds: tuple[Seed, ...]) -> tuple[Seed, dict[str, bytes], dict[str, str]]:
    """(the seed, name → content of the file made from it, options to read it with)."""
    seed = draw(st.sampled_from(seeds))
    options = dict(seed.options)
    if draw(st.integers(0, 9)) == 0:
        options["geography"] = draw(st.sampled_from(["lsoa2021", "lsoa2011", "ward", "district", "poetry"]))
    name, content = seed.name, b""
    if seed.form == "table":
        name, content = _table(draw, seed)
    else:
        content = _CHANGES[seed.form](draw, seed.content)
        if seed.form != "bytes" and draw(st.integers(0, 7)) == 0:
            content = packed.bytes_changed(draw, content)
        if not name.endswith(".zip") and draw(st.integers(0, 9)) == 0:
            content = packed.zipped({name: content}) if draw(st.booleans()) else packed.gz(draw, content)
    return seed, {name: content}, options


def _table(draw: Draw, seed: Seed) -> tuple[str, bytes]:
    rows = [list(row) for row in seed.rows]
    header = max(0, seed.header)
    if draw(st.integers(0, 5)):
        rows = tables.changed(draw, rows, seed.header)
    form = draw(st.sampled_from(["csv"] * 6 + ["odd csv"] * 3 + ["xlsx"] * 2 + ["parquet", "gz", "zip"]))
    if form == "xlsx":
        content = tables.as_xlsx(draw, rows)
        return "table.xlsx", packed.zip_changed(draw, content) if draw(st.booleans()) else content
    if form == "parquet":
        content = tables.as_parquet(draw, rows, header)
        return "table.parquet", packed.bytes_changed(draw, content) if draw(st.booleans()) else content
    content = tables.as_csv(draw, rows, plain=form != "odd csv")
    if draw(st.integers(0, 2)) == 0:
        content = packed.bytes_changed(draw, content)
    if form == "gz":
        content = packed.gz(draw, content)
        return "table.csv.gz", packed.bytes_changed(draw, content) if draw(st.booleans()) else content
    if form == "zip":
        content = packed.zipped({"table.csv": content})
        return "table.zip", packed.zip_changed(draw, content) if draw(st.booleans()) else content
    return "table.csv", content
