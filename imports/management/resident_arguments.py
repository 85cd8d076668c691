"""How commands are told of residents: by delivery and resident, or by name and date of birth."""

import argparse
from datetime import date
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from config.common.digits import number_in
from imports.dates import parse_birth_date
from imports.services.residents.find_person import (
    Found,
    Pair,
    bodies_not_searched,
    find_person,
    find_residents,
    similar_people,
)


def add_arguments(parser: Any) -> None:
    parser.add_argument("residents", nargs="*", type=_pair, metavar="IMPORT/CITIZEN")
    parser.add_argument("--name", help="As people type it: case, accents, apostrophes, dashes and spaces do not count.")
    parser.add_argument("--born", metavar="DD.MM.YYYY", help="With --name: looks in every complete import.")


def residents_of(options: dict[str, Any], out: OutputWrapper) -> list[Pair]:
    """The ones that are named, or found. Who they are, who is similar and not among them, and where nobody looked, is
    said on `out`."""
    named = list(dict.fromkeys(options["residents"]))
    if bool(options["name"]) != bool(options["born"]) or bool(named) == bool(options["name"]):
        raise CommandError("Name residents as IMPORT/CITIZEN, or give --name and --born.")
    if named:
        found = find_residents(named)
        _say(found, [(one.name, one.birth_date) for one in found], out)
        return named
    born = parse_birth_date(options["born"])
    if born is None:
        raise CommandError("--born must be a real date, DD.MM.YYYY.")
    found = find_person(name=options["name"], birth_date=born)
    if not found:
        out.write("Nobody of this name and date of birth is in a complete import.")
    _say(found, [(options["name"], born)], out)
    if kept := bodies_not_searched({one.import_id for one in found}):
        numbers = ", ".join(map(str, kept))
        out.write(f"Not looked into: the kept raw bodies of the imports {numbers}. Erase these if in doubt.")
    return [one.pair for one in found]


def _say(found: list[Found], asked: list[tuple[str, date]], out: OutputWrapper) -> None:
    for one in found:
        out.write(_line(one))
    if similar := similar_people(asked, besides=found):
        out.write("Similar, born on the same day, and not among them:")
        for one in similar:
            out.write(f"  {_line(one)}")


def _line(one: Found) -> str:
    return f"{one.import_id}/{one.citizen_id}: {one.name}, {one.town}"


def _pair(text: str) -> Pair:
    import_id, citizen_id = map(number_in, text.partition("/")[::2])
    if import_id is None or citizen_id is None:
        raise argparse.ArgumentTypeError("expected IMPORT/CITIZEN, as 12/7")
    return import_id, citizen_id
