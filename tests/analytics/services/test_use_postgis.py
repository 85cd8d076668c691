"""A server without the extension is told of; what one with it does, tests/servers tries."""

import pytest
from django.core.management import CommandError, call_command

from airports.postgis import has_places
from analytics.services.placing import use_postgis


@pytest.mark.django_db
def test_a_server_without_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    # Whichever this server has, this one it has not.
    monkeypatch.setattr(use_postgis, "_MAKE", "CREATE EXTENSION IF NOT EXISTS no_such_extension")
    with pytest.raises(CommandError, match="The server has no PostGIS"):
        call_command("use_postgis")
    assert not has_places()
