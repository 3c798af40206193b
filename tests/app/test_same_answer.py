"""A place drawn across small areas has one profile: in the window, from the command line, by the jobs."""

import json

import shapely

from jsna_desktop.app.follow import Subject, place_view
from jsna_desktop.cli import main
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.localities import localities
from jsna_desktop.jobs.profile import profile
from jsna_desktop.jobs.release import released_rows

NUMBERS = ("value", "lower_ci", "upper_ci", "numerator", "denominator")


def test_a_drawn_place_has_one_profile_wherever_it_is_asked_for(at_work, capsys):
    session = at_work.session
    outline = shapely.union_all([place.shape for place in session.places()])
    drawn = session.add_polygon("Drawn", "Circle", shapely.centroid(outline).buffer(4321))
    seen = {_key(row): row for row in place_view(session, Subject(drawn)).rows}
    figures = load_figures(session.store)
    made = profile(figures, localities(session.store, names=["Circle"]))
    by_jobs = {_key(row): row for row in released_rows(figures, made, leaving=False)}
    path = session.path
    at_work.close_workspace()
    assert main(["profile", str(path), "--locality", "Circle", "--format", "json"]) == 0
    by_command = {_key(row): row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert len(seen) > 50
    assert set(seen) <= set(by_jobs) == set(by_command)
    cut = 0
    for key, row in seen.items():
        for name in NUMBERS:
            assert row[name] == by_jobs[key][name] == by_command[key][name], (key, name)
        assert [c["verdict"] for c in row["comparators"]] == [c["verdict"] for c in by_command[key]["comparators"]]
        cut += row["numerator"] is not None and row["numerator"] % 1 != 0
    assert cut, "the circle cuts no small area: nothing is shared out"


def _key(row: dict) -> tuple:
    return tuple(row[name] for name in ("geography", "indicator", "period", "sex", "age"))
