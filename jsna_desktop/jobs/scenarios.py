"""Scenarios: changes of services that are kept beside the facts, and made again on the facts of the day."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.access_change import Change, Opened
from jsna_desktop.jobs.access_words import called
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


def save(store: Store, name: str, services: Services, change: Change, *, replace: bool = False) -> None:
    """Keep a change of services under a name.

    UsageProblem where another has that name, of whatever service, unless it is to be replaced.
    """
    if not name.strip():
        raise UsageProblem("a scenario needs a name")
    closed = tuple(Opened(str(services.names[at]), *services.places[at].tolist()) for at in change.close)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    keep(store, Scenario(name.strip(), services.service, closed, change.open, now, person()), replace=replace)


def keep(store: Store, one: Scenario, *, replace: bool = False) -> None:
    """Keep a scenario as it is: one that was forgotten, say. UsageProblem as of `save`."""
    if not replace and (there := named(store, one.name)) is not None:
        raise UsageProblem(
            f"a scenario {there.name} is kept already", found=f"one of {called(there.service)}, made {there.made[:10]}",
            todo="Choose another name, or say --replace",
        )  # fmt: skip
    text = json.dumps(
        {"close": [_kept(each) for each in one.closed], "open": [_kept(each) for each in one.opened]},
        ensure_ascii=False,
    )
    with store.transaction():
        store.run(
            "INSERT OR REPLACE INTO scenario VALUES (?, ?, ?, ?, ?)", [one.name, one.service, text, one.made, one.who]
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


def named(store: Store, name: str) -> Scenario | None:
    """The scenario of a name; None where there is none."""
    return next((one for one in scenarios(store) if one.name == name.strip()), None)


def scenario(store: Store, name: str) -> Scenario:
    """The scenario of a name. UsageProblem where there is none."""
    one = named(store, name)
    if one is None:
        known = ", ".join(each.name for each in scenarios(store))
        raise UsageProblem(f"there is no scenario {name}", found=known or "none at all")
    return one


def remove(store: Store, name: str) -> Scenario:
    """Forget a scenario; what it was, for `keep` to bring it back."""
    one = scenario(store, name)
    with store.transaction():
        store.run("DELETE FROM scenario WHERE name = ?", [one.name])
    return one


def _kept(one: Opened) -> dict:
    place = (None if value is None or np.isnan(value) else round(value, 1) for value in (one.easting, one.northing))
    return {"name": one.name, **dict(zip(("easting", "northing"), place, strict=True))}


def _position(services: Services, one: Opened, scenario_name: str) -> int:
    own = np.flatnonzero(services.names == one.name)
    if one.easting is not None and len(own):
        off = np.hypot(*(services.places[own] - [one.easting, one.northing]).T)
        own = own[off <= _MOVED_M]
    if len(own) != 1:
        which = "a service of sensitive data" if services.sensitive else one.name
        raise UsageProblem(
            f"the scenario {scenario_name} closes {which}, which is no longer there",
            todo="Make the scenario again on the services of today",
        )
    return int(own[0])
