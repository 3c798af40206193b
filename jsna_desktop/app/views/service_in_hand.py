"""The service in hand: clicked on the map, ringed and told of, with its catchment; dragged, closed or left out."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from jsna_desktop.app.map.canvas import OPENED, MapCanvas
from jsna_desktop.app.panels.access import service_words
from jsna_desktop.jobs.access_findings import catchment
from jsna_desktop.jobs.access_rows import service_rows
from jsna_desktop.jobs.access_words import shown

if TYPE_CHECKING:
    from jsna_desktop.app.views.access_asker import AccessAsker

_DRAG = "Drag it on the map to move it."
_NEAR_M = 1.0  # a point of the map and a service that are so near are one


class ServiceInHand(QObject):
    """`at` is its position among the services of today and, behind them, the new ones of the scenario; −1 for none."""

    def __init__(self, asker: "AccessAsker", canvas: MapCanvas) -> None:
        super().__init__(asker)
        self._asker, self._canvas = asker, canvas
        self.at = -1

    def clicked(self, key: str, easting: float, northing: float) -> None:
        if not self._asker.there or self._asker.made is None:
            return
        if key == OPENED:
            new = [
                at
                for at, one in enumerate(self._asker.change.open)
                if (one.easting, one.northing) == (easting, northing)
            ]
            self.take(len(self._asker.made.services.names) + new[-1] if new else -1)
            return
        if key != f"service:{self._asker.service}":
            return
        away = np.hypot(*(self._asker.made.services.places - [easting, northing]).T)
        at = int(np.nanargmin(away))
        if away[at] <= _NEAR_M:
            self.take(at)

    def take(self, at: int) -> None:
        """Take a service in hand, or put it down (−1)."""
        self.at = at
        new = self._asker.what_if.new_one(at)
        self._show_catchment(-1 if new is not None else at)
        self._hold(at)
        if at < 0 or self._asker.made is None:
            self._asker.panel.show_picked("", "")
            return
        picked = self._asker.panel.picked
        if new is not None:
            self._asker.panel.show_picked(shown(new.name), f"New here. {_DRAG}")
            picked.shut.say("Leave it out")
            picked.shut.setAccessibleName(f"Leave out {shown(new.name)}")
            picked.move_it.setVisible(True)
            self._asker.uncover(False)
            return
        made, name = self._asker.made, str(self._asker.made.services.names[at])
        gone = at in self._asker.change.close
        picked.move_it.setVisible(not gone)
        rows = service_rows(made) if not made.sensitive or self._asker.session.unlocked else []
        used = np.flatnonzero(made.used).tolist()
        said = ""
        if rows and at in used:
            row = rows[used.index(at)]
            said = service_words(row["residents"], row["mean"], "min" if row["unit"] == "minutes" else "km")
        self._asker.panel.show_picked(shown(name), said)
        picked.shut.say("Leave it as it is" if gone else "If it closed")
        if gone:
            picked.shut.setAccessibleName(f"Leave {shown(name)} as it is")
        self._asker.uncover(False)

    def close(self) -> None:
        if self.at in self._asker.change.close:
            self._asker.what_if.keep_open(self.at)
        else:
            self._asker.what_if.close_service(self.at)

    def _hold(self, at: int) -> None:
        """Ring the service in hand on the map, where it can be dragged; one that closes stays where it is."""
        made, new = self._asker.made, self._asker.what_if.new_one(at)
        place = None
        if new is not None:
            place = (new.easting, new.northing)
        elif (
            made is not None
            and at >= 0
            and at not in self._asker.change.close
            and np.isfinite(made.services.places[at]).all()
        ):
            easting, northing = made.services.places[at].tolist()
            place = (easting, northing)
        self._canvas.hold(place)

    def dragged(self, easting: float, northing: float) -> None:
        """The service in hand was let go elsewhere: it moves there, and stays in hand."""
        if not self._asker.there or self._asker.made is None or self.at < 0:
            return
        before, at = self._asker.change, self.at
        self._asker.what_if.move_service(at, easting, northing)
        if self._asker.change == before:
            return  # refused, and said
        new = self._asker.what_if.new_one(at) is not None
        self.take(at if new else len(self._asker.made.services.names) + len(self._asker.change.open) - 1)

    def _show_catchment(self, at: int) -> None:
        blocks, made = self._asker.session.contents.blocks, self._asker.made
        if at < 0 or made is None or blocks is None or (made.sensitive and not self._asker.session.unlocked):
            self._canvas.show_catchment()
            return
        mine = made.prepared.residents.people.codes[catchment(made, at)]
        self._canvas.show_catchment(np.flatnonzero(np.isin(blocks.codes, mine)))
