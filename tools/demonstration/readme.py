"""The README beside the files: what they are, and that nothing in them is real."""

from pathlib import Path

from tools.demonstration import write
from tools.demonstration.county import County
from tools.demonstration.names import COUNTY, TOWNS
from tools.demonstration.people import People
from tools.demonstration.postcodes import Postcodes

TEXT = """# {county}: fictional data

{county} does not exist. Its towns, areas, codes, postcodes, practices, residents and their health are invented;
any likeness to a real place is chance. The files have the layouts of the ones that officers download, so that
the program can be tried, taught and tested without anyone's data.

{lsoas} LSOAs with {oas} output areas, {msoas} MSOAs and {areas} community areas; {residents:,} residents in
mid-2024; {postcodes:,} postcodes. The south-east, around Kelderford, is deprived; the north-west is not.

| file | what |
|---|---|
| `{lsoa_boundaries}` | LSOA 2021 boundaries, GeoPackage, EPSG:27700 |
| `{oa_boundaries}` | output area 2021 boundaries, GeoParquet, EPSG:27700 |
| `{region_lookup}` | LSOA → district → region |
| `{oa_lookup}` | output area → LSOA → MSOA |
| `{community_lookup}` | LSOA → community area |
| `{deprivation}` | layout of the Indices of Deprivation 2025, File 7; ranks among 33,755 fictional areas |
| `{population}` | residents by sex and single year of age, mid-2024 (plain table) |
| `{earlier}` | residents by sex and age band, mid-2015 to mid-2023 (plain table) |
| `{deaths}` | deaths of ten years by sex, age band and cause (plain table) |
| `truth.json` | no data file: the true life expectancies, slope indices and gaps that the deaths were drawn from |
| `{indicators}` | ten health indicators with counts, for LSOAs, the fictional region and nation (plain table) |
| `{practices}` | general practices in the layout of NHS ODS `epraccur`, closed ones and other prescribers among them |
| `{postcodes_file}` | postcodes in the layout of OS Code-Point Open |

Codes begin with X, a letter that ONS does not use; postcodes with QX, an area that does not exist; telephone
numbers with 01632 960, kept by Ofcom for fiction.

**Licence**: the same as the program. Free to use; no attribution is needed.

**To make it again**, the same to the last byte:

```
python -m tools.demonstration resources/demonstration
```
"""


def write_readme(out: Path, county: County, people: People, postcodes: Postcodes) -> None:
    """Write README.md with the county's own numbers."""
    text = TEXT.format(
        county=COUNTY,
        lsoas=len(county.lsoa_code),
        oas=f"{len(county.oa_code):,}",
        msoas=len(county.msoa_code),
        areas=len(TOWNS),
        residents=int(people.persons.sum()),
        postcodes=len(postcodes.code),
        lsoa_boundaries=write.LSOA_BOUNDARIES,
        oa_boundaries=write.OA_BOUNDARIES,
        region_lookup=write.REGION_LOOKUP,
        oa_lookup=write.OA_LOOKUP,
        community_lookup=write.COMMUNITY_LOOKUP,
        deprivation=write.DEPRIVATION,
        population=write.POPULATION,
        earlier=write.EARLIER,
        deaths=write.DEATHS,
        indicators=write.INDICATORS,
        practices=write.PRACTICES,
        postcodes_file=write.POSTCODES,
    )
    (out / "README.md").write_bytes(text.encode())
