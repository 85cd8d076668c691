"""How commands are told of residents: by delivery and resident, or by name and date of birth."""

import argparse
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from config.common.digits import number_in
from imports.dates import parse_birth_date
from imports.services.residents.find_person import bodies_not_searched, find_person

Pair = tuple[int, int]


def add_arguments(parser: Any) -> None:
    parser.add_argument("residents", nargs="*", type=_pair, metavar="IMPORT/CITIZEN")
    parser.add_argument("--name", help="Case and accents do not count.")
    parser.add_argument("--born", metavar="DD.MM.YYYY", help="With --name: looks in every complete import.")


def residents_of(options: dict[str, Any], out: OutputWrapper) -> list[Pair]:
    """The ones that are named, or found; what was found, and where nobody looked, is said on `out`."""
    named = list(dict.fromkeys(options["residents"]))
    if bool(options["name"]) != bool(options["born"]) or bool(named) == bool(options["name"]):
        raise CommandError("Name residents as IMPORT/CITIZEN, or give --name and --born.")
    if named:
        return named
    born = parse_birth_date(options["born"])
    if born is None:
        raise CommandError("--born must be a real date, DD.MM.YYYY.")
    found = find_person(name=options["name"], birth_date=born)
    for one in found:
        out.write(f"{one.import_id}/{one.citizen_id}: {one.name}, {one.town}")
    if not found:
        out.write("Nobody of this name and date of birth is in a complete import.")
    if kept := bodies_not_searched({one.import_id for one in found}):
        numbers = ", ".join(map(str, kept))
        out.write(f"Not looked into: the kept raw bodies of the imports {numbers}. Erase these if in doubt.")
    return [(one.import_id, one.citizen_id) for one in found]


def _pair(text: str) -> Pair:
    import_id, citizen_id = map(number_in, text.partition("/")[::2])
    if import_id is None or citizen_id is None:
        raise argparse.ArgumentTypeError("expected IMPORT/CITIZEN, as 12/7")
    return import_id, citizen_id
