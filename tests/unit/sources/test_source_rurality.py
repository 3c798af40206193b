"""ONS's rural-urban classifications of 2021 and 2011, in the layouts that they are published in."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.jobs.rurality import rurality
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace.store import Store
from tests.worlds import keep

OF_2021 = """LSOA21CD,LSOA21NM,LSOA21NMW,RUC21CD,RUC21NM,Urban_rural_flag,ObjectId
E01000001,City of London 001A,,UN1,Urban: Nearer to a major town or city,Urban,1
E01000002,City of London 001B,,RSF1,Smaller rural: Further from a major town or city,Rural,2
E01000003,City of London 001C,,RLN1,Larger rural: Nearer to a major town or city,Rural,3
"""
OF_2011 = """LSOA11CD,LSOA11NM,RUC11CD,RUC11,FID
E01000001,City of London 001A,A1,Urban major conurbation,1
E01000002,City of London 001B,D1,Rural town and fringe,2
E01000003,City of London 001C,E2,Rural village and dispersed in a sparse setting,3
"""
CODES_ALONE = "LSOA11CD,RUC11CD\nE01000001,C1\nE01000002,F1\nE01000003,D2\n"


@pytest.mark.parametrize(
    ("text", "geography", "name"),
    [
        (OF_2021, "lsoa2021", "Urban: Nearer to a major town or city"),
        (OF_2011, "lsoa2011", "Urban major conurbation"),
        (CODES_ALONE, "lsoa2011", ""),
    ],
)
def test_areas_are_urban_or_rural(
    table: Callable[..., Reading], tmp_path: Path, text: str, geography: str, name: str
) -> None:
    made = table(text)
    (lookup,) = made.lookups
    assert (made.dataset.kind, made.dataset.geography, lookup.level) == ("lookup", geography, "ruc")
    assert (made.columns[lookup.names][0] if lookup.names else "") == name
    with Store.create(tmp_path / "own.jsna") as store:
        keep(store, made)
        found = rurality(store, geography, np.array(["E01000001", "E01000002", "E01000003", "E01000009"]))
        assert found is not None
        assert found.of.tolist() == [0, 1, 1, -1]
        assert rurality(store, "msoa2021", np.array(["E02000001"])) is None
