"""docs/deprivation.md, written from what was measured."""

from tools.deprivation.districts import ALL_AGES, DOMAINS, WORKING_AGE, Difference

_HEAD = """# Districts beside MHCLG's own summaries

MHCLG publishes average scores, average ranks and the like for districts. `profile` of every district, made from its
LSOAs as any other place is, should give the same. This page is written by `python -m tools.deprivation`, and a test
checks that it still holds.

What is left over has three causes.

- **Weights.** MHCLG weights by the residents of mid-2022 (mid-2015 for 2019) that it publishes as denominators. Those
  are not in the files used here: residents of the 2021 census (mid-2017 for 2019) stand in. The largest differences are
  where the two differ most, such as the City of London.
- **Rounding.** MHCLG's own figures are rounded: a share to four decimals, a score to three.
- **Whom a domain is about.** MHCLG weights the Employment domain by residents of working age, the index of children by
  children and the index of older people by older people. The same is done here where the index's denominators are
  loaded, else where residents of much the same ages are; each number says by whom it was weighted (`weighted_by`).
"""

_MEASURES = {
    "average_score": "average score",
    "average_rank": "average rank",
    "share_lsoas_decile1": "share of LSOAs in the most deprived tenth",
    "extent": "extent",
    "local_concentration": "local concentration",
    "income_domain_numerator": "scale (people)",
    "employment_domain_numerator": "scale (people)",
}


def page(measured: list[Difference]) -> str:
    """The page as text."""
    first = [one for one in measured if one.edition == "2025" and one.weights == ALL_AGES]
    older = [one for one in measured if one.edition == "2019"]
    parts = [
        _HEAD,
        "## 2025\n\nWeighted by census residents of all ages. The last column is the largest difference in the rank of "
        "districts that MHCLG makes of the measure.\n",
        _table(first, ranks=True),
        "Scales are sums of the published numerators, which are rounded to five people; districts with an LSOA whose "
        "numerator is not published are left out, for a sum with a hole is no sum.\n",
        "## Employment by whom it is about\n\nResidents aged 16 to 64 (census residents times the share in mid-2020) "
        "in place of residents of all ages:\n",
        _beside(measured),
        f"## 2019\n\nFrom File 2, which has ranks and deciles, and no scores. The file at hand places LSOAs in the "
        f"districts of today; {older[0].districts} of the 317 districts of 2019 are still there.\n",
        _table(older, ranks=False),
    ]
    return "\n".join(parts)


def _about(one: Difference) -> tuple[str, str]:
    parts = one.indicator.split(".")
    domain = parts[1] if len(parts) == 3 else "imd"
    if one.indicator.startswith("iod"):
        domain = parts[1].partition("_")[0]
    return DOMAINS.get(domain, "Index of Multiple Deprivation"), _MEASURES[parts[-1]]


def _table(measured: list[Difference], *, ranks: bool) -> str:
    rank = {one.indicator: one for one in measured if one.is_rank}
    rows = ["| domain | measure | districts | median | largest | where |" + (" in rank |" if ranks else "")]
    rows.append("|---|---|---|---|---|---|" + ("---|" if ranks else ""))
    for one in measured:
        if one.is_rank:
            continue
        domain, measure = _about(one)
        row = (
            f"| {domain} | {measure} | {one.districts} | {_number(one.middle)} | {_number(one.most)} | {one.district} |"
        )
        if ranks:
            row += f" {rank[one.indicator].most:.0f} |" if one.indicator in rank else " – |"
        rows.append(row)
    return "\n".join(rows) + "\n"


def _beside(measured: list[Difference]) -> str:
    rows = ["| measure | weighted by | median | largest | where |", "|---|---|---|---|---|"]
    for weights in (ALL_AGES, WORKING_AGE):
        for one in measured:
            if one.weights == weights and ".employment.average" in one.indicator:
                name = _about(one)[1] if not one.is_rank else f"rank of {_about(one)[1]}"
                rows.append(f"| {name} | {weights} | {_number(one.middle)} | {_number(one.most)} | {one.district} |")
    return "\n".join(rows) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.2g}"
