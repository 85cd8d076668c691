"""Deliveries for the bench: as large and as related as asked."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from imports.documents.structs import Resident

TOWNS = 40
CHANNELS = ("instagram", "tiktok", "youtube", "facebook", "radio", "newspaper", "unknown")
_BORN_FROM = date(1940, 1, 1)
_BORN_DAYS = 30_000


def residents(count: int, *, relations: int, seed: int = 1) -> Iterator[Resident]:
    """`count` citizens; the first 2 × `relations` of them are relatives in pairs."""
    dice = random.Random(seed)
    for citizen_id in range(count):
        related = citizen_id < 2 * relations
        yield Resident(
            citizen_id=citizen_id,
            town=f"Ciudad número {dice.randrange(TOWNS)} de la provincia de Santa Cruz de la Sierra",
            street=f"Calle del General {dice.randrange(500)} y de la Independencia Nacional, urbanización Los Olivos",
            building=f"{dice.randrange(1, 300)} bis, escalera B",
            apartment=dice.randrange(1, 400),
            name=f"María de los Ángeles Fernández González {citizen_id}",
            birth_date=f"{_BORN_FROM + timedelta(days=dice.randrange(_BORN_DAYS)):%d.%m.%Y}",
            gender="female" if dice.random() < 0.5 else "male",
            relatives=[citizen_id ^ 1] if related else [],
            channel=dice.choice(CHANNELS),
        )


def document(count: int, *, relations: int) -> bytes:
    """The body of a delivery."""
    return msgspec.json.encode({"citizens": list(residents(count, relations=relations))})
