"""Every job from a terminal. Without a command, the window opens."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from jsna_desktop import __version__
from jsna_desktop.errors import Cancelled, FileProblem, UsageProblem, UserError

_EPILOG = """exit codes: 0 done; 2 wrong usage; 3 a file is not what it should be;
4 the workspace is missing, locked or damaged; 5 refused for disclosure"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # pyright: ignore[reportAttributeAccessIssue]
    if not arguments or (len(arguments) == 1 and arguments[0].endswith(".jsna")):
        from jsna_desktop.app.main_window import run

        return run(Path(arguments[0]) if arguments else None, sys.argv[:1])
    options = _parser().parse_args(arguments)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jsna-desktop",
        description="Health needs of the places people recognise, offline. Without a command, the window opens.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"jsna-desktop {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, job: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about, description=about[:1].upper() + about[1:] + ".")
        made.set_defaults(job=job)
        return made

    c = command("demo", _demo, "write the fictional demonstration county: DIR/demo.jsna and its files")
    c.add_argument("folder", metavar="DIR", type=Path)

    c = command("new", _new, "make an empty workspace")
    c.add_argument("workspace", metavar="WORKSPACE", type=Path)
    c.add_argument("--name", metavar="TEXT", help="its name for people (default: the file's name)")

    c = command("add", _add, "add files to a workspace, all of them or none")
    c.add_argument("workspace", metavar="WORKSPACE", type=Path)
    c.add_argument("files", metavar="FILE", type=Path, nargs="+")
    c.add_argument("--as", dest="kind", metavar="KIND", help="what the files are, where they do not say")
    c.add_argument("--geography", metavar="ID", help="lsoa2011, lsoa2021, oa2021, msoa2021, ward, district …")
    c.add_argument("--map", metavar="FILE", type=Path, help='a TOML column map, as in: area_code = "Area"')
    c.add_argument("--sensitive", action="store_true", help="results from these files never leave the program")
    c.add_argument("--dry-run", action="store_true", help="say what the files are and add nothing")

    c = command("show", _show, "datasets, indicators, localities and problems of a workspace")
    c.add_argument("workspace", metavar="WORKSPACE", type=Path)
    c.add_argument("--json", action="store_true")

    c = command("check", _check, "integrity of the workspace file itself")
    c.add_argument("workspace", metavar="WORKSPACE", type=Path)

    _localities_parser(commands)

    c = command("profile", _profile, "the profile of localities, every indicator with its interval")
    c.add_argument("workspace", metavar="WORKSPACE", type=Path)
    _select(c)
    c.add_argument("--indicator", metavar="ID", action="append", default=None, help="repeatable; default: all")
    c.add_argument("--method", choices=("blocks", "best-fit", "area"), help="how drawn places share out cut areas")
    c.add_argument(
        "--compare",
        metavar="WHAT",
        action="append",
        default=None,
        help="england, region, district or the name of a locality; repeatable (default: the first three)",
    )
    c.add_argument("--format", choices=("table", "json", "csv"), default="table")
    c.add_argument("--out", metavar="FILE", type=Path)

    c = command("template", _template, "an empty plain table with its headings explained, CSV or xlsx")
    c.add_argument("kind", metavar="KIND", help="population, indicator or lookup")
    c.add_argument("file", metavar="FILE", type=Path)

    c = command("pack", _pack, "profile packs as tagged PDF, one a locality")
    c.add_argument("workspace", metavar="WORKSPACE", type=Path)
    _select(c)
    c.add_argument("--out", metavar="DIR", type=Path, required=True)
    c.add_argument("--formats", default="pdf", help="comma-separated; pdf")

    c = command("selfcheck", _selfcheck, "try this installation: its libraries, the demonstration, a pack, the window")
    c.add_argument("folder", metavar="DIR", type=Path, help="a new folder for what it makes")
    return parser


def _localities_parser(commands: argparse._SubParsersAction) -> None:
    places = commands.add_parser("localities", help="add, list, remove or export localities")
    actions = places.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, job: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=about)
        made.set_defaults(job=job)
        made.add_argument("workspace", metavar="WORKSPACE", type=Path)
        return made

    c = action("add", _localities_add, "localities from polygons in a file or from a table of codes")
    c.add_argument("file", metavar="FILE", type=Path)
    c.add_argument("--set", metavar="NAME", help="the set they belong to (default: the file's name)")
    c.add_argument("--name-field", metavar="F")
    c.add_argument("--code-field", metavar="F", help="column of the locality's code: a lookup makes a locality a code")
    c.add_argument("--geography", metavar="ID", help="of the small areas in a table that does not say: lsoa2021 …")
    c = action("list", _localities_list, "localities with their residents")
    c.add_argument("--set", metavar="NAME")
    c.add_argument("--json", action="store_true")
    c = action("remove", _localities_remove, "take localities out")
    _select(c)
    c = action("export", _localities_export, "localities as .gpkg or .geojson, or their blocks and weights as .csv")
    c.add_argument("file", metavar="FILE", type=Path)
    _select(c)


def _select(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", metavar="NAME", action="append", default=[], help="every locality of a set")
    parser.add_argument("--locality", metavar="NAME", action="append", default=[], help="one locality; repeatable")


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


def _open(path: Path, *, read_only: bool = False):
    from jsna_desktop.workspace.store import Store

    return Store.open(path, read_only=read_only)


def _demo(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.demonstration import build

    path = build(options.folder, _progress())
    _done_with_progress()
    print(f"The demonstration county (fictional data) is in {path}")
    return 0


def _new(options: argparse.Namespace) -> int:
    from jsna_desktop.workspace.store import Store

    Store.create(options.workspace, options.name).close()
    print(f"Made {options.workspace}")
    return 0


def _add(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.add import ALREADY, LEFT_OUT, Hints, add, recognise

    hints = Hints(options.kind, options.geography, _column_map(options.map), options.sensitive)
    with _open(options.workspace) as store:
        progress = _progress()
        found = recognise(options.files, store, progress, hints)
        failed = [item for item in found if item.status == LEFT_OUT]
        made = [] if failed or options.dry_run else add(store, found, progress)
        # Adding finds more than reading: codes that the workspace does not know.
        problems = {dataset.checksum: dataset.problems for dataset in made}
        _done_with_progress()
        for item in found:
            if item.status == LEFT_OUT:
                continue
            told = "already there: " if item.status == ALREADY else ""
            print(f"{item.path.name}: {told}{item.title} ({item.detail})")
            checksum = item.reading.dataset.checksum if item.reading is not None else ""
            for problem in problems.get(checksum, item.problems):
                print(f"  {problem.message}")
        for item in failed:
            print(f"jsna-desktop: {item.error}", file=sys.stderr)
        if failed and len(found) > 1:
            print("jsna-desktop: nothing was added", file=sys.stderr)
    return FileProblem.exit_code if failed else 0


def _column_map(path: Path | None) -> dict | None:
    if path is None:
        return None
    import tomllib

    try:
        columns = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise FileProblem("the column map cannot be read", where=str(path), found=error.strerror or "") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileProblem("the column map cannot be read", where=str(path), found=str(error)) from error
    odd = next((name for name, heading in columns.items() if not isinstance(heading, str)), None)
    if odd is not None:
        raise FileProblem(
            f"the column map gives no heading for {odd}",
            where=str(path),
            found=repr(columns[odd]),
            expected=f'a line such as {odd} = "Heading in the file"',
        )
    twice = next((h for h in columns.values() if list(columns.values()).count(h) > 1), None)
    if twice is not None:
        raise FileProblem(
            "the column map names a column twice", where=str(path), found=f"“{twice}”", expected="each column once"
        )
    return columns


def _show(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.show import contents

    with _open(options.workspace) as store:
        found = contents(store)
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False))
        return 0
    print(found["workspace"])
    print(f"\n{len(found['datasets'])} datasets")
    for d in found["datasets"]:
        print(f"  {d['id']:<28} {d['title']}, {d['period']}: {d['rows']:,} rows; {d['source']}; {d['licence']}")
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

    with _open(options.workspace, read_only=True) as store:
        found = check(store)
    for line in found:
        print(line)
    if not found:
        print("The workspace is sound")
    return 4 if found else 0


def _localities_add(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.import_localities import import_file

    with _open(options.workspace) as store:
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

    with _open(options.workspace) as store:
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
    with _open(options.workspace) as store:
        places = _chosen(store, options)
        with store.transaction():
            for place in places:
                remove(store, place.id)
    print(f"Removed {len(places):,} localities")
    return 0


def _localities_export(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.export import export_localities

    with _open(options.workspace) as store:
        count = export_localities(store, _chosen(store, options), options.file)
    print(f"Wrote {count:,} rows to {options.file}")
    return 0


def _profile(options: argparse.Namespace) -> int:
    from jsna_desktop.jobs.comparators import FIXED
    from jsna_desktop.jobs.figures import load_figures
    from jsna_desktop.jobs.localities import localities
    from jsna_desktop.jobs.output import rendered
    from jsna_desktop.jobs.profile import profile

    with _open(options.workspace) as store:
        places = _chosen(store, options)
        if not places:
            raise UsageProblem("there are no localities", todo="Add some with: jsna-desktop localities add")
        asked = options.compare or list(FIXED)
        others = tuple(localities(store, names=[w for w in asked if w not in FIXED])) if set(asked) - set(FIXED) else ()
        levels = tuple(level for level in FIXED if level in asked)
        made = profile(load_figures(store, options.indicator), places, options.method, levels, others)
        text = rendered(store, made, options.format, options.method)
    _write(text, options.out)
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
    with _open(options.workspace) as store:
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
