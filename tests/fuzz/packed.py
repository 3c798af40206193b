"""Bytes, zips, JSON and XML made hostile, each by what it consists of."""

import gzip
import io
import json
import re
import struct
import zipfile
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.tables import Draw, cell

_INSERTED = (
    b"\x00", b"\x00" * 64, b"\xff" * 8, b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3", b'"', b"\r", b"\n",
    b"\x81", b"\x1f\x8b", b"PK\x03\x04", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"]]>", b"{" * 500,
)  # fmt: skip
_NUMBERS = tuple(
    struct.pack(form, value)
    for form, values in (
        ("<i", (-1, 0, 1, 2**31 - 1, -(2**31), 100_000_000)),
        (">i", (-1, 2**31 - 1, 100_000_000)),
        ("<q", (-1, 2**63 - 1, 2**40)),
        ("<d", (float("nan"), float("inf"), -1e300, 1e-310)),
        (">d", (float("nan"), float("inf"))),
    )
    for value in values
)


def bytes_changed(draw: Draw, content: bytes) -> bytes:
    """One piece lost, repeated, inserted, or overwritten by a number that is far too large or none; or cut short."""
    if not content:
        return b"\x00"
    # Headers and ends say what the rest is: every other change is near one of them.
    near = draw(st.integers(0, 3))
    size = len(content)
    start = draw(st.integers(0, min(size - 1, 127))) if near == 1 else draw(st.integers(0, size - 1))
    start = size - 1 - start if near == 2 else start
    # A changed bit more often than the rest: it leaves the frame of the file whole, and so is read on.
    how = draw(st.sampled_from([0, 1, 2, 3, 4, 6, 5, 5, 5, 5]))
    span = draw(st.integers(1, 64))
    if how == 0:
        return content[:start]
    if how == 1:
        return content[:start] + content[start + span :]
    if how == 2:
        return content[:start] + content[start : start + span] * draw(st.integers(2, 20)) + content[start + span :]
    if how == 3:
        return content[:start] + draw(st.sampled_from(_INSERTED)) + content[start:]
    if how == 4:
        other = draw(st.binary(min_size=1, max_size=4))
    elif how == 5:
        other = bytes([content[start] ^ (1 << draw(st.integers(0, 7)))])
    else:
        other = draw(st.sampled_from(_NUMBERS))
    return content[:start] + other + content[start + len(other) :]


def gz(draw: Draw, content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


_NAMES = (
    "../a.csv", "/a.csv", "a\\b.csv", "C:\\a.csv", "doc.kml", "a.shp", "a.tab", "a.csv", "xl/workbook.xml", "a.gpkg",
    "a00000001.gdbtable", "README.csv", "Doc/a.csv", "__MACOSX/a.csv", "ä.csv", "a" * 300 + ".csv", "", "a.zip", "a/",
)  # fmt: skip


def zip_changed(draw: Draw, content: bytes) -> bytes:
    """A member changed, renamed, lost or twice there; or a number of the directory untrue."""
    members = unzipped(content)
    name = draw(st.sampled_from(sorted(members)))
    how = draw(st.integers(0, 6))
    if how <= 2:
        inside = members[name]
        change = xml_changed if inside.lstrip()[:1] == b"<" and draw(st.booleans()) else bytes_changed
        return zipped(members | {name: change(draw, inside)})
    if how == 3:
        new = draw(st.sampled_from(_NAMES))
        return zipped({new if other == name else other: inside for other, inside in members.items()})
    if how == 4:
        return zipped({other: inside for other, inside in members.items() if other != name})
    if how == 5:
        return zipped(members | {draw(st.sampled_from(_NAMES)): draw(st.sampled_from(list(members.values())))})
    out = bytearray(zipped(members))
    # Of an entry of the directory: flags, method, checksum, packed size, size, disk, attributes, offset.
    field, form = draw(
        st.sampled_from([(8, "<H"), (10, "<H"), (16, "<I"), (20, "<I"), (24, "<I"), (34, "<H"), (38, "<I"), (42, "<I")])
    )
    place = out.find(b"PK\x01\x02")
    struct.pack_into(form, out, place + field, draw(st.sampled_from([0, 1, 8, 99, 0xFFFF])))
    return bytes(out)


_JSON = (
    None, True, -1, 0, 1e308, float("inf"), float("nan"), 10**30, "", "x" * 5000, "\ud800", "\x00", "a\nb", [], {},
    [[]], [None], {"type": "Point"}, "EPSG:4326", "EPSG:0", "http://127.0.0.1:9/a", "/vsicurl/http://127.0.0.1:9/a",
)  # fmt: skip


def json_value_changed(draw: Draw, value: Any) -> Any:
    """The value with one part of it replaced, lost, renamed, repeated or buried."""
    if isinstance(value, dict | list) and value and draw(st.integers(0, 5)):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = draw(st.sampled_from(keys))
        how = draw(st.integers(0, 9))
        if how == 0:
            if isinstance(value, dict):
                return {k: v for k, v in value.items() if k != key}
            return value[:key] + value[key + 1 :]
        if how == 1:
            return {**value, "crs": value[key]} if isinstance(value, dict) else [*value, value[key]]
        if isinstance(value, dict):
            return value | {key: json_value_changed(draw, value[key])}
        return [*value[:key], json_value_changed(draw, value[key]), *value[key + 1 :]]
    if draw(st.integers(0, 30)) == 0:
        for _ in range(300):
            value = [value]
        return value
    return draw(st.sampled_from(_JSON)) if draw(st.booleans()) else cell(draw)[:5000]


def json_changed(draw: Draw, content: bytes) -> bytes:
    value = json.loads(content)
    for _ in range(draw(st.integers(1, 3))):
        value = json_value_changed(draw, value)
    return json.dumps(value, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


_TOKENS = re.compile(rb'<[^<>]{1,200}>|"[^"<>]{0,200}"|[^<>"\s]{1,200}')
_XML = (
    b"", b"<", b">", b"&a;", b"&#0;", b"&#xD800;", b"<!DOCTYPE k [<!ENTITY a 'b'>]>", b"<!-- ", b"<![CDATA[", b"</x>",
    b"<Link><href>http://127.0.0.1:9/a.kml</href></Link>", b"NaN", b"inf", b"1e400", b"-99999999999", b'"1e9"',
    b'"A1:XFD1048576"', b'"s"', b'"str"', b'"e"', b'"d"', b'"../a.xml"', b'"http://127.0.0.1:9/a"', b"<a>" * 400,
)  # fmt: skip


def xml_changed(draw: Draw, content: bytes) -> bytes:
    """A tag, an attribute or a text lost, repeated, or replaced by a trap."""
    found = list(_TOKENS.finditer(content))
    if not found:
        return bytes_changed(draw, content)
    token = found[draw(st.integers(0, len(found) - 1))]
    how = draw(st.integers(0, 3))
    new = draw(st.sampled_from(_XML)) if how > 1 else token[0] * (2 * how)
    new = cell(draw)[:200].encode("utf-8", "replace") if how == 3 else new
    return content[: token.start()] + new + content[token.end() :]
