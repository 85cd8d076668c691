"""An alias that is given while its town is being placed."""

from collections.abc import Iterable
from threading import Thread

import pytest
from django.db import connection

from analytics.models import TownPlace
from analytics.services.placing import place_towns as module
from analytics.services.placing.place_towns import place_towns
from analytics.services.placing.town_aliases import set_alias

pytestmark = pytest.mark.django_db(transaction=True)
KYIV, LVIV = 703448, 702550
# Long enough for an alias that nobody keeps from being written.
SECONDS = 1.0


def give_alias() -> None:
    """In a session of its own."""
    try:
        set_alias(town="Kyiv", geoname_id=LVIV, actor=None)
    finally:
        connection.close()


def placed_while_an_alias_is_given(monkeypatch: pytest.MonkeyPatch) -> tuple[str, int | None]:
    """How the town is placed after both; the alias comes when the aliases were read and the place is not stored yet."""
    staff, read = Thread(target=give_alias), module._aliases_of

    def read_and_let_staff_in(towns: Iterable[str]) -> dict[str, int]:
        aliases = read(towns)
        staff.start()
        staff.join(SECONDS)
        return aliases

    monkeypatch.setattr(module, "_aliases_of", read_and_let_staff_in)
    place_towns(towns=["Kyiv"])
    staff.join()
    place = TownPlace.objects.get(pk="kyiv")
    return place.method, place.geoname_id


def test_the_alias_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert placed_while_an_alias_is_given(monkeypatch) == ("alias", LVIV)


def test_without_the_lock_it_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_keep_aliases", lambda: None)
    assert placed_while_an_alias_is_given(monkeypatch) == ("name", KYIV)
