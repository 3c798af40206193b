"""`python -m tools.demonstration OUT`: write the demonstration county into a folder."""

import argparse
from pathlib import Path

from tools.demonstration import write
from tools.demonstration.assets import assets_truth, make_assets
from tools.demonstration.county import make_county
from tools.demonstration.deaths import make_deaths
from tools.demonstration.deprivation import make_deprivation
from tools.demonstration.health import make_indicators
from tools.demonstration.people import make_people
from tools.demonstration.postcodes import make_postcodes, make_practices
from tools.demonstration.readme import write_readme
from tools.demonstration.roads import make_roads, roads_truth
from tools.demonstration.services import make_services, services_truth
from tools.demonstration.surfaces import make_surfaces, write_surfaces
from tools.demonstration.truth import write_truth
from tools.demonstration.write_places import write_assets, write_services
from tools.demonstration.write_roads import write_roads

SEED = 20_257


def make(out: Path, seed: int = SEED) -> None:
    """Make the county of this seed and write its files into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    county = make_county(seed)
    deprivation = make_deprivation(seed, county)
    people = make_people(seed, county, deprivation.factor)
    postcodes = make_postcodes(seed, county)
    write.write_boundaries(out, county)
    write.write_lookups(out, county)
    write.write_deprivation(out, county, deprivation)
    write.write_population(out, county, people)
    deaths = make_deaths(seed, county, people, deprivation.factor)
    write.write_deaths(out, county, deaths)
    write.write_indicators(out, make_indicators(seed, county.lsoa_code, people, deprivation))
    write.write_practices(out, make_practices(seed, county, postcodes))
    write.write_postcodes(out, county, postcodes)
    imd = deprivation.score["imd"]
    services = make_services(seed, county, people, imd, postcodes)
    write_services(out, services)
    assets = make_assets(seed, county, people, imd, postcodes)
    write_assets(out, assets)
    roads = make_roads(seed, county)
    write_roads(out, roads)
    write_surfaces(out, make_surfaces(seed, county, roads))
    places = {
        "roads": roads_truth(roads),
        "services": services_truth(services, people, imd),
        "assets": assets_truth(assets),
    }
    write_truth(out, county, imd, deaths, places)
    write_readme(out, county, people, postcodes, roads)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.demonstration", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to write into")
    make(parser.parse_args().out)
