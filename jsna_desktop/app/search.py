"""What the find box finds in the open workspace: places, small areas, postcodes, services."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.app import words
from jsna_desktop.app.panels.choice_list import Choice
from jsna_desktop.app.session import Session
from jsna_desktop.areas import geography
from jsna_desktop.workspace import catalogue

_MOST = 8


@dataclass(frozen=True)
class Hit:
    """A place's id, a block's position, or a point (easting, northing)."""

    place: int | None = None
    block: int | None = None
    point: tuple[float, float] | None = None
    text: str = ""


class Search:
    """Postcodes are read when the first one is looked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        blocks = session.contents.blocks
        self._names = np.array([], dtype=str) if blocks is None else np.char.lower(blocks.names.astype(str))
        self._points = [(layer, np.char.lower(layer.names.astype(str))) for layer in session.contents.point_layers]
        self._postcodes: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None

    def __call__(self, text: str) -> list[Choice]:
        wanted = " ".join(text.casefold().split())
        return [*self._places(wanted), *self._areas(wanted), *self._postcode(wanted), *self._services(wanted)]

    def _places(self, wanted: str) -> list[Choice]:
        held = [place for place in self._session.places() if wanted in place.name.casefold()]
        held.sort(key=lambda place: (not place.name.casefold().startswith(wanted), place.name.casefold()))
        found = []
        for place in held[:_MOST]:
            people = self._session.residents(place.id)
            detail = f"{words.count(people)} residents" if people is not None else ""
            found.append(Choice(place.name, detail, "Places", Hit(place=place.id, text=place.name)))
        return found

    def _areas(self, wanted: str) -> list[Choice]:
        blocks = self._session.contents.blocks
        if blocks is None or len(wanted) < 2:
            return []
        by_name = np.char.find(self._names, wanted) >= 0
        by_code = np.char.startswith(blocks.codes.astype(str), wanted.upper())
        heading = geography.name(blocks.geography)
        return [
            Choice(
                str(blocks.names[at]), str(blocks.codes[at]), heading, Hit(block=int(at), text=str(blocks.names[at]))
            )
            for at in np.flatnonzero(by_name | by_code)[:_MOST]
        ]

    def _postcode(self, wanted: str) -> list[Choice]:
        close = wanted.replace(" ", "").upper()
        if len(close) < 3 or not any(letter.isdigit() for letter in close):
            return []
        codes, east, north = self._loaded()
        first = int(np.searchsorted(codes, close))
        found = []
        for at in range(first, min(first + _MOST, len(codes))):
            code = str(codes[at])
            if not code.startswith(close):
                break
            spoken = f"{code[:-3]} {code[-3:]}"
            found.append(Choice(spoken, "", "Postcodes", Hit(point=(float(east[at]), float(north[at])), text=spoken)))
        return found

    def _services(self, wanted: str) -> list[Choice]:
        """Services and assets by name, those that have a place."""
        if len(wanted) < 3:
            return []
        found = []
        for layer, names in self._points:
            for at in np.flatnonzero((np.char.find(names, wanted) >= 0) & np.isfinite(layer.places[:, 0])).tolist():
                name = str(layer.names[at])
                x, y = layer.places[at].tolist()
                found.append(Choice(name, "", layer.title, Hit(point=(x, y), text=name)))
                if len(found) == _MOST:
                    return found
        return found

    def _loaded(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Codes (n,) without spaces and sorted, eastings and northings, of every postcode dataset."""
        if self._postcodes is None:
            store = self._session.store
            keys = [
                key
                for key, dataset in zip(sorted(catalogue.codeset_keys(store)), catalogue.datasets(store), strict=True)
                if dataset.kind == "postcodes"
            ]
            parts = [[catalogue.codes(store, key) for key in keys]]
            parts += [[catalogue.column(store, key, name) for key in keys] for name in ("easting", "northing")]
            if not keys:
                parts = [[np.array([], dtype=str)], [np.array([])], [np.array([])]]
            codes, east, north = (np.concatenate(part) for part in parts)
            codes = np.char.replace(codes.astype(str), " ", "")
            # Of a postcode in several datasets the later added holds: those that ship come first.
            codes, last = np.unique(codes[::-1], return_index=True)
            self._postcodes = (codes, east[::-1][last], north[::-1][last])
        return self._postcodes
