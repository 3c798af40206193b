"""The README beside the files: what they are, and that nothing in them is real."""

from pathlib import Path

from tools.demonstration import surfaces, write, write_places, write_roads
from tools.demonstration.county import County
from tools.demonstration.names import COUNTY, TOWNS
from tools.demonstration.people import People
from tools.demonstration.postcodes import Postcodes
from tools.demonstration.roads import Roads
from tools.demonstration.routes import BRIDGES, REACH_M
from tools.demonstration.services import KINDS

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
| `truth.json` | no data file: true life expectancies, slope indices and gaps; what was planted in other files |
| `{indicators}` | ten health indicators with counts, for LSOAs, the fictional region and nation (plain table) |
| `{practices}` | general practices in the layout of NHS ODS `epraccur`, closed ones and other prescribers among them |
| `{postcodes_file}` | postcodes in the layout of OS Code-Point Open |
| `{roads}` | {nodes:,} nodes and {links:,} links in the layout of OS Open Roads, to {reach} km beyond the county |
| `{services}` | services of ten types with capacities, a few beyond the county, closed or proposed (plain table) |
| `{assets}` | 400 assets of communities: groups, networks, activities, spaces and services (plain table) |
| `{particles}` | PM2.5 in µg/m³, annual mean 2023, cells of 100 m, EPSG:27700 |
| `{green}` | green cover in per cent, 2023, cells of 100 m, EPSG:27700 |

The river, from the west of Nether Marrow to the south of Kelderford, has three bridges: at {bridges}.
The motorway M99 meets A roads at four junctions; every other road passes over or under it. Six small pieces of road
join nothing. Dentists are few where people are deprived, and food banks many; assets are fewer there too. Eight assets
are in the table twice under names that differ, and thirty were last checked before 2023.

What a capacity counts:

| service | capacity |
|---|---|
{capacities}

Codes begin with X, a letter that ONS does not use; postcodes with QX, an area that does not exist; telephone
numbers with 01632 960, kept by Ofcom for fiction.

**Licence**: the same as the program. Free to use; no attribution is needed.

**To make it again**, the same to the last byte:

```
python -m tools.demonstration resources/demonstration
```
"""


def write_readme(out: Path, county: County, people: People, postcodes: Postcodes, roads: Roads) -> None:
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
        roads=write_roads.ROADS,
        nodes=len(roads.xy),
        links=len(roads.start),
        reach=REACH_M / 1_000,
        services=write_places.SERVICES,
        assets=write_places.ASSETS,
        particles=surfaces.PARTICLES,
        green=surfaces.GREEN,
        bridges=f"{', '.join(BRIDGES[:-1])} and {BRIDGES[-1]}",
        capacities="\n".join(f"| `{kind.service}` | {kind.capacity[2]} |" for kind in KINDS),
    )
    (out / "README.md").write_bytes(text.encode())
