"""Keeps the catalogues: `update`, `check`, `count`, and shares for translators: `missing`, `take`."""

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup()

from tests.languages import catalogues  # needs the settings
from tests.languages.check import findings  # same


def update() -> int:
    """Writes what the source has now into each catalogue, and compiles it."""
    for language in catalogues.LANGUAGES:
        path = catalogues.path_of(language)
        catalogues.write(catalogues.updated(language), path)
        catalogues.compiled_path_of(language).write_bytes(catalogues.compiled(catalogues.read(path)))
    return count()


def check() -> int:
    """Says what is wrong; 1 where something is."""
    found = [f"{language}: {finding}" for language in catalogues.LANGUAGES for finding in findings(language)]
    print("\n".join(found or ["The catalogues are whole."]))  # noqa: T201 # what a person reads
    return int(bool(found))


def count() -> int:
    """Says how many texts are not translated, by the folder of their file."""
    for language in catalogues.LANGUAGES:
        left = catalogues.missing(catalogues.read(catalogues.path_of(language)))
        folders = Counter("/".join(one.locations[0][0].split("/")[:2]) for one in left if one.id)
        print(f"{language}: {sum(folders.values())} to translate", dict(folders.most_common()))  # noqa: T201 # same
    return 0


def missing(language: str, below: tuple[str, ...], out: Path) -> int:
    """Writes a share of what is not translated."""
    catalogues.write(catalogues.missing(catalogues.read(catalogues.path_of(language)), below), out)
    return 0


def take(shares: list[Path]) -> int:
    """Puts the translations of shares, named `<language>.anything.po`, into the catalogues, and compiles them."""
    for share in shares:
        path = catalogues.path_of(share.name.partition(".")[0])
        catalog = catalogues.read(path)
        print(f"{share}: {catalogues.take(catalog, catalogues.read(share))} taken")  # noqa: T201 # same
        catalogues.write(catalog, path)
    return update()


def main(arguments: list[str]) -> int:
    """Runs what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.languages", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("update", "check", "count"):
        commands.add_parser(name)
    share = commands.add_parser("missing")
    share.add_argument("language", choices=catalogues.LANGUAGES)
    share.add_argument("--below", nargs="*", default=[""])
    share.add_argument("--out", type=Path)
    commands.add_parser("take").add_argument("shares", nargs="+", type=Path)
    given = parser.parse_args(arguments)
    if given.command == "missing":
        return missing(given.language, tuple(given.below), given.out or Path(f"{given.language}.share.po"))
    if given.command == "take":
        return take(given.shares)
    return {"update": update, "check": check, "count": count}[given.command]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
