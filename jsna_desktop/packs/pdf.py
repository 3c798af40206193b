"""A pack as a tagged PDF (PDF/UA-1), set by typst with nothing fetched and nothing from the system."""

import json
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from jsna_desktop.errors import UserError
from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.look import STYLE
from jsna_desktop.packs.sections import SECTIONS
from jsna_desktop.packs.wording import covered_characters, printable, shortened
from jsna_desktop.resources import resource


def pdf_bytes(findings: Findings) -> bytes:
    """The pack as PDF/UA-1. The same findings give the same bytes."""
    import typst

    covered = covered_characters()
    files: dict[str, bytes] = {}
    markup = [STYLE]
    for name, section in SECTIONS:
        content = section.content(findings)
        if content is None:
            continue
        drawings = {}
        for key, drawing in content.drawings.items():
            file = f"{name}-{key}.svg"
            files[file] = drawing.svg
            # A file's name is no text to print: a place to break in it would lose the file.
            drawings[key] = {"file": file, "alt": printable(drawing.alt, covered), "width": drawing.width}
        files[f"{name}.json"] = _json(printable(content.data, covered) | {"drawings": drawings})
        markup.append(f'#[\n#let d = json("{name}.json")\n{section.MARKUP}\n]')
    files["pack.json"] = _json(printable(_document(findings), covered))
    files["main.typ"] = "\n".join(markup).encode()
    pages = typst.compile(
        files,  # pyright: ignore[reportArgumentType]  # a dict of files is accepted, its type is missing
        format="pdf",
        font_paths=[str(resource("fonts"))],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
    assert isinstance(pages, bytes)
    return pages


def write_pdf(findings: Findings, path: Path) -> None:
    """Write the pack to `path`, whole or not at all; UserError where it cannot be written."""
    write_whole(pdf_bytes(findings), path)


def write_whole(content: bytes, path: Path) -> None:
    """Put bytes into a file beside `path` and move it there; UserError where that is not possible."""
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=".pack-", suffix=".part")
        with os.fdopen(handle, "wb") as sheet:
            sheet.write(content)
        # mkstemp makes files for the owner only; a pack is for whoever may read its folder.
        Path(part).chmod(0o666 & ~_umask())
        Path(part).replace(path)
    except OSError as problem:
        if part is not None:
            Path(part).unlink(missing_ok=True)
        raise UserError(
            "the pack could not be written",
            where=str(path),
            found=problem.strerror or str(problem),
            todo="Choose a folder that you may write to; if the file is open in another program, close it",
        ) from problem


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, allow_nan=False).encode()


def _document(findings: Findings) -> dict[str, Any]:
    made = datetime.fromisoformat(findings.made)
    parts = ("year", "month", "day", "hour", "minute", "second")
    fictional = "Fictional data: not statistics of any real place"
    return {
        "title": f"{findings.locality}: area profile, {findings.date}",
        "short": f"{shortened(findings.locality)} · area profile",
        "publisher": findings.publisher,
        "publisher_short": shortened(findings.publisher, 48),
        "description": findings.lede or f"Area profile of {findings.locality}",
        "footer": fictional if findings.fictional else f"Made {made.day} {made:%B %Y}",
        "made": {part: getattr(made, part) for part in parts},
    }
