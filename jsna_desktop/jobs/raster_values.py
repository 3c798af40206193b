"""The value of a raster for every small area, where its people live, kept as an indicator's ordinary column.

The mean of what a raster measures; of one whose numbers are classes, the share of residents in each of them.

Made once, whenever what it rests on has changed (rasters, boundaries, postcodes, population grids: `_basis`), and kept
with the raster: what reads indicators – profile, map, pack, gradient – then needs to know nothing of rasters. Weights
inside an area are those of methods.md 2 and 6: people on a population grid, else its live postcodes, else its land.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.areas.lived_in import LivedIn
from jsna_desktop.errors import WorkspaceProblem
from jsna_desktop.indicator import COUNT, MODELLED, Indicator
from jsna_desktop.jobs import people_inside
from jsna_desktop.jobs.figures import RESIDENTS, WITHOUT
from jsna_desktop.jobs.grid_windows import GridWindows
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.raster_within import BY_GRID, BY_LAND, BY_POSTCODES, NOTHING, of_raster, where_people_live
from jsna_desktop.sources.raster_classes import Classes, class_numbers, classes_of
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

GROUP = "Environment"
POPULATION = "raster.population"
_COLUMN = "mean"
# Raised when values come out otherwise than before: kept ones are then made again.
_MADE = "2"
_LOW_GOOD = ("raster.pm25", "raster.pm10", "raster.no2", "raster.flood", "raster.noise")
_HIGH_GOOD = ("raster.green",)
# Of BY_GRID and the others.
_WORDS = ("", "the people on the population grid", "its live postcodes", "its land")
_AT_ONCE = 256
# What adding up leaves of a share of residents for whom there is no value.
ROUNDING = 1e-9


@dataclass(frozen=True)
class AreaValues:
    """The values (n, m) of a raster for each area, NaN where it has none: its mean, or the share (%) of each class.

    For which share (n,) of the area's residents there is none; by what (n,) its cells were weighted: NOTHING, BY_GRID,
    BY_POSTCODES, BY_LAND.
    """

    values: np.ndarray
    without: np.ndarray
    by: np.ndarray


def value_rasters(store: Store) -> list[tuple[int, str, str, str, str]]:
    """(key, id, title, period, file name) of the rasters in use that measure something; grids of people are weights."""
    return store.all(
        "SELECT d.key, d.id, d.title, d.period, d.filename FROM dataset d JOIN grid g ON g.dataset = d.key "
        "WHERE d.kind = 'raster' AND d.replaced_by IS NULL AND d.id != ? AND d.id NOT LIKE ? ORDER BY d.key",
        [POPULATION, f"{POPULATION}.%"],
    )


def keep_raster_values(store: Store, progress: Progress | None = None) -> list[str]:
    """Make the values of every raster that has none, or none of today; the ids of the indicators that are new.

    Joins the caller's transaction, where there is one.
    """
    rasters = value_rasters(store)
    if not rasters:
        return []
    progress = progress or Progress()
    geo = _geography(store)
    grids = open_grids(store)
    made, outlines, lived = [], None, None
    for key, indicator in _indicators(store, rasters, geo):
        basis = _basis(store, geo, grids, indicator)
        if catalogue.table(store, key, "basis").get("basis", np.array([""])).tolist() == [basis]:
            continue
        classes = classes_in(store, key, indicator) if geo else None
        if not geo or (classes is not None and (classes.too_many or not len(classes.given))):
            with store.transaction():
                catalogue.keep_values(store, key, None, {}, (), basis)
            continue
        if outlines is None:
            outlines, lived = Outlines.of(store, geo), people_inside.lived_in(store)
        assert outlines is not None
        found = area_values(store, key, outlines, lived, grids, progress, classes)
        indicator = replace(indicator, caveat=_weighted_within(found.by))  # noqa: PLW2901 - now it is known
        told = [indicator] if classes is None else _of_classes(indicator, classes)
        columns = {}
        for one, values in zip(told, found.values.T, strict=True):
            columns[str(one.value)] = values
            if found.without.any():
                columns[f"{one.value}{WITHOUT}"] = found.without
        with store.transaction():
            catalogue.keep_values(store, key, outlines.dataset, columns, told, basis, _kept(classes))
        made += [one.id for one in told]
    return made


def bring_up_to_date(store: Store, progress: Progress | None = None) -> None:
    """As `keep_raster_values` for a workspace that is being opened: an older program may have changed it."""
    if store.read_only:
        return
    try:
        keep_raster_values(store, progress)
    except WorkspaceProblem:
        # Another program is writing: the workspace can still be read, and the values made when it is opened again.
        return


def area_values(
    store: Store,
    key: int,
    outlines: Outlines,
    lived: LivedIn | None,
    grids: Sequence[int] = (),
    progress: Progress | None = None,
    classes: Classes | None = None,
) -> AreaValues:
    """The values of one raster (by key) for the areas (n,) of `outlines`; with `classes` the share in each of them.

    An area is weighted as `where_people_live` has it. Cells without a value are left out.
    """
    progress = progress or Progress()
    people = [GridWindows(store, grid) for grid in grids]
    raster = of_raster(store, key, classes)
    n = len(outlines.codes)
    found = AreaValues(np.full((n, raster.columns), np.nan), np.zeros(n), np.full(n, NOTHING, dtype=np.int8))
    west, south, east, north = raster.bounds
    b = outlines.bounds
    near = np.flatnonzero((b[:, 0] < east) & (b[:, 2] > west) & (b[:, 1] < north) & (b[:, 3] > south))
    # From north to south: what lies side by side is on the same tiles.
    near = near[np.argsort(-b[near, 3], kind="stable")]
    for start in range(0, len(near), _AT_ONCE):
        progress("Working out the raster’s value for every area", start / len(near))
        some = near[start : start + _AT_ONCE]
        for place, shape in zip(some.tolist(), outlines.shapes(some), strict=True):
            found.values[place], without, found.by[place] = where_people_live(raster, people, lived, place, shape)
            found.without[place] = without if without > ROUNDING else 0.0
    found.without[np.isnan(found.values).any(axis=1)] = 1.0
    return found


def classes_in(store: Store, key: int, indicator: Indicator) -> Classes | None:
    """What the numbers of a raster (by key) stand for; None of one that measures something.

    Its tiles are read until that is known.
    """
    return classes_among(store, key, indicator.id, indicator.unit)


def classes_among(store: Store, key: int, identity: str, unit: str) -> Classes | None:
    """As `classes_in`, for a raster (by key) of this id and unit whether or not it is an indicator."""
    subject, names = identity.split(".")[1], catalogue.grid(store, key, []).names
    places = store.all("SELECT in_row, in_column FROM tile WHERE dataset = ?", [key])
    tiles = (tile for place in places for tile in catalogue.grid(store, key, [place]).tiles.values())
    numbers = class_numbers(subject, unit, tiles, names)
    return classes_of(subject, numbers, names) if len(numbers) else None


def _kept(classes: Classes | None) -> dict[str, np.ndarray]:
    """The columns (k,) that `kept_classes` reads, for the numbers that a raster's cells have."""
    if classes is None:
        return {}
    words = np.full(len(classes.numbers), "", dtype=f"U{max(map(len, classes.words))}")
    words[classes.given] = classes.words
    blank = np.full(len(words), classes.blank)
    return {"number": classes.numbers, "valued": classes.valued.astype(float), "word": words, "blank": blank}


def kept_classes(store: Store, key: int) -> Classes | None:
    """The classes of a raster (by key) whose values are made, without their names; None of one that measures."""
    kept = catalogue.table(store, key, "classes")
    if not kept:
        return None
    given = np.flatnonzero(kept["word"] != "")
    words = tuple(kept["word"][given].tolist())
    return Classes(kept["number"], kept["valued"] > 0, given, words, words, float(kept["blank"][0]))


def _of_classes(indicator: Indicator, classes: Classes) -> list[Indicator]:
    """The share of residents in each class, as indicators: from that of the raster, with how its cells are weighted."""
    caveat = " ".join(part for part in (indicator.caveat, indicator.caveat and classes.rest) if part)
    # Of one thing alone it is clear whether more of it is good.
    polarity = indicator.polarity if len(classes.given) == 1 else "none"
    return [
        replace(
            indicator, id=f"{indicator.id}.{word}", name=f"{indicator.name}: {name} (share of residents)", unit="%",
            polarity=polarity, caveat=caveat, value=word,
        )
        for name, word in zip(classes.names, classes.words, strict=True)
    ]  # fmt: skip


def _weighted_within(by: np.ndarray) -> str:
    """How the cells of areas were weighted, in a sentence; "" where the raster reaches none."""
    counts = np.bincount(by, minlength=4)
    ways = [way for way in (BY_GRID, BY_POSTCODES, BY_LAND) if counts[way]]
    if not ways:
        return ""
    first, *others = sorted(ways, key=lambda way: -counts[way])
    said = f"Within each area by {_WORDS[first]}"
    for way in others:
        one = counts[way] == 1
        words = _WORDS[way] if one else _WORDS[way].replace("its", "their")
        said += f"; {counts[way]:,} {'area' if one else 'areas'} by {words}"
    return said + "."


def _geography(store: Store) -> str:
    """The areas that get values: the first of the usual ones with boundaries and residents, else with boundaries.

    "" without any boundaries.
    """
    drawn = [geo for geo in geography.BLOCKS if catalogue.boundaries(store, geo) is not None]
    lived = {
        one.geography
        for one in catalogue.indicators(store)
        if one.id == RESIDENTS and one.kind == COUNT and one.sex == "persons" and one.age == "all"
    }
    return next((geo for geo in drawn if geo in lived), drawn[0] if drawn else "")


def open_grids(store: Store) -> list[int]:
    """Population grids (keys), the later added first, that are not sensitive: the values are open."""
    hidden = {row[0] for row in store.all("SELECT key FROM dataset WHERE sensitive = 1")}
    return [key for key in people_inside.grid_datasets(store) if key not in hidden]


def _basis(store: Store, geo: str, grids: list[int], indicator: Indicator) -> str:
    """What the values are made from, and the indicator that they are of: other words where any of it has changed."""
    keys = [*grids, *people_inside.postcode_datasets(store)]
    outlined = [geo] if geo else []
    for own, key, _ in people_inside.residents_datasets(store):
        keys.append(key)
        outlined.append(own)
    keys += [key for one in outlined if (key := catalogue.boundaries(store, one)) is not None]
    checksums = [store.one("SELECT checksum FROM dataset WHERE key = ?", [key])[0] for key in keys]
    return json.dumps([_MADE, geo, checksums, asdict(indicator)])


def _indicators(
    store: Store, rasters: Sequence[tuple[int, str, str, str, str]], geo: str
) -> list[tuple[int, Indicator]]:
    """(key, indicator) of each raster: `raster.pm25` for all of one subject that differ in their year."""
    told = []
    for key, identity, title, period, filename in rasters:
        subject = re.sub(r"\.\d{1,3}$", "", identity)
        told.append((key, identity, subject, title, period or _year(filename)))
    found = []
    for key, identity, subject, title, period in told:
        alike = [other for other in told if other[2] == subject]
        dated = len({other[4] for other in alike} - {""}) == len(alike)
        unit = json.loads(store.one("SELECT definition FROM grid WHERE dataset = ?", [key])[0])["unit"]
        polarity = "low good" if subject in _LOW_GOOD else "high good" if subject in _HIGH_GOOD else "none"
        one = Indicator(
            subject if dated else identity, title, MODELLED, period, geo, unit, polarity=polarity, group=GROUP,
            value=_COLUMN,
        )  # fmt: skip
        found.append((key, one))
    return found


def _year(filename: str) -> str:
    """The year in a file's name, "" where there is none or more than one."""
    years = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", filename))
    return years.pop() if len(years) == 1 else ""
