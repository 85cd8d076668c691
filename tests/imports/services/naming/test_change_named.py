"""Names, and whose aliases they are: as a slow model has it, whatever is asked for in whatever order."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.common.problems import Conflict, InvalidInput, NotFound, Stale
from config.common.spellings import fold
from imports.models import Channel, Import, Source, SourceSpelling
from imports.services.naming.change_named import change_named, create_named, delete_named, find_named
from imports.services.naming.resolve_source import last_complete_of, spellings_of
from tests.factories import people
from tests.imports.world import load

pytestmark = pytest.mark.django_db

NAMES = ("a", "A ", "b", "ｂ", "c", "C")


def add(model: Any, name: str, *aliases: str, **more: Any) -> int:
    return int(create_named(model, values={"name": name, "aliases": list(aliases), **more}, actor=None).pk)


def change(model: Any, pk: int, **values: Any) -> Any:
    return change_named(model, pk=pk, values=values, actor=None)


def aliases(model: Any, pk: int) -> list[str]:
    return sorted(alias.name for alias in find_named(model, pk=pk).aliases.all())


def errors(call: Callable[[], Any]) -> list[tuple[str, str]]:
    with pytest.raises((Conflict, InvalidInput)) as refused:
        call()
    return [(error.pointer, error.code) for error in refused.value.errors]


def test_a_thing_that_becomes_an_alias_is_one_until_it_is_taken_off() -> None:
    first, second = load(people(1), source="one"), load(people(1), source="two")
    one, two = (Source.objects.get(fold=name) for name in ("one", "two"))
    change(Source, two.pk, contact="Ana")
    assert (last_complete_of("one"), last_complete_of("two")) == (first_of(first), first_of(second))
    change(Source, one.pk, aliases=["Two"])
    assert last_complete_of(" ONE ") == last_complete_of("two") == first_of(second)
    with pytest.raises(NotFound):
        find_named(Source, pk=two.pk)
    change(Source, one.pk, aliases=[])
    assert (last_complete_of("one"), last_complete_of("two")) == (first_of(first), first_of(second))
    assert find_named(Source, pk=two.pk).contact == "Ana"


def first_of(pk: int) -> Any:
    return Import.objects.get(pk=pk)


def test_what_were_its_own_aliases_go_along() -> None:
    one, _ = add(Channel, "one"), add(Channel, "two", "zwei")
    change(Channel, one, aliases=["two"])
    assert aliases(Channel, one) == ["two", "zwei"]
    change(Channel, one, aliases=["zwei"])
    assert (aliases(Channel, one), Channel.objects.filter(fold="two").exists()) == (["zwei"], False)


def test_a_name_that_it_had_stays_as_an_alias_and_deliveries_stay_its_own() -> None:
    delivered = load(people(1), source="Padrón")
    pk = Source.objects.get().pk
    change(Source, pk, name="Consulates")
    assert (find_named(Source, pk=pk).name, aliases(Source, pk)) == ("Consulates", ["Padrón"])
    assert spellings_of(["consulates"]) == {"consulates", "Padrón"}
    again = load(people(1), source="consulates")
    change(Source, pk, name="padrón")
    assert (find_named(Source, pk=pk).name, aliases(Source, pk)) == ("padrón", ["Consulates"])
    change(Source, pk, aliases=[])
    assert (last_complete_of("padrón"), last_complete_of("Consulates")) == (first_of(delivered), first_of(again))
    assert Source.objects.get(pk=pk).first_name == "Padrón"


@pytest.mark.parametrize("model", [Source, Channel])
def test_no_two_have_a_name(model: Any) -> None:
    one, two = add(model, "one", "uno"), add(model, "two")
    assert errors(lambda: add(model, "ＯＮＥ")) == [("/name", "duplicate_name")]
    assert errors(lambda: add(model, " uno")) == [("/name", "duplicate_name")]
    assert errors(lambda: change(model, two, name="Uno")) == [("/name", "duplicate_name")]
    assert errors(lambda: change(model, two, aliases=["x", "uno"])) == [("/aliases/1", "duplicate_name")]
    assert (aliases(model, one), aliases(model, two)) == (["uno"], [])


def test_what_names_nothing_is_refused() -> None:
    assert errors(lambda: add(Channel, "--", "ok", "")) == [("/name", "invalid"), ("/aliases/1", "invalid")]
    assert errors(lambda: add(Source, "one", uploaders=["nobody"])) == [("/uploaders/0", "unknown_user")]
    assert (Source.objects.count(), Channel.objects.count()) == (0, 0)


def test_a_source_with_deliveries_is_not_removed() -> None:
    load(people(1), source="one")
    pk = Source.objects.get().pk
    with pytest.raises(Conflict):
        delete_named(Source, pk=pk, actor=None)
    other = add(Source, "two", "zwei")
    delete_named(Source, pk=other, actor=None)
    assert [*Source.objects.values_list("name", flat=True)] == ["one"]


def test_a_stale_copy_writes_nothing() -> None:
    pk = add(Channel, "one")
    version = find_named(Channel, pk=pk).version
    change(Channel, pk, aliases=["uno"])
    with pytest.raises(Stale):
        change_named(Channel, pk=pk, values={"name": "x"}, actor=None, versions=[version])
    with pytest.raises(Stale):
        delete_named(Channel, pk=pk, actor=None, versions=[version])
    assert find_named(Channel, pk=pk).name == "one"


def test_who_loads_is_kept_with_it() -> None:
    User.objects.create_user("anna")
    pk = add(Source, "one", uploaders=["anna"])
    assert [user.username for user in find_named(Source, pk=pk).uploaders.all()] == ["anna"]
    change(Source, pk, uploaders=[])
    assert not find_named(Source, pk=pk).uploaders.exists()


def test_a_source_for_some_people_is_no_alias_of_one_for_everybody() -> None:
    User.objects.create_user("anna")
    closed, opened = add(Source, "closed", uploaders=["anna"]), add(Source, "open")
    with pytest.raises(Conflict, match="Only some people may load closed"):
        change(Source, opened, aliases=["closed"])
    assert find_named(Source, pk=closed).uploaders.exists()
    change(Source, opened, aliases=["closed"], uploaders=["anna"])
    assert aliases(Source, opened) == ["closed"]
    # As an alias it is as open as its source is said to be.
    change(Source, opened, uploaders=[])
    change(Source, opened, aliases=["Closed"])
    assert aliases(Source, opened) == ["Closed"]


class Model:
    """Which names are one, as a dictionary has it: each fold and the fold of its thing; and which have deliveries."""

    def __init__(self) -> None:
        self.thing: dict[str, str] = {}
        self.loaded: set[str] = set()

    def give(self, name: str, others: list[str]) -> bool:
        """Makes `others` all the aliases of the thing `name`; whether that may be."""
        own, wanted = fold(name), {fold(other) for other in others} - {fold(name)}
        if any(self.thing.get(other, other) not in (other, own) for other in wanted):
            return False
        for folded in [one for one, thing in self.thing.items() if thing == own and one not in wanted | {own}]:
            self.thing[folded] = folded
            # A name that nothing was delivered by is forgotten.
            if folded not in self.loaded:
                del self.thing[folded]
        for folded in wanted:
            for one in [one for one, thing in self.thing.items() if thing == folded]:
                self.thing[one] = own
            self.thing[folded] = own
        return True


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("load"), st.sampled_from(NAMES), st.just([])),
        st.tuples(st.just("alias"), st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3)),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
@example([("load", "b", []), ("load", "c", []), ("alias", "b", ["a"]), ("alias", "c", ["b", "a"])])
@example([("load", "b", []), ("load", "c", []), ("alias", "b", ["a"]), ("alias", "c", ["a", "b"])])
def test_every_name_is_of_the_thing_that_the_model_says(steps: list[tuple[str, str, list[str]]]) -> None:
    Source.objects.all().delete()
    model, last = Model(), dict[str, int]()
    for what, name, others in steps:
        if what == "load":
            last[fold(name)] = load([], source=name)
            model.thing.setdefault(fold(name), fold(name))
            model.loaded.add(fold(name))
        elif model.thing.get(fold(name)) == fold(name):
            try:
                change(Source, Source.objects.get(fold=fold(name)).pk, aliases=others)
                is_done = True
            except Conflict:
                is_done = False
            assert model.give(name, others) is is_done
    for name in NAMES:
        thing = model.thing.get(fold(name))
        same = [folded for folded, its in model.thing.items() if its == thing] if thing else []
        newest = max((last[folded] for folded in same if folded in last), default=None)
        found = last_complete_of(name)
        assert (found and found.pk) == newest
    assert not Source.objects.filter(alias_of__alias_of__isnull=False).exists()
    assert all(fold(row.spelling) == row.source.fold for row in SourceSpelling.objects.select_related("source"))
    Import.objects.all().delete()
