"""Nothing that a file names is fetched: a listener on this machine hears of no reader, and Python opens no socket."""

import http.server
import json
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources.child import Reader

Squares = Callable[..., geopandas.GeoDataFrame]


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """(address, what was asked of it)."""
    asked: list[str] = []

    class Notes(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Notes) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def hostile(folder: Path, address: str, squares: Squares) -> list[Path]:
    """Files of every format that can name an address, each naming `address`."""
    made: dict[str, str | bytes] = {}
    remote = [f"{address}/a.gpkg", f"/vsicurl/{address}/a.gpkg", f"/vsizip//vsicurl/{address}/a.zip/a.shp"]
    remote += [f"/vsicurl_streaming/{address}/a.geojson", f"/vsigzip//vsicurl/{address}/a.gz", "/vsistdin/"]
    for number, target in enumerate(remote):
        layer = f"<OGRVRTLayer name='a'><SrcDataSource>{target}</SrcDataSource></OGRVRTLayer>"
        made[f"{number}.vrt"] = f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"
        made[f"far{number}.geojson"] = '{"type": "FeatureCollection"' + " " * 70_000 + made[f"{number}.vrt"]  # type: ignore[operator]
        band = f"<VRTRasterBand dataType='Byte' band='1'><SimpleSource><SourceFilename>{target}</SourceFilename>"
        made[f"raster{number}.vrt"] = (
            f"<VRTDataset rasterXSize='9' rasterYSize='9'>{band}</SimpleSource></VRTRasterBand></VRTDataset>"
        )
        made[f"{number}.json"] = json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector read {target}"})
        made[f"{number}.tab"] = f'!table\n!version 300\nDefinition Table\nFile "{target}"\nType NATIVE\nFields 0\n'
        made[f"name{number}.csv"] = f"LSOA21CD,LAD24CD\n{target},{target}\n"
    made["esri.json"] = json.dumps(
        {"features": [], "transfer": f"{address}/0/query?f=json", "exceededTransferLimit": True}
    )
    made["link.geojson"] = json.dumps(
        {
            "type": "FeatureCollection",
            "crs": {"type": "link", "properties": {"href": f"{address}/crs", "type": "proj4"}},
            "features": [
                {
                    "type": "Feature",
                    "properties": {"LSOA21CD": "E01000001"},
                    "geometry": {"type": "Polygon", "coordinates": [[[-2, 52], [-1.9, 52], [-1.9, 52.1], [-2, 52]]]},
                }
            ],
        }
    )
    kml = (
        '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {}>{}</kml>'
    )
    made["schema.kml"] = kml.format(f'xsi:schemaLocation="a {address}/a.xsd"', "<Document/>")
    link = f"<NetworkLink><Link><href>{address}/b.kml</href></Link></NetworkLink>"
    style = f'<Style id="s"><IconStyle><Icon><href>{address}/i.png</href></Icon></IconStyle></Style>'
    mark = (
        f"<Placemark><styleUrl>{address}/s.kml#s</styleUrl><Point><coordinates>-2,52</coordinates></Point></Placemark>"
    )
    made["links.kml"] = kml.format("", f"<Document>{link}{style}{mark}<Schema id='{address}'/></Document>")
    made["entity.kml"] = f'<!DOCTYPE kml SYSTEM "{address}/kml.dtd">' + kml.format("", "<Document/>")
    made["a.gml"] = (
        f'<ogr:FeatureCollection xmlns:ogr="a" xsi:schemaLocation="a {address}/a.xsd" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
    )
    made["a.svg"] = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}/i.png"/></svg>'
    for name, content in made.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return [*(folder / name for name in made), *_packed(folder, address, squares, made["links.kml"])]


def _packed(folder: Path, address: str, squares: Squares, kml: str | bytes) -> list[Path]:
    with zipfile.ZipFile(folder / "links.kmz", "w") as zipped:
        zipped.writestr("doc.kml", kml)
    book = folder / "links.xlsx"
    import openpyxl

    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.append(["LSOA21CD", "LAD24CD"])
    made.active.append(["E01000001", f'=WEBSERVICE("{address}/w")'])
    made.active["A2"].hyperlink = f"{address}/h"
    made.save(book)
    with zipfile.ZipFile(book) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"<workbook", f'<!DOCTYPE w SYSTEM "{address}/d.dtd"><workbook'.encode(), 1
    )
    with zipfile.ZipFile(folder / "entity.xlsx", "w") as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    tile = folder / "a.tif"
    with rasterio.open(
        tile, "w", driver="GTiff", width=4, height=4, count=1, dtype="uint8", crs=27700,
        transform=rasterio.Affine(100, 0, 4e5, 0, -100, 2e5),
    ) as file:  # fmt: skip
        file.write(np.ones((1, 4, 4), dtype="uint8"))
    sidecar = f"<PAMDataset><Metadata domain='x'><MDI key='a'>/vsicurl/{address}/p</MDI></Metadata></PAMDataset>"
    (folder / "a.tif.aux.xml").write_text(sidecar)
    (folder / "a.tif.ovr").write_text(f"<VRTDataset><a>/vsicurl/{address}/o.tif</a></VRTDataset>")
    package = folder / "remote.gpkg"
    squares(["E01000001"]).to_file(package)
    with sqlite3.connect(package) as database:
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            database.execute(f"UPDATE {table} SET table_name = ?", (f"/vsicurl/{address}/a.gpkg",))
    squares(["E01000001"]).to_file(folder / "prj.shp")
    (folder / "prj.prj").write_text(f"{address}/prj")
    return [folder / name for name in ("links.kmz", "links.xlsx", "entity.xlsx", "a.tif", "remote.gpkg", "prj.shp")]


def test_no_reader_asks_for_anything(listener: tuple[str, list[str]], squares: Squares, tmp_path: Path) -> None:
    address, asked = listener
    read = 0
    with Reader() as reader:
        for path in hostile(tmp_path, address, squares):
            for kind in (None, "background"):
                try:
                    reader.read(path, kind=kind)
                    read += 1
                except FileProblem as error:
                    assert "takes too long" not in error.message
    assert asked == []
    assert read, "at least the sound ones among them are read"


def test_the_listener_would_hear_it(listener: tuple[str, list[str]]) -> None:
    """GDAL itself, unconfined, does ask: so the silence above is the child's doing."""
    import subprocess
    import sys

    address, asked = listener
    code = (
        "import sys, pyogrio\ntry:\n    pyogrio.read_info(sys.argv[1])\nexcept Exception as error:\n    print(error)\n"
    )
    subprocess.run([sys.executable, "-c", code, f"/vsicurl/{address}/a.gpkg"], check=True, capture_output=True)
    assert asked


def test_the_child_opens_no_socket_in_python(squares: Squares, tmp_path: Path) -> None:
    """Python tells of every socket and program that is opened: in the child's own set-up there is none."""
    import subprocess
    import sys

    paths = [str(path) for path in hostile(tmp_path, "http://127.0.0.1:9", squares)]
    code = (
        "import sys\n"
        "from jsna_desktop.sources.child import MEMORY_BYTES, _confine\n"
        "_confine(MEMORY_BYTES)\n"
        "seen = []\n"
        "names = ('socket.', 'subprocess.', 'os.system', 'os.exec', 'os.posix_spawn', 'urllib.', 'ctypes.dlopen/')\n"
        "sys.addaudithook(lambda event, args: seen.append(event) if event.startswith(names) else None)\n"
        "from pathlib import Path\n"
        "from jsna_desktop.errors import UserError\n"
        "from jsna_desktop.sources import read\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        read(Path(path))\n"
        "    except UserError:\n"
        "        pass\n"
        "print(sorted(set(seen) - {'socket.__new__', 'socket.gethostname'}))\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code, *paths], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == "[]"
