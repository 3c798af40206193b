"""Scenarios: changes of services that are kept beside the facts, and made again on the facts of the day."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.access_change import Change, Opened
from jsna_desktop.jobs.service_places import Services
from jsna_desktop.workspace.person import person
from jsna_desktop.workspace.store import Store

_MOVED_M = 50.0  # a service of the same name that is no further off is the one that was meant


@dataclass(frozen=True)
class Scenario:
    """`closed` are names with places, so that a scenario is found again in a newer list of services."""

    name: str
    service: str
    closed: tuple[Opened, ...]
    opened: tuple[Opened, ...]
    made: str
    who: str

    def change(self, services: Services) -> Change:
        """The change on the services of today. UsageProblem where one that closes is no longer there."""
        return Change(tuple(_position(services, one, self.name) for one in self.closed), self.opened)


def save(store: Store, name: str, services: Services, change: Change) -> None:
    """Keep a change of services under a name, in the place of an earlier one of that name."""
    if not name.strip():
        raise UsageProblem("a scenario needs a name")
    closed = [_kept(str(services.names[at]), *services.places[at].tolist()) for at in change.close]
    opened = [_kept(one.name, one.easting, one.northing) for one in change.open]
    text = json.dumps({"close": closed, "open": opened}, ensure_ascii=False)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with store.transaction():
        store.run(
            "INSERT OR REPLACE INTO scenario VALUES (?, ?, ?, ?, ?)",
            [name.strip(), services.service, text, now, person()],
        )


def scenarios(store: Store) -> list[Scenario]:
    """Every scenario, by name."""
    rows = store.all("SELECT name, service, changes, made, who FROM scenario ORDER BY name")
    found = []
    for name, service, text, made, who in rows:
        parts = json.loads(text)
        closed, opened = (tuple(Opened(**one) for one in parts[part]) for part in ("close", "open"))
        found.append(Scenario(name, service, closed, opened, made, who))
    return found


def scenario(store: Store, name: str) -> Scenario:
    """The scenario of a name. UsageProblem where there is none."""
    every = scenarios(store)
    one = next((one for one in every if one.name == name.strip()), None)
    if one is None:
        known = ", ".join(each.name for each in every)
        raise UsageProblem(f"there is no scenario {name}", found=known or "none at all")
    return one


def remove(store: Store, name: str) -> None:
    """Forget a scenario."""
    scenario(store, name)
    with store.transaction():
        store.run("DELETE FROM scenario WHERE name = ?", [name.strip()])


def _kept(name: str, easting: float, northing: float) -> dict:
    place = (None if np.isnan(value) else round(value, 1) for value in (easting, northing))
    return {"name": name, **dict(zip(("easting", "northing"), place, strict=True))}


def _position(services: Services, one: Opened, scenario_name: str) -> int:
    own = np.flatnonzero(services.names == one.name)
    if one.easting is not None and len(own):
        off = np.hypot(*(services.places[own] - [one.easting, one.northing]).T)
        own = own[off <= _MOVED_M]
    if len(own) != 1:
        raise UsageProblem(
            f"the scenario {scenario_name} closes {one.name}, which is no longer there",
            todo="Make the scenario again on the services of today",
        )
    return int(own[0])
