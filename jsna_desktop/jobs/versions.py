"""Every form that a locality has had: who changed it, when and why; earlier forms brought back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import shapely

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import audit
from jsna_desktop.workspace import arrays
from jsna_desktop.workspace.person import person
from jsna_desktop.workspace.store import Store

MADE, IMPORTED, REMOVED, RESTORED = "made", "imported", "removed", "restored"
RENAMED, REDRAWN, BROUGHT_BACK, TAKEN_BACK = "renamed", "redrawn", "earlier form brought back", "taken back"
_FIELDS = ("name", "set_name", "code", "kind", "geography", "blocks", "wkb", "made")
_FORM = "l.name, s.name, l.code, l.kind, l.geography, l.blocks, l.wkb, l.made"


@dataclass(frozen=True)
class Form:
    """All of a locality that can change, as it is stored: `blocks` packed codes, `wkb` its outline, `made` when."""

    name: str
    set: str
    code: str
    kind: str
    geography: str
    blocks: bytes | None
    wkb: bytes | None
    made: str = ""

    @property
    def ground(self) -> tuple:
        """What its weights follow from."""
        return self.kind, self.geography, self.blocks, self.wkb


@dataclass(frozen=True)
class Version:
    """What a locality was after a change; `form` None after it was removed. `at` is UTC, ISO 8601; `number` from 1.

    `who` is "" where nobody wrote it down: the locality was made by a program that kept no versions.
    """

    number: int
    at: str
    who: str
    change: str
    note: str
    form: Form | None

    @property
    def area_ha(self) -> float | None:
        if self.form is None or self.form.wkb is None:
            return None
        return float(shapely.area(shapely.from_wkb(self.form.wkb))) / 1e4

    @property
    def blocks(self) -> int | None:
        """How many blocks a selection has; None for a drawn place."""
        if self.form is None or self.form.blocks is None:
            return None
        return len(arrays.unpack_codes(self.form.blocks))


@dataclass(frozen=True)
class Change:
    """One locality before and after; None where it is not there."""

    key: int
    before: Form | None
    after: Form | None


@dataclass(frozen=True)
class Changes:
    """What a job did to localities: enough to take it back (`take_back`) and to do it again (`again`)."""

    what: str
    note: str
    each: tuple[Change, ...]
    said: tuple[str, ...] = ()  # what the person should know, a sentence each

    @property
    def there(self) -> tuple[int, ...]:
        """Keys of the localities that are there after it."""
        return tuple(change.key for change in self.each if change.after is not None)


def form_of(store: Store, key: int) -> Form | None:
    """The locality as it is stored; None where there is none of this key."""
    rows = store.all(f"SELECT {_FORM} FROM locality l JOIN locality_set s ON s.key = l.in_set WHERE l.key = ?", [key])
    return Form(*rows[0]) if rows else None


def new_key(store: Store) -> int:
    """A key that no locality has or had: the history of one that was removed is never another's."""
    there, gone = store.one("SELECT (SELECT max(key) FROM locality), (SELECT max(locality) FROM locality_change)")
    return max(there or 0, gone or 0) + 1


def now() -> str:
    return datetime.now().isoformat(timespec="seconds")


def put(store: Store, key: int, form: Form | None, change: str, note: str = "", *, told: bool = True) -> None:
    """Give a locality this form (None removes it) and keep the one before, in the caller's transaction.

    `told`: whether the audit gets an entry of its own. A name that its set has already is a UsageProblem.
    """
    before = form_of(store, key)
    if before == form:
        return
    if form is None:
        store.run("DELETE FROM locality WHERE key = ?", [key])
    else:
        _write(store, key, before, form)
    if before is not None and (form is None or form.set != before.set):
        store.run("DELETE FROM locality_set WHERE key NOT IN (SELECT in_set FROM locality)")
    kept = [None] * len(_FIELDS) if before is None else _values(before)
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    store.run(
        f"INSERT INTO locality_change (locality, at, who, change, note, {', '.join(_FIELDS)}) "
        f"VALUES (?, ?, ?, ?, ?{', ?' * len(_FIELDS)})",
        [key, at, person(), change, note, *kept],
    )
    shown = form or before
    if told and shown is not None:
        audit.record(store, _action(before, form, change), shown.name, **_detail(shown, change, note))


def _action(before: Form | None, form: Form | None, change: str) -> str:
    if form is None:
        return audit.PLACE_REMOVED
    if before is None:
        return audit.PLACE_RESTORED if change in (RESTORED, TAKEN_BACK, BROUGHT_BACK) else audit.PLACE_MADE
    return audit.PLACE_CHANGED


def _detail(form: Form, change: str, note: str) -> dict[str, str]:
    return {"set": form.set, "change": change} | ({"note": note} if note else {})


def _values(form: Form) -> list:
    return [form.name, form.set, form.code, form.kind, form.geography, form.blocks, form.wkb, form.made]


def _write(store: Store, key: int, before: Form | None, form: Form) -> None:
    rows = store.all("SELECT key FROM locality_set WHERE name = ?", [form.set])
    home = rows[0][0] if rows else store.run("INSERT INTO locality_set (name) VALUES (?)", [form.set])
    if store.all("SELECT 1 FROM locality WHERE in_set = ? AND name = ? AND key <> ?", [home, form.name, key]):
        raise UsageProblem(
            f"there is already a locality “{form.name}” in “{form.set}”", todo="Give it another name or set"
        )
    values = [home, form.name, form.code, form.kind, form.geography, form.blocks, form.wkb, form.made or now(), key]
    if before is None:
        store.run(
            "INSERT INTO locality (in_set, name, code, kind, geography, blocks, wkb, made, key) "
            "VALUES (?,?,?,?,?,?,?,?,?)",
            values,
        )
        return
    store.run(
        "UPDATE locality SET in_set = ?, name = ?, code = ?, kind = ?, geography = ?, blocks = ?, wkb = ?, made = ? "
        "WHERE key = ?",
        values,
    )
    if before.ground != form.ground:
        store.run("DELETE FROM weight WHERE locality = ?", [key])


def carry_out(store: Store, each: Iterable[Change], what: str, note: str = "", said: tuple[str, ...] = ()) -> Changes:
    """Carry out changes to several localities, all or none. Places go before others take their names."""
    each = tuple(each)
    with store.transaction():
        for change in sorted(each, key=lambda one: (one.after is not None, one.before is None)):
            put(store, change.key, change.after, what, note)
    return Changes(what, note, each, said)


def take_back(store: Store, done: Changes) -> None:
    """Undo: every locality as it was before. It is a change of its own in the history."""
    turned = [Change(change.key, change.after, change.before) for change in done.each]
    carry_out(store, turned, TAKEN_BACK, done.what)


def again(store: Store, done: Changes) -> None:
    """Redo what `take_back` undid."""
    carry_out(store, done.each, done.what, done.note)


def history(store: Store, key: int) -> list[Version]:
    """Every version of a locality, the first made first; also of one that was removed."""
    rows = store.all(
        f"SELECT at, who, change, note, {', '.join(_FIELDS)} FROM locality_change WHERE locality = ? ORDER BY key",
        [key],
    )
    before = [Form(*row[4:]) if row[4] is not None else None for row in rows]
    after = [*before[1:], form_of(store, key)]
    made = [
        Version(0, at, who, change, note, form) for (at, who, change, note, *_), form in zip(rows, after, strict=False)
    ]
    first = before[0] if rows else after[0]
    if first is not None:
        made.insert(0, Version(0, first.made, "", MADE, "", first))
    return [replace(version, number=number) for number, version in enumerate(made, start=1)]


def find(store: Store, name: str, in_set: str | None = None) -> int:
    """The key of a locality by its name, now or, where none has it now, before it was removed or renamed."""
    where, values = ("", [name]) if in_set is None else (" AND set_name = ?", [name, in_set])
    there = store.all(
        "SELECT l.key, s.name AS set_name FROM locality l JOIN locality_set s ON s.key = l.in_set "
        f"WHERE l.name = ?{where.replace('set_name', 's.name')}",
        values,
    )
    if len(there) > 1:
        sets = ", ".join(sorted(home for _, home in there))
        raise UsageProblem(f"there are {len(there)} localities {name!r}", found=sets, todo="Say which with --set")
    if there:
        return there[0][0]
    gone = store.all(f"SELECT locality FROM locality_change WHERE name = ?{where} ORDER BY key DESC LIMIT 1", values)
    if not gone:
        raise UsageProblem(
            f"there is no locality {name!r} and there was none", todo="jsna-desktop localities list WORKSPACE"
        )
    return gone[0][0]


def bring_back(store: Store, key: int, number: int | None = None, note: str = "") -> Changes:
    """Give a locality the form of an earlier version; without a number, one that was removed as it was last."""
    versions = history(store, key)
    forms = [version for version in versions if version.form is not None]
    before = form_of(store, key)
    if number is None:
        if before is not None or not forms:
            raise UsageProblem("say which version is to come back", expected=f"a number from 1 to {len(versions)}")
        chosen = forms[-1]
    else:
        found = [version for version in versions if version.number == number]
        if not found or found[0].form is None:
            raise UsageProblem(
                f"there is no version {number} to bring back",
                expected=", ".join(str(version.number) for version in forms),
            )
        chosen = found[0]
    what = RESTORED if before is None else BROUGHT_BACK
    return carry_out(store, [Change(key, before, chosen.form)], what, note or f"version {chosen.number}")
