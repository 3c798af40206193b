"""The ONS Postcode Directory as it is published, 2.7 million rows and 1.4 GB in a zip, read in the reader's process.

Makes a file of that size (no postcode in it is meant), for it may not lie here. Prints the bar with its figure.
"""

import itertools
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROWS = 2_700_000
MEMORY_BYTES = 1.5e9
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_HEADINGS = (
    "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,oseast1m,osnrth1m,osgrdind,oshlthau,nhser,ctry,"
    "rgn,streg,pcon,eer,teclec,ttwa,pct,itl,statsward,oa01,casward,park,lsoa01,msoa01,ur01ind,oac01,oa11,lsoa11,msoa11,"
    "wz11,sicbl,bua24,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,icb,oa21,lsoa21,msoa21"
)
# What differs from row to row, as it is written there; every other column is ONS's stand-in for none.
_CELLS = {
    "pcd": '"{out:<4}{inward}"', "pcd2": '"{out:<4} {inward}"', "pcds": '"{out} {inward}"', "dointr": '"198001"',
    "doterm": '"{ended}"', "usertype": '"0"', "oseast1m": '"{east}"', "osnrth1m": '"{north:07d}"',
    "osgrdind": '"{quality}"', "ctry": '"E92000001"', "lat": "51.{digits:06d}", "long": "-1.{digits:06d}",
    "imd": "{old}", "oa11": '"E00{old:06d}"', "lsoa11": '"E01{old:06d}"', "msoa11": '"E02{wide:06d}"',
    "oa21": '"E00{digits:06d}"', "lsoa21": '"E01{new:06d}"', "msoa21": '"E02{wide:06d}"',
}  # fmt: skip
_ROW = ",".join(_CELLS.get(heading, '"E99999999"') for heading in _HEADINGS.split(",")) + "\n"


def postcodes() -> Iterator[tuple[str, str]]:
    """Outward and inward codes, each pair once."""
    outward = (
        f"{area}{district}" for area in ("AB", "BA", "CF", "DE", "LS", "QX", "SN", "YO") for district in range(1, 99)
    )
    for code in outward:
        for sector, first, second in itertools.product(range(10), _LETTERS, _LETTERS):
            yield code, f"{sector}{first}{second}"


def rows() -> Iterator[str]:
    """Two of three live, one of a hundred without a place."""
    for number, (out, inward) in zip(range(ROWS), postcodes(), strict=False):
        yield _ROW.format(
            out=out,
            inward=inward,
            ended="" if number % 3 else "200306",
            east=400_000 + number * 37 % 90_000,
            north=150_000 + number * 91 % 290_000,
            quality=1 if number % 100 else 9,
            digits=number % 180_000,
            old=number // 60 % 32_844,
            new=number // 60 % 33_755,
            wide=number // 300 % 6_856,
        )


def write(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("Documents/Country names and codes.csv", "CTRY12CD,CTRY12NM\nE92000001,England\n")
        with book.open("Data/ONSPD_MAY_2025_UK.csv", "w") as file:
            file.write((_HEADINGS + "\n").encode())
            made = rows()
            while piece := "".join(itertools.islice(made, 50_000)):
                file.write(piece.encode())


def main() -> bool:
    from jsna_desktop.sources.child import Reader

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ONSPD_MAY_2025.zip"
        write(path)
        start = time.perf_counter()
        with Reader() as reader:
            found = reader.read(path)
        seconds = time.perf_counter() - start
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    kept = max(child, own) <= MEMORY_BYTES
    print(f"        {found.dataset.rows:,} live postcodes of {ROWS:,} rows in {seconds:.0f} s")
    figures = f"reader {child / 1e9:.2f} GB, program {own / 1e9:.2f} GB (bar {MEMORY_BYTES / 1e9:.1f} GB each)"
    print(f"{'kept  ' if kept else 'MISSED'}  memory: {figures}")
    return kept


if __name__ == "__main__":
    sys.exit(not main())
