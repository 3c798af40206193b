"""What a person says of the columns of a table that no reader knows, and what is still to say."""

from dataclasses import dataclass, field, replace

from jsna_desktop.jobs.template_columns import TABLES
from jsna_desktop.sources.columns import Proposal

# What the table may be, in the order of the list; a lookup and boundaries are known by themselves.
KINDS = {
    "indicator": "Indicators",
    "population": "Residents by age and sex",
    "deaths": "Deaths, counted",
    "services": "Services",
    "assets": "Community assets",
    "events": "Single events (sensitive)",
}
# Of an indicator, values stand in columns of their own where there are no counts.
_MORE = {"indicator": ("value", "lower_ci", "upper_ci", "se", "n", "sd")}
UNUSED, AS_PERIOD, AS_INDICATOR = "", "wide:period", "wide:indicator"
_WORDS = {
    "area_code": "Area code",
    "numerator": "Count (numerator)",
    "denominator": "Out of (denominator)",
    "value": "Value",
    "lower_ci": "Lower limit",
    "upper_ci": "Upper limit",
    "se": "Standard error",
    "sd": "Standard deviation",
    "n": "Number measured",
    "kind": "Kind of figure",
    AS_PERIOD: "A period of its own",
    AS_INDICATOR: "An indicator of its own",
    UNUSED: "Not used",
}
# Texts that may be the same in every row, and so be said once.
_FIXED = ("indicator", "name", "period", "year", "kind", "unit", "polarity", "sex", "age", "service", "theme", "source")
FIGURES = ("count", "proportion", "rate", "mean", "score", "modelled", "dsr")


def words(plain: str) -> str:
    """A plain heading in words: `area_code` → Area code."""
    return _WORDS.get(plain, plain.replace("_", " ").capitalize())


@dataclass(frozen=True)
class Choice:
    """`kind` of table; the role of each column by its heading; texts for every row; `geography` where it is said."""

    kind: str
    headings: tuple[str, ...]
    roles: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    geography: str = ""

    @classmethod
    def of(cls, proposal: Proposal) -> "Choice":
        """The choice that the proposal makes."""
        roles = {heading: plain for plain, heading in proposal.columns.items()}
        for heading in proposal.wide.get("headings", ()):
            roles[heading] = f"wide:{proposal.wide['means']}"
        kind = proposal.kind if proposal.kind in KINDS else "indicator"
        settled = proposal.geography if proposal.geography not in ("oa", "lsoa", "msoa") else ""  # told by the codes
        return cls(kind, tuple(h for h in proposal.headings if h), roles, dict(proposal.values), settled)

    @property
    def possible(self) -> tuple[str, ...]:
        """Roles that a column may have in this kind of table."""
        plain = [column.heading for column in TABLES[self.kind]]
        wide = (AS_PERIOD, AS_INDICATOR) if self.kind == "indicator" else ()
        return (UNUSED, *dict.fromkeys([*plain, *_MORE.get(self.kind, ())]), *wide)

    @property
    def asked(self) -> tuple[str, ...]:
        """Texts to ask for: what the table needs of every row and no column says."""
        return tuple(name for name in self._needed if name in _FIXED and name not in self._given)

    @property
    def _given(self) -> set[str]:
        given = {role for role in self.roles.values() if role}
        return given | {role.partition(":")[2] for role in given if role.startswith("wide:")}

    @property
    def _is_wide(self) -> bool:
        return any(role.startswith("wide:") for role in self.roles.values())

    @property
    def _needed(self) -> tuple[str, ...]:
        needed = [column.heading for column in TABLES[self.kind] if column.needed]
        if self.kind == "indicator":
            needed = ["area_code", "indicator", "period"]
            if "numerator" not in self._given:
                needed.append("kind")
        if self.kind in ("services", "assets", "events"):
            needed = [name for name in needed if name not in ("postcode", "easting", "northing", "area_code")]
        return tuple(needed)

    def with_role(self, heading: str, role: str) -> "Choice":
        """A column in another role; another column that had it is not used any more."""
        roles = {h: r for h, r in self.roles.items() if h != heading and (r != role or role.startswith("wide:"))}
        return replace(self, roles=roles | ({heading: role} if role else {}))

    def with_kind(self, kind: str) -> "Choice":
        """Another kind of table; columns keep the roles that it knows."""
        made = replace(self, kind=kind)
        return replace(made, roles={h: r for h, r in self.roles.items() if r in made.possible})

    def with_value(self, name: str, text: str) -> "Choice":
        values = {known: said for known, said in self.values.items() if known != name}
        return replace(self, values=values | ({name: text.strip()} if text.strip() else {}))

    @property
    def lacking(self) -> tuple[str, ...]:
        """What is still to say, in words."""
        given = self._given
        missing = [words(n).lower() for n in self._needed if n not in given and not self.values.get(n)]
        if self.kind in ("services", "assets") and not ({"postcode"} & given or {"easting", "northing"} <= given):
            missing.append("postcode, or easting and northing")
        if self.kind == "events" and not {"postcode", "area_code"} & given:
            missing.append("postcode or area code")
        if self.kind == "indicator" and not ({"numerator", "value"} & given or self._is_wide):
            missing.append("the column of counts or values")
        if {AS_PERIOD, AS_INDICATOR} <= set(self.roles.values()):
            missing.append("one meaning for the columns of their own: periods or indicators")
        return tuple(missing)

    def as_map(self) -> dict:
        """The column map (`column_map.parse`) that this choice is."""
        made: dict = {role: h for h, role in self.roles.items() if role and not role.startswith("wide:")}
        values = {name: said for name, said in self.values.items() if name in self.asked}
        if values:
            made["values"] = values
        wide = [heading for heading in self.headings if self.roles.get(heading, "").startswith("wide:")]
        if wide:
            made["wide"] = {"means": self.roles[wide[0]].partition(":")[2], "holds": "value", "headings": wide}
        made["table"] = {"kind": self.kind} | ({"geography": self.geography} if self.geography else {})
        return made
