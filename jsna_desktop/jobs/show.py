"""What is in a workspace, as `show --json` gives it."""

from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.localities import localities
from jsna_desktop.jobs.profile import Summary, summaries
from jsna_desktop.jobs.release import release_summary
from jsna_desktop.sources.dataset import Dataset, Problem
from jsna_desktop.workspace import arrays, catalogue
from jsna_desktop.workspace.store import Store

_INDICATOR = ("id", "name", "kind", "unit", "multiplier", "polarity", "period", "geography", "sex", "age", "caveat")


def contents(store: Store) -> dict:
    """{"workspace", "datasets", "indicators", "localities"} (contract.md)."""
    replaced = catalogue.replaced_by(store)
    return {
        "workspace": store.name,
        "datasets": [
            {
                "id": d.id,
                "title": d.title,
                "kind": d.kind,
                "geography": d.geography,
                "period": d.period,
                "source": d.source,
                "licence": d.licence,
                "attribution": d.attribution,
                "filename": d.filename,
                "reason": d.reason,
                "retrieved": d.retrieved,
                "checksum": d.checksum,
                "rows": d.rows,
                "sensitive": d.sensitive,
                "fictional": d.fictional,
                "replaced_by": replaced.get(d.id),
                "problems": [_problem(p, d) for p in d.problems],
            }
            for d in catalogue.datasets(store)
        ],
        "indicators": [{name: getattr(i, name) for name in _INDICATOR} for i in catalogue.indicators(store)],
        "localities": [
            {"name": s.locality, "set": s.set, "method": s.method, "residents": s.residents, "blocks": s.blocks}
            for s in residents(store)
        ],
    }


def _problem(one: Problem, dataset: Dataset) -> dict:
    """What was wrong with a file; of sensitive data without what its rows say."""
    examples = [] if dataset.sensitive else list(one.examples)
    return {"message": one.message, "rows": one.rows, "examples": examples}


def residents(store: Store, sets: tuple[str, ...] = ()) -> list[Summary]:
    """Who lives in each locality, by the latest population of the workspace."""
    places = localities(store, sets)
    known = {i.id for i in catalogue.indicators(store)}
    wanted = ["population.residents"] if "population.residents" in known else []
    if not places:
        return []
    figures = load_figures(store, wanted)
    return [release_summary(summary, figures.sensitive) for summary in summaries(figures, places)]


def check(store: Store) -> list[str]:
    """What is wrong with the workspace's file and the values in it, a sentence each."""
    found = store.check()
    if found:
        return found
    for dataset, name, form, data in store.all("SELECT dataset, name, form, data FROM value_column"):
        values = arrays.unpack(form, data)
        size = store.one("SELECT size FROM codeset c JOIN dataset d ON d.codeset = c.key WHERE d.key = ?", [dataset])
        if len(values) != size[0]:
            found.append(f"the column {name} has {len(values):,} values for {size[0]:,} areas")
    return found
