"""What left of sensitive counts, kept in the workspace: a later export is judged together with all earlier ones."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from jsna_desktop.areas.geography import align
from jsna_desktop.areas.locality import matrix_of
from jsna_desktop.errors import DisclosureRefused
from jsna_desktop.measures.disclosure import Cells
from jsna_desktop.workspace import arrays
from jsna_desktop.workspace.store import Store


@dataclass(frozen=True)
class Figure:
    """One count of one dataset: of which file (by checksum), of which indicator, and which part of it."""

    checksum: str
    indicator: str
    period: str
    sex: str
    age: str
    part: str

    @property
    def key(self) -> str:
        return json.dumps([self.checksum, self.indicator, self.period, self.sex, self.age, self.part])


def earlier(store: Store, figure: Figure, universe: np.ndarray) -> Cells | None:
    """What left of a figure before, over the sorted codes `universe`; None where nothing did."""
    rows = store.all("SELECT blocks, share, state, shown FROM ledger WHERE figure = ? ORDER BY key", [figure.key])
    if not rows:
        return None
    held = []
    for blocks, share, _, _ in rows:
        places = align(arrays.unpack_codes(blocks), universe)
        shares = np.frombuffer(share, "<f8")
        held.append((places[places >= 0], shares[places >= 0]))
    shown = np.array([np.nan if row[3] is None else row[3] for row in rows], dtype=float)
    return Cells(matrix_of(held, len(universe)), np.array([row[2] for row in rows], dtype=np.int8), shown)


def record(store: Store, figure: Figure, universe: np.ndarray, places: Sequence[str], cells: Cells) -> None:
    """Keep what is about to leave, inside the caller's transaction; what left before just so is not kept twice."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for place, name in enumerate(places):
        row = cells.weights[[place]]
        order = np.argsort(row.indices)
        codes, share = universe[row.indices[order]], row.data[order].astype("<f8")
        shown = None if np.isnan(cells.shown[place]) else float(cells.shown[place])
        store.run(
            "INSERT INTO ledger (at, figure, place, blocks, share, state, shown) SELECT ?, ?, ?, ?, ?, ?, ? "
            "WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE figure = ? AND blocks = ? AND share = ? AND state = ? "
            "AND shown IS ?)",
            [
                *[now, figure.key, name, arrays.pack_codes(codes), share.tobytes(), int(cells.states[place]), shown],
                *[figure.key, arrays.pack_codes(codes), share.tobytes(), int(cells.states[place]), shown],
            ],
        )


def check_can_record(store: Store) -> None:
    """DisclosureRefused where what leaves cannot be kept: nobody could then answer for the next export."""
    if store.read_only:
        raise DisclosureRefused(
            "numbers from sensitive data may leave only where that is recorded, and the workspace can only be read",
            where=store.path.name,
            found=store.read_only_reason,
            todo="Open it so that it can be changed, or leave the sensitive indicators out",
        )
