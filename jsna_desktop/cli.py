"""Every job from a terminal. Without a command, the window opens."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from jsna_desktop import (
    access_commands,
    asset_commands,
    locality_commands,
    measure_commands,
    safekeeping,
    siting_commands,
)
from jsna_desktop.arguments import parser
from jsna_desktop.errors import Cancelled, FileProblem, UsageProblem, UserError
from jsna_desktop.safekeeping import opened


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # pyright: ignore[reportAttributeAccessIssue]
    if not arguments or (len(arguments) == 1 and arguments[0].endswith(".jsna")):
        from jsna_desktop.app.main_window import run

        return run(Path(arguments[0]) if arguments else None, sys.argv[:1])
    options = parser(_jobs()).parse_args(arguments)
    try:
        code = options.job(options)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a full disk or a closed pipe can still be told
        return code
    except UserError as error:
        print(f"jsna-desktop: {error}", file=sys.stderr)
        return error.exit_code
    except (KeyboardInterrupt, Cancelled):
        print("jsna-desktop: stopped; nothing was changed", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing is left to say, and no flush at exit may try.
        sys.stdout = None  # pyright: ignore[reportAttributeAccessIssue]
        return 0
    except OSError as error:
        # A disk that is full, a folder that is not there or may not be written.
        where = f"{error.filename}: " if error.filename else ""
        print(f"jsna-desktop: {where}this cannot be written. Found {error.strerror}.", file=sys.stderr)
        if not error.filename:
            sys.stdout = None  # pyright: ignore[reportAttributeAccessIssue]
        return UsageProblem.exit_code


def _jobs() -> dict[str, Callable[[argparse.Namespace], int]]:
    return {
        "demo": _demo,
        "new": _new,
        "add": _add,
        "show": _show,
        "check": _check,
        "audit": safekeeping.audit,
        "encrypt": safekeeping.encrypt,
        "password": safekeeping.password,
        "bring-back": safekeeping.bring_back,
        "localities add": _localities_add,
        "localities list": _localities_list,
        "localities remove": _localities_remove,
        **locality_commands.JOBS,
        "profile": _profile,
        **measure_commands.JOBS,
        **access_commands.JOBS,
        **siting_commands.JOBS,
        **asset_commands.JOBS,
        "template": _template,
        "pack": _pack,
        "selfcheck": _selfcheck,
    }


def _progress():
    """Progress on stderr when it is a terminal; one line, written over."""
    from jsna_desktop.jobs.progress import Progress

    if not sys.stderr.isatty():
        return Progress()

    def show(message: str, fraction: float | None) -> None:
        share = "" if fraction is None else f" {100 * fraction:3.0f} %"
        print(f"\r\033[K{message}{share}"[:120], end="", file=sys.stderr, flush=True)

    return Progress(show)


def _done_with_progress() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _demo(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.demonstration import build

    path = build(options.folder, _progress())
    _done_with_progress()
    print(f"The demonstration county (fictional data) is in {path}")
    return 0


def _new(options: argparse.Namespace) -> int:
    from jsna_desktop.workspace.store import Store

    password = safekeeping.new_password(options.password_file, environment=True) if options.encrypt else None
    about = ""
    if options.council:
        from jsna_desktop.jobs.reference import new_for_council

        council = new_for_council(options.workspace, options.council, _progress(), name=options.name, password=password)
        _done_with_progress()
        about = f" for {council.name}: {council.areas:,} LSOAs, outlines of 2011"
    else:
        Store.create(options.workspace, options.name, password=password).close()
    if password is not None:
        safekeeping.keep(options, options.workspace, password)
    print(f"Made {options.workspace}{about}{', encrypted' if password is not None else ''}")
    return 0


def _add(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.add import ALREADY, ASK, LEFT_OUT, Hints, add, recognise
    from jsna_desktop.jobs.gather import gather
    from jsna_desktop.jobs.passwords import advice
    from jsna_desktop.jobs.replace import candidates

    hints = Hints(options.kind, options.geography, _column_map(options.map), options.sensitive, options.keep_records)
    files = [file for path in options.files for file in gather([path])]
    if not files:
        raise UsageProblem("there is no file in it", where=", ".join(map(str, options.files)), todo="Choose another")
    with opened(options, write=not options.dry_run) as store:
        progress = _progress()
        found = recognise(files, store, progress, hints)
        failed = [item for item in found if item.status in (LEFT_OUT, ASK)]
        newer = {item.path: candidates(store, item.reading) for item in found if item.reading is not None}
        replacing = [i.reading.dataset.checksum for i in found if i.reading is not None] if options.replace else []
        made = [] if failed or options.dry_run else add(store, found, progress, replacing)
        # Adding finds more than reading: codes that the workspace does not know.
        problems = {dataset.checksum: dataset.problems for dataset in made}
        _done_with_progress()
        for item in found:
            if item.status in (LEFT_OUT, ASK):
                continue
            told = "already there: " if item.status == ALREADY else ""
            print(f"{item.path.name}: {told}{item.title} ({item.detail})")
            checksum = item.reading.dataset.checksum if item.reading is not None else ""
            for problem in problems.get(checksum, item.problems):
                print(f"  {problem.message}")
            for one in newer.get(item.path, ()):
                does = "Takes the place of" if options.replace else "Stands beside (--replace puts it in the place of)"
                print(f"  {does} {one.older.id}, from {one.older.filename} of {one.older.retrieved}: {one.message}.")
        if (said := advice(store, made)) is not None:
            print(said.message)
        for item in failed:
            print(f"jsna-desktop: {item.error}", file=sys.stderr)
        if failed and len(found) > 1:
            print("jsna-desktop: nothing was added", file=sys.stderr)
    return FileProblem.exit_code if failed else 0


def _column_map(path: Path | None) -> dict | None:
    if path is None:
        return None
    import tomllib

    from jsna_desktop.sources import column_map

    try:
        columns = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise FileProblem("the column map cannot be read", where=str(path), found=error.strerror or "") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileProblem("the column map cannot be read", where=str(path), found=str(error)) from error
    column_map.parse(columns, str(path))
    return columns


def _show(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.show import contents
    from jsna_desktop.sources.known import counted

    with opened(options) as store:
        found = contents(store)
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False))
        return 0
    print(found["workspace"])
    print(f"\n{counted(len(found['datasets']), 'dataset')}")
    for d in found["datasets"]:
        told = ", ".join(filter(None, (d["title"], d["period"])))
        origin = "; ".join(filter(None, (f"{d['rows']:,} rows", d["source"] or d["filename"], d["licence"])))
        print(f"  {d['id']:<28} {told}: {origin}")
        if d["replaced_by"] is not None:
            print(f"      Replaced by {d['replaced_by']}: kept, and used for nothing (bring-back uses it again)")
        for problem in d["problems"]:
            print(f"      {problem['message']}")
    print(f"\n{len(found['indicators'])} indicators")
    for i in found["indicators"]:
        print(f"  {i['id']:<52} {i['period']:<9} {i['geography']:<9} {i['kind']:<10} {i['name']}")
    print(f"\n{len(found['localities'])} localities")
    for place in found["localities"]:
        people = "" if place["residents"] is None else f"{place['residents']:,.0f}"
        print(f"  {place['name']:<40} {place['set']:<28} {people:>10}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.show import check

    with opened(options, read_only=True) as store:
        found = check(store)
    for line in found:
        print(line)
    if not found:
        print("The workspace is sound")
    return 4 if found else 0


def _localities_add(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.import_localities import import_file

    with opened(options, write=True) as store:
        made = import_file(
            store,
            options.file,
            options.set,
            options.name_field,
            options.code_field,
            blocks=options.geography,
            progress=_progress(),
        )
    _done_with_progress()
    what = "locality" if made.made == 1 else "localities"
    print(f"Added {made.made:,} {what} to the set {made.set!r}")
    for note in made.notes:
        print(f"  {note}")
    return 0


def _localities_list(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.show import residents

    with opened(options) as store:
        found = residents(store, (options.set,) if options.set else ())
    if options.json:
        keys = ("locality", "set", "method", "residents", "residents_year", "blocks")
        listed = [{("name" if k == "locality" else k): getattr(s, k) for k in keys} for s in found]
        print(json.dumps(listed, ensure_ascii=False, indent=1))
        return 0
    for s in found:
        people = "" if s.residents is None else f"{s.residents:,.0f}"
        print(f"{s.locality:<40} {s.set:<28} {s.method:<9} {people:>10}")
    return 0


def _chosen(store, options: argparse.Namespace):
    from jsna_desktop.jobs.localities import localities

    return localities(store, options.set, options.locality)


def _localities_remove(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.localities import remove

    if not options.set and not options.locality:
        raise UsageProblem("say which: --set NAME and/or --locality NAME")
    with opened(options, write=True) as store:
        places = _chosen(store, options)
        with store.transaction():
            for place in places:
                remove(store, place.id)
    print(f"Removed {len(places):,} localities")
    return 0


def _profile(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs import audit
    from jsna_desktop.jobs.comparators import FIXED
    from jsna_desktop.jobs.compare_with import asked_for, figures_for
    from jsna_desktop.jobs.output import released, rendered, withheld
    from jsna_desktop.jobs.profile import profile

    with opened(options) as store:
        places = _chosen(store, options)
        if not places:
            raise UsageProblem("there are no localities", todo="Add some with: jsna-desktop localities add")
        words: list[str] = options.compare or [*FIXED]
        figures = figures_for(store, options.indicator, words, options.standard or "")
        asked = asked_for(figures, places, words)
        made = profile(figures, places, options.method, asked.levels, asked.others)
        rows = released(figures, made)
        _write(rendered(store, made, options.format, options.method, rows), options.out)
        if options.out is not None:
            said = {"localities": [place.name for place in places], "rows": len(rows), "withheld": withheld(rows)}
            audit.record_leaving(store, audit.PROFILED, str(options.out), **said)
    return 0


def _write(text: str, path: Path | None) -> None:
    if path is None:
        sys.stdout.write(text)
        return
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(path)
    except OSError as error:
        raise UsageProblem("the file cannot be written", where=str(path), found=error.strerror or "") from error


def _template(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.template import explain, write_template

    write_template(options.kind, options.file)
    print(f"Wrote {options.file}. Its headings:")
    for heading, example, meaning in explain(options.kind):
        print(f"  {heading:<14} {meaning} (such as {example})")
    return 0


def _pack(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.pack import make_packs

    formats = tuple(part.strip() for part in options.formats.split(",") if part.strip())
    if not formats:
        raise UsageProblem("no format is named", expected="--formats pdf")
    with opened(options) as store:
        made = make_packs(store, _chosen(store, options), options.out, formats, _progress())
    _done_with_progress()
    print(f"Made {len(made):,} pack{'' if len(made) == 1 else 's'} in {options.out}")
    return 0


def _selfcheck(options: argparse.Namespace) -> int:
    from jsna_desktop.app.selfcheck import check_window
    from jsna_desktop.jobs.selfcheck import check_jobs, check_projections

    for library, found in check_projections().items():
        print(f"{library}: {found}")
    print(f"pack: {check_jobs(options.folder)}")
    print(f"window: {check_window(options.folder / 'demo.jsna')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
