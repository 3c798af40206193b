"""What can be said to the command line (docs/command-line.md)."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from jsna_desktop import (
    __version__,
    access_commands,
    asset_commands,
    locality_commands,
    measure_commands,
    siting_commands,
)

Job = Callable[[argparse.Namespace], int]

# As areas/apportion.py names them, which imports shapely: the parser must not.
_METHODS = ("blocks", "best-fit", "postcodes", "dasymetric", "area")

_EPILOG = """exit codes: 0 done; 2 wrong usage; 3 a file is not what it should be;
4 the workspace is missing, locked, damaged or needs a password; 5 refused for disclosure"""


def parser(jobs: Mapping[str, Job]) -> argparse.ArgumentParser:
    """The parser of every command; `jobs` gives each command (`localities add` …) the function that carries it out."""
    made = argparse.ArgumentParser(
        prog="jsna-desktop",
        description="Health needs of the places people recognise, offline. Without a command, the window opens.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"jsna-desktop {__version__}")
    commands = made.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, about: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=about, description=about[:1].upper() + about[1:] + ".")
        one.set_defaults(job=jobs[name])
        return one

    c = command("demo", "write the fictional demonstration county: DIR/demo.jsna and its files")
    c.add_argument("folder", metavar="DIR", type=Path)

    c = command("new", "make an empty workspace")
    _workspace(c)
    c.add_argument("--name", metavar="TEXT", help="its name for people (default: the file's name, or the council's)")
    c.add_argument("--council", metavar="NAME|CODE", help="with its LSOAs of 2011 and postcodes; no files are needed")
    c.add_argument("--encrypt", action="store_true", help="under a password: prompt, --password-file or JSNA_PASSWORD")
    c.add_argument("--remember", action="store_true", help="keep the password in the system's keyring")

    c = command("add", "add files to a workspace, all of them or none")
    _workspace(c)
    c.add_argument("files", metavar="FILE", type=Path, nargs="+")
    c.add_argument("--as", dest="kind", metavar="KIND", help="what the files are, where they do not say")
    c.add_argument("--geography", metavar="ID", help="lsoa2011, lsoa2021, oa2021, msoa2021, ward, district …")
    c.add_argument("--map", metavar="FILE", type=Path, help='a TOML column map, as in: area_code = "Area"')
    c.add_argument("--sensitive", action="store_true", help="results from these files never leave the program")
    c.add_argument("--keep-records", action="store_true", help="keep records themselves, not counts alone")
    c.add_argument("--replace", action="store_true", help="put newer files in the place of their older vintages")
    c.add_argument("--dry-run", action="store_true", help="say what the files are and add nothing")

    c = command("bring-back", "use a replaced dataset again, and the one in its place for nothing")
    _workspace(c)
    c.add_argument("dataset", metavar="DATASET", help="its id, as `show` lists it")

    c = command("show", "datasets, indicators, localities and problems of a workspace")
    _workspace(c)
    c.add_argument("--json", action="store_true")

    c = command("check", "integrity of the workspace file itself")
    _workspace(c)

    c = command("audit", "who added, exported or removed what, and when")
    _workspace(c)
    c.add_argument("--json", action="store_true")

    c = command("encrypt", "an encrypted copy of a workspace; the workspace stays as it is")
    _workspace(c, "of the workspace, where it is encrypted already")
    c.add_argument("copy", metavar="COPY", type=Path)
    _new_password(c)

    c = command("password", "change the password of an encrypted workspace, or what the keyring knows of it")
    _workspace(c)
    _new_password(c)
    c.add_argument("--forget", action="store_true", help="take the password out of the keyring, and change nothing")

    _localities(commands, jobs)

    c = command("profile", "the profile of localities, every indicator with its interval")
    _workspace(c)
    _select(c)
    c.add_argument("--indicator", metavar="ID", action="append", default=None, help="repeatable; default: all")
    c.add_argument("--method", choices=_METHODS, help="how drawn places share out cut areas")
    c.add_argument(
        "--compare",
        metavar="WHAT",
        action="append",
        default=None,
        help="england, region, district (the default), parent, peers, the name of a locality, or of any area or its "
        "code; repeatable",
    )
    c.add_argument(
        "--standard",
        choices=("england", "district"),
        help="rates by age band, deaths and events are standardised indirectly too, by this area's rates",
    )
    c.add_argument("--format", choices=("table", "json", "csv"), default="table")
    c.add_argument("--out", metavar="FILE", type=Path)

    measure_commands.arguments(command, _workspace, _select)
    access_commands.arguments(command, _workspace, _select)
    siting_commands.arguments(command, _workspace, _select)
    asset_commands.arguments(commands, jobs, _workspace, _select)

    c = command("template", "an empty plain table with its headings explained, CSV or xlsx")
    c.add_argument("kind", metavar="KIND", help="population, deaths, indicator, services, assets, events or lookup")
    c.add_argument("file", metavar="FILE", type=Path)

    c = command("pack", "profile packs as tagged PDF, one a locality")
    _workspace(c)
    _select(c)
    c.add_argument("--out", metavar="DIR", type=Path, required=True)
    c.add_argument("--formats", default="pdf", help="comma-separated; pdf")

    c = command("selfcheck", "try this installation: its libraries, the demonstration, a pack, the window")
    c.add_argument("folder", metavar="DIR", type=Path, help="a new folder for what it makes")
    return made


def _localities(commands: argparse._SubParsersAction, jobs: Mapping[str, Job]) -> None:
    places = commands.add_parser("localities", help="make, change, measure, list, remove or export localities")
    actions = places.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, about: str) -> argparse.ArgumentParser:
        one = actions.add_parser(name, help=about)
        one.set_defaults(job=jobs[f"localities {name}"])
        _workspace(one)
        return one

    c = action("add", "localities from polygons in a file or from a table of codes")
    c.add_argument("file", metavar="FILE", type=Path)
    c.add_argument("--set", metavar="NAME", help="the set they belong to (default: the file's name)")
    c.add_argument("--name-field", metavar="F")
    c.add_argument("--code-field", metavar="F", help="column of the locality's code: a lookup makes a locality a code")
    c.add_argument("--geography", metavar="ID", help="of the small areas in a table that does not say: lsoa2021 …")
    c = action("list", "localities with their residents")
    c.add_argument("--set", metavar="NAME")
    c.add_argument("--json", action="store_true")
    c = action("remove", "take localities out")
    _select(c)
    c = action("export", "localities as .gpkg or .geojson, or their blocks and weights as .csv")
    c.add_argument("file", metavar="FILE", type=Path)
    _select(c)
    c.add_argument("--geography", metavar="ID", action="append", default=[], help=".csv: weights on these; repeatable")
    c.add_argument("--method", metavar="M", action="append", default=[], choices=_METHODS, help=".csv; repeatable")
    locality_commands.arguments(action)


def _workspace(command: argparse.ArgumentParser, whose: str = "of an encrypted workspace") -> None:
    command.add_argument("workspace", metavar="WORKSPACE", type=Path)
    command.add_argument(
        "--password-file", metavar="F", type=Path, help=f"a file whose first line is the password {whose}"
    )


def _new_password(command: argparse.ArgumentParser) -> None:
    command.add_argument("--new-password-file", metavar="F", type=Path, help="a file whose first line is the new one")
    command.add_argument("--remember", action="store_true", help="keep the password in the system's keyring")


def _select(command: argparse.ArgumentParser) -> None:
    command.add_argument("--set", metavar="NAME", action="append", default=[], help="every locality of a set")
    command.add_argument("--locality", metavar="NAME", action="append", default=[], help="one locality; repeatable")
