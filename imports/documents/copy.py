"""The way out: citizens as PostgreSQL's COPY reads them, in text format.

Text, because the server takes it quicker than CSV and Python writes it quicker
than binary.
"""

from collections.abc import Iterator, Sequence

import msgspec

from imports.documents.structs import Citizen

COLUMNS = (
    "import_id", "citizen_id", "town", "street", "building", "apartment", "name",
    "birth_date", "gender", "relatives", "friends", "channel",
)  # fmt: skip
# Some 100 kB: the server loads one chunk while Python formats the next. With
# five times as many rows they wait for each other.
ROWS_IN_CHUNK = 200
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def copy_rows(citizens: Sequence[Citizen], import_id: int) -> Iterator[bytes]:
    """Chunks of UTF-8 for `COPY … FROM STDIN` in text format, its columns `COLUMNS`.

    The citizens must have passed validation.
    """
    for start in range(0, len(citizens), ROWS_IN_CHUNK):
        chunk = citizens[start : start + ROWS_IN_CHUNK]
        text = format_rows(chunk, import_id)
        if needs_escapes(text, len(chunk)):
            text = format_rows([escaped(citizen) for citizen in chunk], import_id)
        yield text.encode()


def format_rows(citizens: Sequence[Citizen], import_id: int) -> str:
    """One line a citizen, its texts as they are."""
    lines = [
        f"{import_id}\t{c.citizen_id}\t{c.town}\t{c.street}\t{c.building}\t{c.apartment}\t{c.name}"
        f"\t{c.birth_date[6:]}-{c.birth_date[3:5]}-{c.birth_date[:2]}\t{c.gender}"
        f"\t{format_ids(c.relatives) if c.relatives else '{}'}\t{format_ids(c.friends) if c.friends else '{}'}"
        f"\t{c.channel}\n"
        for c in citizens
    ]
    return "".join(lines)


def format_ids(ids: list[int]) -> str:
    """A PostgreSQL array: `{1, 2}`."""
    return f"{{{str(ids)[1:-1]}}}"


def needs_escapes(text: str, rows: int) -> bool:
    """Whether a text among `rows` formatted rows holds a character that COPY would act on.

    Beyond the tabs and line feeds between the columns and rows there must be
    none: that is quicker to see for a chunk than for each text.
    """
    return "\\" in text or "\r" in text or text.count("\n") != rows or text.count("\t") != rows * (len(COLUMNS) - 1)


def escaped(citizen: Citizen) -> Citizen:
    """A copy of `citizen` with its texts escaped for COPY."""
    return msgspec.structs.replace(
        citizen,
        town=citizen.town.translate(ESCAPES),
        street=citizen.street.translate(ESCAPES),
        building=citizen.building.translate(ESCAPES),
        name=citizen.name.translate(ESCAPES),
        channel=citizen.channel.translate(ESCAPES),
    )
