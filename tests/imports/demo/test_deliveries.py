"""The demo deliveries: reproducible, acceptable, and like a population."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from statistics import mean

import airportsdata
import pytest

from imports.demo.deliveries import LAST_DELIVERY, Delivery, make_demo
from imports.demo.sources import NOTED_TOWNS
from imports.documents.reader import read_document
from imports.documents.structs import Resident
from imports.fields import to_store
from tests.imports.documents.builders import RULES


def read(delivery: Delivery) -> list[Resident]:
    return read_document(delivery.body, max_citizens=10_000, rules=RULES._replace(today=LAST_DELIVERY))


def bytes_of(*, citizens: int, seed: int) -> bytes:
    return b"".join(delivery.body for delivery in make_demo(citizens=citizens, seed=seed))


@pytest.fixture(scope="module")
def demo() -> dict[str, list[Resident]]:
    """Ten thousand residents in three deliveries of each source, by file name."""
    return {delivery.filename: read(delivery) for delivery in make_demo(citizens=10_000, seed=1)}


@pytest.fixture(scope="module")
def residents(demo: dict[str, list[Resident]]) -> list[Resident]:
    """Everybody in the last deliveries."""
    return [citizen for name, citizens in demo.items() if name.endswith("-3.json") for citizen in citizens]


def friends_per_resident(residents: list[Resident], chosen: Callable[[Resident], bool]) -> float:
    return mean(len(citizen.friends) for citizen in residents if chosen(citizen))


def age(citizen: Resident) -> float:
    return float((LAST_DELIVERY - to_store("birth_date", citizen.birth_date)).days / 365.25)


def test_the_same_seed_gives_the_same_bytes_on_every_python() -> None:
    assert (
        sha256(bytes_of(citizens=500, seed=1)).hexdigest()
        == "bab2a98eab413d718964854e70c62c02bd0c61776aa9256a2e158a48013129d5"
    )


def test_another_seed_gives_other_residents() -> None:
    assert bytes_of(citizens=50, seed=1) != bytes_of(citizens=50, seed=2)


def test_each_source_delivers_several_times_in_the_order_of_time(demo: dict[str, list[Resident]]) -> None:
    assert {name: len(citizens) for name, citizens in demo.items()} == {
        "demo-consulates-1.json": 4600,
        "demo-universities-1.json": 2760,
        "demo-partners-1.json": 1840,
        "demo-consulates-2.json": 4800,
        "demo-universities-2.json": 2880,
        "demo-partners-2.json": 1920,
        "demo-consulates-3.json": 5000,
        "demo-universities-3.json": 3000,
        "demo-partners-3.json": 2000,
    }
    assert list(demo)[:4] == [
        "demo-consulates-1.json",
        "demo-universities-1.json",
        "demo-partners-1.json",
        "demo-consulates-2.json",
    ]


@pytest.mark.parametrize(("citizens", "sizes"), [(1, [1, 1, 1]), (7, [4, 2, 1]), (20_000, [10_000, 6_000, 4_000])])
def test_any_number_of_residents_is_spread_over_the_sources(citizens: int, sizes: list[int]) -> None:
    assert [len(read(one)) for one in make_demo(citizens=citizens, seed=3, deliveries=1)] == sizes


@pytest.mark.parametrize(("citizens", "deliveries"), [(0, 1), (-1, 1), (1, 0), (20_001, 1)])
def test_a_number_that_no_delivery_can_have_is_refused(citizens: int, deliveries: int) -> None:
    with pytest.raises(ValueError, match="citizen"):
        make_demo(citizens=citizens, seed=1, deliveries=deliveries)


def test_residents_come_and_go_and_the_others_stay_who_they_are(demo: dict[str, list[Resident]]) -> None:
    before = {citizen.citizen_id: citizen for citizen in demo["demo-consulates-2.json"]}
    after = {citizen.citizen_id: citizen for citizen in demo["demo-consulates-3.json"]}
    stayed = before.keys() & after.keys()
    assert 0.9 < len(stayed) / len(before) < 0.97
    assert len(after.keys() - before.keys()) == len(after) - len(stayed)
    assert [before[one].name for one in stayed] == [after[one].name for one in stayed]
    assert [one for one in stayed if before[one].channel != after[one].channel] != []
    assert [one for one in stayed if before[one].friends != after[one].friends] != []


def test_towns_are_real_cities_of_many_countries(residents: list[Resident]) -> None:
    airports = airportsdata.load("IATA")
    cities = {airport["city"]: airport["country"] for airport in airports.values()}
    spellings = {spelling for town in NOTED_TOWNS for spelling in (town.es, town.local)}
    towns = Counter(citizen.town for citizen in residents)
    assert [town for town in towns if town not in cities and town not in spellings] == []
    assert len(towns) > 150
    assert len({cities[town] for town in towns if town in cities}) > 30
    assert max(towns.values()) < len(residents) / 10


def test_a_town_is_spelled_in_spanish_english_and_cyrillic(residents: list[Resident]) -> None:
    towns = {citizen.town for citizen in residents}
    assert {"Moscú", "Moscow", "Москва", "Londres", "London"} - towns == set()


def test_families_share_a_home(residents: list[Resident], demo: dict[str, list[Resident]]) -> None:
    citizens = {citizen.citizen_id: citizen for citizen in demo["demo-partners-3.json"]}
    homes = {one: (it.town, it.street, it.building, it.apartment) for one, it in citizens.items()}
    split = [one for one, it in citizens.items() for other in it.relatives if homes[other] != homes[one]]
    assert split == []
    assert 0.6 < mean(bool(citizen.relatives) for citizen in residents) < 0.9


def test_a_few_residents_name_themselves(residents: list[Resident]) -> None:
    assert 0.002 < mean(citizen.citizen_id in citizen.relatives for citizen in residents) < 0.02


def test_ages_look_like_a_population(residents: list[Resident]) -> None:
    decades = Counter(min(int(age(citizen)) // 10, 7) for citizen in residents)
    shares = {decade: count / len(residents) for decade, count in decades.items()}
    assert sorted(shares) == list(range(8))
    assert all(share > 0.015 for share in shares.values())
    assert shares[2] > shares[3] > shares[4] > shares[5] > shares[6] > shares[7]


def test_a_channel_reaches_its_ages(residents: list[Resident]) -> None:
    ages: dict[str, list[float]] = {}
    for citizen in residents:
        ages.setdefault(citizen.channel, []).append(age(citizen))
    assert sorted(ages) == [
        "email", "facebook", "google", "instagram", "newspaper", "radio", "telegram", "tiktok", "unknown", "youtube",
    ]  # fmt: skip
    assert mean(ages["tiktok"]) < 24 < mean(ages["facebook"]) < 50 < mean(ages["newspaper"])


def test_young_adults_have_the_most_friends(residents: list[Resident]) -> None:
    young = friends_per_resident(residents, lambda citizen: 18 <= age(citizen) < 35)
    others = friends_per_resident(residents, lambda citizen: not 18 <= age(citizen) < 35)
    assert young > 2 * others


def test_some_towns_and_channels_have_more_friends_than_others(residents: list[Resident]) -> None:
    assert friends_per_resident(residents, lambda citizen: citizen.town in {"Medellín", "Medellin"}) > (
        2 * friends_per_resident(residents, lambda citizen: citizen.town in {"London", "Londres"})
    )
    assert friends_per_resident(residents, lambda citizen: citizen.channel == "telegram") > (
        3 * friends_per_resident(residents, lambda citizen: citizen.channel == "newspaper")
    )


def test_nobody_is_born_after_the_delivery_that_holds_them() -> None:
    first = next(make_demo(citizens=2000, seed=1, deliveries=3))
    assert read_document(first.body, max_citizens=10_000, rules=RULES._replace(today=date(2024, 12, 1))) != []


def test_a_body_is_utf_8_without_escapes_and_leaves_an_unknown_channel_out() -> None:
    delivery = next(make_demo(citizens=400, seed=1))
    assert json.loads(delivery.body) == {"citizens": delivery.citizens}
    assert b"\\u" not in delivery.body
    assert {"channel" in citizen for citizen in delivery.citizens} == {True, False}
