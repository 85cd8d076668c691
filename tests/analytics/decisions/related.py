"""Deliveries whose residents buy for each other, and what they answer, worked out course by course."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from analytics.services.asking.questions import GROUPABLE, UNPLACED, Question
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.settings import counting
from config.common.spellings import fold
from tests.analytics.counted import place, placed
from tests.analytics.naive import group_of
from tests.factories import delivery
from tests.imports.world import load

CITIES = {"Kyiv": ("Kyiv", "UA"), "Бровари": ("Kyiv", "UA"), "kyiv fr": ("Kyiv", "FR")}
TOWNS = (*CITIES, "Villabajo")
CHANNELS = ("tv", "radio", "e-mail")
LABELS = ("18-24", "25-34", "35-44", "65+")
People = dict[str, list[dict[str, Any]]]


def deliver(*, residents: int = 60, relations: int = 130) -> People:
    """Two sources, one of which delivered before; the residents of the current picture by source."""
    for town, (city, country) in CITIES.items():
        place(town, city=city, country=country)
    load(people(20, 30, seed=9), source="a")
    found = {source: people(residents, relations, seed=seed) for seed, source in enumerate("ab")}
    for source, citizens in found.items():
        load(citizens, source=source)
    refresh_demand()
    return found


def people(count: int, relations: int, *, seed: int) -> list[dict[str, Any]]:
    citizens = delivery(count, relations=relations, seed=seed)
    for number, one in enumerate(citizens):
        one |= {"town": TOWNS[number % 7 % 4], "channel": CHANNELS[number % 5 % 3]}
    return citizens


def born(one: dict[str, Any]) -> date:
    day, month, year = map(int, one["birth_date"].split("."))
    return date(year, month, day)


def keys_of(one: dict[str, Any], source: str) -> dict[str, str | None]:
    """All keys of a resident, as answers name them."""
    where: Any = {"city": one["town"], "country": None} | placed().get(fold(one["town"]), {})
    age = counting().age_groups.labels[group_of(born(one), datetime.now(UTC).date(), counting().age_groups)]
    return {
        "source": source,
        "town": one["town"],
        "age_group": age,
        **where,
        **{k: one[k] for k in ("channel", "gender")},
    }


def courses(found: People) -> Iterator[tuple[dict[str, str | None], dict[str, str | None], int]]:
    """Each course: the keys of who buys it, of whom it is for, and the month of these."""
    for source, citizens in found.items():
        by_id = {one["citizen_id"]: one for one in citizens}
        keys = {number: keys_of(one, source) for number, one in by_id.items()}
        for one in citizens:
            for other in (*one["relatives"], *one["friends"]):
                yield keys[one["citizen_id"]], keys[other], born(by_id[other]).month


def is_chosen(question: Question, keys: dict[str, str | None]) -> bool:
    wanted = {**question.filters, **({"source": question.sources} if question.sources else {})}
    return all((keys[name] or UNPLACED) in values for name, values in wanted.items())


def group(question: Question, keys: dict[str, str | None]) -> tuple[str | None, ...]:
    return tuple(keys[name] for name in question.columns)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(st.just(()), st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple))


@st.composite
def questions(draw: st.DrawFn, *, most_keys: int = 3) -> Question:
    return Question(
        group_by=tuple(draw(st.lists(st.sampled_from(GROUPABLE), min_size=1, max_size=most_keys, unique=True))),
        countries=draw(some(("UA", "FR", UNPLACED))),
        cities=draw(some(("Kyiv", "Villabajo"))),
        towns=draw(some(TOWNS)),
        age_groups=draw(some(LABELS)),
        channels=draw(some(CHANNELS)),
        genders=draw(some(("female", "male"))),
        sources=draw(some(("a", "b"))),
    )


def positive(counts: dict[Any, int]) -> Counter[Any]:
    """What there is of it."""
    return +Counter(counts)
