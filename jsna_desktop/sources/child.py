"""Files that strangers made are read in a process of their own.

A thread cannot stop GDAL, cap its memory or outlive its crash; a process can be ended. It is spawned once and reused.
What comes back is data only (JSON and NumPy buffers): a file that takes the child over still cannot run code here.
"""

import gc
import multiprocessing
import os
import time
import traceback
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from jsna_desktop.errors import FileProblem, UserError
from jsna_desktop.sources import columns, wire
from jsna_desktop.sources.columns import Proposal
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.localities import LocalityFile
from jsna_desktop.sources.postcode_list import PostcodeList
from jsna_desktop.sources.reading import Box, ProgressCall, Waits, quiet

SECONDS_WITHOUT_PROGRESS = 300.0
MEMORY_BYTES = 3 << 30
_TICK = 0.05
_PIECE = 1 << 26
# Inherited from other programs these make GDAL or PROJ read another version's data (each wheel brings its own).
_INHERITED = ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA", "GDAL_DRIVER_PATH", "OGR_DRIVER_PATH")
_OFFLINE = {
    "PROJ_NETWORK": "OFF",
    # No address ends so: GDAL's network file systems open nothing.
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GML_DOWNLOAD_SCHEMA": "NO",
    # What asks past the file systems (a coordinate system behind a link) goes to a proxy of a kind that does not exist:
    # curl gives up before it opens a socket.
    "GDAL_HTTP_PROXY": "none://127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "none://127.0.0.1:9",
    "no_proxy": "",
    "NO_PROXY": "",
    "GDAL_SKIP": "VRT,GTI,HTTP,WMS,WMTS,WCS,PLMOSAIC,EEDA,EEDAI,NGW,DAAS,OGCAPI,STACIT,STACTA",
    # Drivers that only read what a file points to, or take texts of any kind: none is needed here.
    "OGR_SKIP": "OGR_VRT,GDALG,WFS,OAPIF,CSW,Carto,AmigoCloud,PLSCENES,Elasticsearch,GPSBabel,ADBC,MapML,GeoRSS,"
    "OSM,SQLite,CSV,GML,GPX,XLSX,ODS,DXF,DGN,S57,VFK,PDS4,LVBAG,EDIGEO,SXF,Selafin,VDV,GTFS,PMTiles,MVT,Idrisi,"
    "WAsP,JML,OGR_GMT,OGR_PDS,AVCBin,AVCE00,AIVector,MiraMonVector",
}

T = TypeVar("T")


class ReaderFault(Exception):
    """What went wrong inside the child, as its traceback: the cause of a FileProblem, for a report."""


class Reader:
    """Reads files in a child process, one at a time. Use it in a `with`, or `close` it.

    `seconds` is how long the child may be silent before it is ended; `memory` its address space in bytes (not on
    Windows, which has no such limit).
    """

    def __init__(self, *, seconds: float = SECONDS_WITHOUT_PROGRESS, memory: int = MEMORY_BYTES) -> None:
        self._seconds, self._memory = seconds, memory
        self._process: Any = None
        self._connection: Connection | None = None

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the child now, so that the first file need not wait for it."""
        if self._process is not None and self._process.is_alive():
            return
        self.close()
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._memory), daemon=True, name="reader")
        self._process.start()
        theirs.close()

    def close(self) -> None:
        """End the child, whatever it is doing."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None

    def read(
        self,
        path: Path,
        *,
        kind: str | None = None,
        geography: str | None = None,
        column_map: Mapping[str, Any] | None = None,
        progress: ProgressCall = quiet,
        box: Box | None = None,
        wait: bool = False,
    ) -> Reading:
        """As `sources.read`. A crash, a silence or too much memory is a FileProblem; what `progress` raises (Cancelled)

        ends the child.
        """
        request = {
            "job": "read",
            "path": str(Path(path).absolute()),
            "kind": kind,
            "geography": geography,
            "column_map": dict(column_map or {}),
            "box": box,
            "wait": wait,
        }
        return self._ask(request, progress, wire.unpack_reading)

    def outline(self, path: Path, progress: ProgressCall = quiet) -> Proposal | None:
        """As `sources.columns.propose`: what the columns of a table seem to be; None where the file is no table."""
        return self._ask({"job": "outline", "path": str(Path(path).absolute())}, progress, columns.unpacked)

    def read_localities(
        self,
        path: Path,
        *,
        code_field: str | None = None,
        name_field: str | None = None,
        geography: str | None = None,
        progress: ProgressCall = quiet,
    ) -> LocalityFile:
        """As `sources.localities.read_localities`."""
        request = {
            "job": "localities",
            "path": str(Path(path).absolute()),
            "code_field": code_field,
            "name_field": name_field,
            "geography": geography,
        }
        return self._ask(request, progress, wire.unpack_localities)

    def read_postcode_list(
        self, path: Path, *, column: str | None = None, progress: ProgressCall = quiet
    ) -> PostcodeList:
        """As `sources.postcode_list.read_postcode_list`."""
        request = {"job": "postcodes", "path": str(Path(path).absolute()), "column": column}
        return self._ask(request, progress, wire.unpack_postcode_list)

    def _ask(
        self, request: dict[str, Any], progress: ProgressCall, unpack: Callable[[dict[str, Any], list[bytes]], T]
    ) -> T:
        where = Path(request["path"]).name
        self.start()
        assert self._connection is not None
        try:
            self._connection.send_bytes(wire.to_json(request))
            message = self._answer(progress, where)
            buffers = [self._receive(size) for size in message.get("sizes", ())]
        except (EOFError, OSError) as error:
            self.close()
            raise _stopped(where, "the reader stopped") from error
        except BaseException:
            # Cancelled, or an error of who watches: the child may be in the middle of a file.
            self.close()
            raise
        if "waits" in message:
            raise Waits(message["waits"])
        if "error" in message:
            raise wire.unpack_error(message["error"])
        if "fault" in message:
            raise _stopped(where, message["found"]) from ReaderFault(message["fault"])
        return unpack(message["result"], buffers)

    def _answer(self, progress: ProgressCall, where: str) -> dict[str, Any]:
        """The child's last word. `progress` is called at every tick too, so that it can cancel a silent child."""
        assert self._connection is not None
        said: tuple[str, float | None] = (f"Reading {where}", None)
        heard = time.monotonic()
        while True:
            if self._connection.poll(_TICK):
                message = wire.from_json(self._connection.recv_bytes())
                heard = time.monotonic()
                if "progress" not in message:
                    return message
                said = (message["progress"][0], message["progress"][1])
            elif time.monotonic() - heard > self._seconds:
                raise FileProblem(
                    "reading the file takes too long",
                    where=where,
                    found=f"no progress for {self._seconds:.0f} seconds",
                    todo="Cut it to your area, or save it in another format",
                )
            progress(*said)

    def _receive(self, size: int) -> bytes:
        assert self._connection is not None
        pieces = [self._connection.recv_bytes() for _ in range(0, size, _PIECE)]
        return b"".join(pieces)


def _stopped(where: str, found: str) -> FileProblem:
    return FileProblem(
        "the file could not be read",
        where=where,
        found=found,
        todo="The file may be damaged: download or save it again, or in another format",
    )


def _serve(connection: Connection, memory: int) -> None:
    """The child: answers requests until the parent goes."""
    _confine(memory)
    while True:
        try:
            request = wire.from_json(connection.recv_bytes())
        except (EOFError, OSError):
            return
        try:
            message, buffers = _result(request, connection)
        except Waits as waits:
            message, buffers = {"waits": str(waits)}, []
        except UserError as error:
            message, buffers = {"error": wire.pack_error(error)}, []
        except MemoryError:
            found = "it needs more memory than reading a file may take"
            message, buffers = {"fault": traceback.format_exc(), "found": found}, []
        # Whatever a reader trips over must not reach a person as a traceback: the parent makes a sentence of it.
        except Exception as error:
            found = f"something that the reader does not understand ({type(error).__name__}: {error})"
            message, buffers = {"fault": traceback.format_exc(), "found": found[:300]}, []
        connection.send_bytes(wire.to_json(message | {"sizes": [len(buffer) for buffer in buffers]}))
        for buffer in buffers:
            for start in range(0, len(buffer), _PIECE):
                connection.send_bytes(buffer[start : start + _PIECE])
        del message, buffers
        # Arrays of a file may hang on objects that hold each other: they go now, not when Python next looks for such.
        gc.collect()
        # What is left is the libraries: not looked through again, so that this takes a millisecond.
        gc.freeze()


def _result(request: dict[str, Any], connection: Connection) -> tuple[dict[str, Any], list[bytes]]:
    def progress(message: str, fraction: float | None = None) -> None:
        connection.send_bytes(wire.to_json({"progress": [message, fraction]}))

    path = Path(request["path"])
    if request["job"] == "read":
        from jsna_desktop.sources import read

        reading = read(
            path,
            kind=request["kind"],
            geography=request["geography"],
            column_map=request["column_map"],
            progress=progress,
            box=tuple(request["box"]) if request["box"] else None,
            wait=request["wait"],
        )
        header, buffers = wire.pack_reading(reading)
    elif request["job"] == "outline":
        from jsna_desktop.sources.reading import Peek

        header, buffers = columns.packed(columns.propose(Peek(path))), []
    elif request["job"] == "postcodes":
        from jsna_desktop.sources.postcode_list import read_postcode_list

        listed = read_postcode_list(path, column=request["column"], progress=progress)
        header, buffers = wire.pack_postcode_list(listed)
    else:
        from jsna_desktop.sources.localities import read_localities

        found = read_localities(
            path,
            code_field=request["code_field"],
            name_field=request["name_field"],
            geography=request["geography"],
            progress=progress,
        )
        header, buffers = wire.pack_localities(found)
    return {"result": header}, buffers


def _confine(memory: int) -> None:
    """Limit the child: memory, network, other programs' settings. Runs before any reader is imported."""
    for name in _INHERITED:
        os.environ.pop(name, None)
    os.environ.update(_OFFLINE)
    try:
        import resource
    except ImportError:
        return  # Windows
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory if hard == resource.RLIM_INFINITY else min(memory, hard), hard))
