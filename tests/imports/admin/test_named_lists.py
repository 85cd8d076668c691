"""The lists of sources and channels: filtered, sorted, taken away."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from imports.models import Channel, Source
from imports.services.naming.change_named import create_named
from tests.factories import people
from tests.imports.admin.people import browser, somebody, text
from tests.imports.world import load

pytestmark = pytest.mark.django_db
CHANNELS, SOURCES = "/admin/imports/channel/", "/admin/imports/source/"


@pytest.fixture
def client() -> Client:
    """A Viewer's, beside some sources."""
    for name in ("nora", "omar"):
        somebody("Importers", name)
    load(people(1), source="Padrón")
    create_named(Source, values={"name": "Consulado", "aliases": ["Embajada"], "contact": "Ana García"}, actor=None)
    values = {"name": "Universidad", "contact": "Luis", "sends": "each Monday", "uploaders": ["nora", "omar"]}
    create_named(Source, values=values, actor=None)
    create_named(Source, values={"name": "Office", "sends": "monthly", "uploaders": ["omar"]}, actor=None)
    return browser(somebody("Viewers"))


def names(client: Client, url: str, query: str) -> list[str]:
    """Who is listed, in the list's order; its file has the same."""
    listed = [row.name for row in client.get(f"{url}?{query}").context["cl"].result_list]
    answer: Any = client.get(f"{url}export/csv/?{query}")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == listed
    return listed


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("named=UNIV, padron", ["Padrón", "Universidad"]),
        ("named=embaj", ["Consulado"]),
        ("named=%2C", ["Consulado", "Office", "Padrón", "Universidad"]),
        ("contact=garcia,luis", ["Consulado", "Universidad"]),
        ("sends=MON", ["Office", "Universidad"]),
        ("uploader=nora", ["Universidad"]),
        ("uploader=nora&uploader=omar", ["Office", "Universidad"]),
        ("uploader=nora&uploader=-", ["Consulado", "Padrón", "Universidad"]),
        ("aliases=yes", ["Consulado"]),
        ("aliases=no", ["Office", "Padrón", "Universidad"]),
        ("current=yes", ["Padrón"]),
        ("current=no", ["Consulado", "Office", "Universidad"]),
        ("current=x&aliases=x", ["Consulado", "Office", "Padrón", "Universidad"]),
        ("created_at_from=2999-01-01", []),
        ("created_at_from=no-day&current=yes", ["Padrón"]),
        ("current=no&sends=mon&uploader=omar&named=off", ["Office"]),
        # By name, the last one first.
        ("o=-1", ["Universidad", "Padrón", "Office", "Consulado"]),
        # By the current delivery: those without one last.
        ("o=5&current=yes", ["Padrón"]),
    ],
)
def test_sources_are_found_by_each_filter_and_taken_away_so(client: Client, query: str, found: list[str]) -> None:
    assert names(client, SOURCES, query) == found


def test_channels_are_found_by_any_of_their_names_and_taken_away_so() -> None:
    for name, aliases in (("instagram", ["Insta", "IG"]), ("tv", []), ("radio", ["FM"])):
        create_named(Channel, values={"name": name, "aliases": aliases}, actor=None)
    client = browser(somebody("Viewers"))
    assert names(client, CHANNELS, "named=insta") == ["instagram"]
    assert names(client, CHANNELS, "named=fm, TV") == ["radio", "tv"]
    assert names(client, CHANNELS, "aliases=yes&o=-1") == ["radio", "instagram"]


@pytest.mark.parametrize(("url", "model"), [(SOURCES, Source), (CHANNELS, Channel)])
def test_the_chosen_go_out_and_the_list_is_saved_as_a_view(url: str, model: Any) -> None:
    for name in ("one", "two", "three"):
        create_named(model, values={"name": name}, actor=None)
    client = browser(somebody("Editors"))
    chosen = model.objects.filter(name__in=("one", "two")).values_list("pk", flat=True)
    answer: Any = client.post(url, {"action": "export_csv", "_selected_action": list(chosen)})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["one", "two"]
    page = f"admin:imports_{model._meta.model_name}_changelist"
    client.post("/admin/views/", {"page": page, "query": "named=one&aliases=no", "name": "Mine"})
    assert "?named=one&amp;aliases=no" in text(client.get(url))


@pytest.mark.parametrize(
    ("language", "counts"),
    [
        ("en", ("0 rows", "1 row", "2 rows")),
        ("es", ("0 filas", "1 fila", "2 filas")),
        ("ru", ("0 строк", "1 строка", "2 строки")),
    ],
)
def test_the_word_behind_the_number_of_rows_agrees_with_it(language: str, counts: tuple[str, ...]) -> None:
    client = browser(somebody("Viewers"))
    client.cookies["language"] = language
    for number, said in enumerate(counts):
        assert f'<p class="py-4">{said}</p>' in text(client.get(CHANNELS))
        create_named(Channel, values={"name": f"channel {number}"}, actor=None)


def test_who_may_load_is_offered_by_name_and_nobody_else(client: Client) -> None:
    found = client.get(SOURCES).context["cl"].filter_specs
    offered = next(one.lookup_choices for one in found if one.parameter_name == "uploader")
    assert [value for value, _label in offered] == ["nora", "omar", "-"]
