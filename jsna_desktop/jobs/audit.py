"""Who did what to a workspace, and when: what came in, what was taken out, and what left the program."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from jsna_desktop.errors import WorkspaceProblem
from jsna_desktop.workspace.person import person
from jsna_desktop.workspace.store import Store

ADDED, REPLACED, BROUGHT_BACK = "data added", "data replaced", "data brought back"
PLACES_IMPORTED, PLACE_REMOVED, PLACE_RESTORED = "localities imported", "locality removed", "locality restored"
PLACE_MADE, PLACE_CHANGED = "locality made", "locality changed"
EXPORTED, PROFILED, PACKED = "localities exported", "profile written", "packs written"
ASSET_ADDED, ASSET_CHANGED, ASSET_REMOVED = "asset added", "asset changed", "asset removed"
ASSET_RESTORED, ASSETS_EXPORTED = "asset change taken back", "assets exported"
PASSWORD_CHANGED = "password changed"
UNLOCKED = "true figures unlocked"


@dataclass(frozen=True)
class Entry:
    """`at` is UTC, ISO 8601; `subject` what it was done to; `detail` what else is known (JSON values)."""

    at: str
    who: str
    action: str
    subject: str
    detail: dict


def record(store: Store, action: str, subject: str, **detail: object) -> None:
    """Keep one entry; inside the caller's transaction, so that it is kept with what it tells of or not at all.

    `detail` is of JSON values: counts, names and file names, never a value of the data.
    """
    with store.transaction():
        store.run(
            "INSERT INTO audit (at, who, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
            [
                datetime.now(UTC).isoformat(timespec="seconds"),
                person(),
                action,
                subject,
                json.dumps(detail, ensure_ascii=False),
            ],
        )


def record_leaving(store: Store, action: str, subject: str, **detail: object) -> bool:
    """`record` of what has left the program already; False where the workspace cannot be written and keeps no entry.

    Reading goes on where writing cannot: in a folder that may only be read, or beside a window that has it open.
    """
    if store.read_only:
        return False
    try:
        record(store, action, subject, **detail)
    except WorkspaceProblem:
        return False
    return True


def entries(store: Store) -> list[Entry]:
    """Everything that was recorded, in its order."""
    rows = store.all("SELECT at, who, action, subject, detail FROM audit ORDER BY key")
    return [Entry(at, who, action, subject, json.loads(detail)) for at, who, action, subject, detail in rows]
