"""What stands out follows from the rows."""

from jsna_desktop.measures.standout import number, stands_out


def row(name: str, value: float, england: tuple[float, str], district: tuple[float, str], **more: str) -> dict:
    comparators = [
        {"level": "district", "area": "Wiltshire", "value": district[0], "verdict": district[1]},
        {"level": "england", "area": "England", "value": england[0], "verdict": england[1]},
    ]
    return {
        "indicator": f"local.{name.lower()}", "name": name, "period": "2024", "sex": "persons", "age": "all",
        "value": value, "unit": "%", "comparators": comparators,
    } | more  # fmt: skip


def test_worse_comes_first_and_the_sentence_holds_every_number() -> None:
    found = stands_out(
        [
            row("Crowding", 2.5, (4.4, "better"), (1.8, "worse")),
            row("Disability", 18.1, (17.3, "worse"), (16.9, "worse")),
        ]
    )
    assert [f.mark for f in found] == ["worse", "better"]
    assert found[0].rest == "18.1\u00a0%, clearly above England’s 17.3\u00a0% and Wiltshire’s 16.9\u00a0%."
    assert found[1].rest == "2.5\u00a0%, clearly below England’s 4.4\u00a0%, but clearly above Wiltshire’s 1.8\u00a0%."
    assert found[1].lead == "Crowding: lower."


def test_similar_and_slight_and_withheld_differences_do_not_stand_out() -> None:
    assert stands_out([row("A", 10.0, (10.5, "similar"), (10.4, "similar"))]) == []
    assert stands_out([row("A", 10.0, (10.1, "lower"), (10.0, "similar"))]) == []
    assert stands_out([row("A", 10.0, (20, "better"), (20, "better")) | {"value": None}]) == []


def test_a_difference_from_the_district_alone_stands_out_too() -> None:
    (found,) = stands_out([row("Deprived", 9.0, (8.9, "similar"), (4.0, "worse"))])
    assert found.rest.startswith("9.0\u00a0%, clearly above Wiltshire’s 4.0\u00a0%, and not clearly different from Eng")


def test_one_finding_a_census_table_and_the_latest_period() -> None:
    rows = [
        row("Owned", 40, (60, "lower"), (60, "lower"), indicator="census2021.tenure.owned"),
        row("Rented", 30, (20, "higher"), (20, "higher"), indicator="census2021.tenure.rented"),
        row("Smoking", 30, (20, "worse"), (20, "worse"), period="2019"),
        row("Smoking", 20.1, (20, "similar"), (20, "similar")),
    ]
    assert [f.lead for f in stands_out(rows)] == ["Owned: lower."]


def test_deprivation_is_told_beside_the_district() -> None:
    share = row("Share", 0.06, (0.2, "not compared"), (0.028, "not compared"))
    (found,) = stands_out([share | {"indicator": "imd2025.share_residents_quintile1", "unit": ""}])
    assert found.rest.startswith("6.0\u00a0% of residents live in neighbourhoods among the most deprived fifth")
    assert found.rest.endswith("in Wiltshire as a whole 2.8\u00a0%.")
    nobody = share | {"indicator": "imd2025.share_residents_quintile1", "unit": "", "value": 0.0}
    assert stands_out([nobody])[0].rest.startswith("Nobody here lives")


def test_numbers_for_people() -> None:
    assert number(47908.4, "residents") == "47,908"
    assert number(None) == "–"
    assert number(1204.2, "per 100,000") == "1,204 per 100,000"
    assert number(0.456) == "0.5"
