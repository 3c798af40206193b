"""Services and assets as points on the map: of every dataset in use, a layer a kind of service."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.jobs.assets import register
from jsna_desktop.jobs.located import postcode_places
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

# What people call the types of the built-in readers; any other is called by its own word.
_TITLES = {
    "gp": "General practices",
    "gp_branch": "Branch surgeries",
    "pharmacy": "Pharmacies",
    "school": "Schools",
    "care": "Care services",
    "dentist": "Dentists",
    "hospital": "Hospitals",
    "school_primary": "Primary schools",
    "school_secondary": "Secondary schools",
    "nursery": "Nurseries",
    "library": "Libraries",
    "community_hub": "Community hubs",
    "food_bank": "Food banks",
    "leisure_centre": "Leisure centres",
}


@dataclass(frozen=True)
class PointLayer:
    """`key` is `service:` or `asset:` and the kind; `places` (n, 2) EPSG:27700, NaN where unknown; `names` (n,).

    `secret` (n,) marks the rows of sensitive data, which may be seen on the screen and nothing be built from.
    """

    key: str
    title: str
    places: np.ndarray
    names: np.ndarray
    secret: np.ndarray


def point_layers(store: Store) -> list[PointLayer]:
    """Every kind of service and asset of the workspace, services first, by title; those without a place stay in it."""
    found: dict[str, list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = {}
    rows = store.all("SELECT key, sensitive FROM dataset WHERE kind = 'services' AND replaced_by IS NULL ORDER BY key")
    for key, sensitive in rows:
        names, places = names_of(store, key), places_of(store, key)
        known = "service" in catalogue.column_names(store, key)
        kinds = catalogue.column(store, key, "service") if known else np.full(len(names), "")
        for word in np.unique(kinds).tolist():
            mine = kinds == word
            secret = np.full(int(mine.sum()), bool(sensitive))
            found.setdefault(f"service:{word}", []).append((places[mine], names[mine], secret))
    assets = register(store)
    points, kinds = assets.points, np.array([one.kind for one in assets.assets])
    names = np.array([one.name for one in assets.assets])
    secret = np.array([one.sensitive for one in assets.assets], dtype=bool)
    for word in np.unique(kinds).tolist():
        found[f"asset:{word}"] = [(points[kinds == word], names[kinds == word], secret[kinds == word])]
    made = [
        PointLayer(key, title(key), *(np.concatenate(column) for column in zip(*parts, strict=True)))
        for key, parts in found.items()
    ]
    return sorted(made, key=lambda layer: (layer.key.startswith("asset"), layer.title))


def title(key: str) -> str:
    """`service:gp` → General practices; `asset:group` → Assets: group."""
    kind, _, word = key.partition(":")
    plain = word.replace("_", " ")
    if kind == "asset":
        return f"Assets: {plain}" if plain else "Assets"
    return _TITLES.get(word, plain[:1].upper() + plain[1:] or "Services")


def names_of(store: Store, key: int) -> np.ndarray:
    """The names (n,) of the rows of a dataset of services or assets; their codes where it has none."""
    return (
        catalogue.column(store, key, "name")
        if "name" in catalogue.column_names(store, key)
        else catalogue.codes(store, key)
    )


def places_of(store: Store, key: int) -> np.ndarray:
    """(n, 2): coordinates of the file's own, else those of the postcode."""
    columns = catalogue.column_names(store, key)
    places = np.full((len(catalogue.codes(store, key)), 2), np.nan)
    if "easting" in columns and "northing" in columns:
        places = np.column_stack([catalogue.column(store, key, name) for name in ("easting", "northing")]).astype(float)
    if "postcode" in columns:
        lacking = ~np.isfinite(places).all(axis=1)
        east, north = postcode_places(store, catalogue.column(store, key, "postcode")[lacking])
        places[lacking] = np.column_stack([east, north])
    return places
