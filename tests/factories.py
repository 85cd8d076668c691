"""Deliveries that really spread: many towns, channels, ages and relations. The same seed makes the same delivery."""

from datetime import date, timedelta
from typing import Any

import factory
from factory.fuzzy import FuzzyChoice
from factory.random import randgen, reseed_random

from imports.models import Import

TOWNS = (
    "Kyiv", "Київ", "Москва", "Valencia", "València", "Malmö", "Łódź", "Zürich", "Ålesund", "Praha", "Ürümqi", "東京",
    "القاهرة", "Saint-Étienne", "L'Aquila", "kyiv", "Zaragoza", "Æbelø", "New York", "São Paulo", "Đà Nẵng",
    "Österreich",
)  # fmt: skip
CHANNELS = ("instagram", "tiktok", "радио", "e-mail", "poster", "unknown", "YouTube", "ég")
LAST_BIRTH = date(2026, 1, 1)
OLDEST_DAYS = 101 * 365


def skewed(choices: tuple[str, ...]) -> str:
    """Any of `choices`, the earlier ones more often, as towns are larger and smaller."""
    return choices[int(len(choices) * randgen.random() ** 2)]


def birth_date() -> str:
    """A date of the hundred years before `LAST_BIRTH`."""
    return f"{LAST_BIRTH - timedelta(days=randgen.randrange(OLDEST_DAYS)):%d.%m.%Y}"


class CitizenFactory(factory.DictFactory):  # type: ignore[misc]  # factory-boy has no types here
    """A resident of a delivery, as its document has them, without relations."""

    citizen_id = factory.Sequence(lambda number: number)
    town = factory.LazyFunction(lambda: skewed(TOWNS))
    street = factory.Faker("street_name")
    building = factory.Faker("building_number")
    apartment = factory.LazyFunction(lambda: randgen.randrange(300))
    name = factory.Faker("name")
    birth_date = factory.LazyFunction(birth_date)
    gender = FuzzyChoice(["male", "female"])
    relatives = factory.LazyFunction(list)
    friends = factory.LazyFunction(list)
    channel = factory.LazyFunction(lambda: skewed(CHANNELS))


class ImportFactory(factory.django.DjangoModelFactory):  # type: ignore[misc]  # factory-boy has no types here
    """An import without residents."""

    class Meta:
        model = Import

    source = factory.Sequence(lambda number: f"supplier {number}")
    status = Import.Status.COMPLETE


def relate(citizens: list[dict[str, Any]], kind: str, *pairs: tuple[int, int]) -> list[dict[str, Any]]:
    """Puts each pair of ids into each other's list `kind`, and whoever is paired with itself into its own, once."""
    by_id = {citizen["citizen_id"]: citizen for citizen in citizens}
    for one, other in pairs:
        for here, there in {(one, other), (other, one)}:
            by_id[here][kind].append(there)
    return citizens


def people(count: int, **values: Any) -> list[dict[str, Any]]:
    """Residents 1 to `count` without relations, always the same ones."""
    reseed_random(count)
    return [CitizenFactory(citizen_id=number, **values) for number in range(1, count + 1)]


def alike(count: int) -> list[dict[str, Any]]:
    """Residents 1 to `count` who differ by their ids alone: quickly made, where only their number matters."""
    one = people(1)[0]
    return [one | {"citizen_id": number, "relatives": [], "friends": []} for number in range(1, count + 1)]


def delivery(count: int, *, relations: int, seed: int) -> list[dict[str, Any]]:
    """Residents with ids that have gaps and no order, and `relations` pairs among them, some with themselves."""
    reseed_random(seed)
    ids = randgen.sample(range(3 * count), count)
    citizens: list[dict[str, Any]] = [CitizenFactory(citizen_id=number) for number in ids]
    pairs = {tuple(sorted((randgen.choice(ids), randgen.choice(ids)))) for _ in range(relations)}
    for one, other in sorted(pairs):
        relate(citizens, randgen.choice(["relatives", "friends"]), (one, other))
    return citizens
