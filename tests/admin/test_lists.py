"""What all lists of the admin that staff work with have: files of what is listed, and views that can be saved."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, QueryDict
from django.test import Client
from openpyxl import load_workbook

from analytics.models import Alert, TownPlace
from config.common.privacy import admin as privacy_admin
from config.common.privacy.models import ReadAudit
from config.common.problems import InvalidInput, Unavailable
from config.common.saved_views.admin import SavedListMixin
from config.common.saved_views.pages import open_pages
from config.common.saved_views.services.change_views import save_view
from imports.fields import NAMES
from imports.models import Correction, Import, Source
from tests.analytics.counted import make
from tests.common.helpers import one_alert
from tests.factories import people
from tests.imports.admin.people import browser, somebody
from tests.imports.world import load

pytestmark = pytest.mark.django_db
# Whatever ran before: the lists are known once the modules of the admin are.
admin.autodiscover()
LISTS = {page.opts.model_name: page for page in admin.site._registry.values() if isinstance(page, SavedListMixin)}
RESIDENTS, DELIVERIES = "/admin/imports/citizen/", "/admin/imports/import/"


def asked(page: Any, user: User, query: str = "") -> Any:
    """The list as `user` sees it."""
    request = HttpRequest()
    request.user, request.GET = user, QueryDict(query)
    return page.get_changelist_instance(request)


def file_of(client: Client, address: str) -> list[list[Any]]:
    """The rows of a file, CSV or workbook, with its header; a CSV has a byte order mark."""
    answer: Any = client.get(address)
    assert answer.status_code == 200, answer
    return rows_in(b"".join(answer.streaming_content))


def rows_in(content: bytes) -> list[list[Any]]:
    """The rows of a CSV without quotes, or of a workbook."""
    if content.startswith(b"PK"):
        return [list(row) for row in load_workbook(io.BytesIO(content)).active.values]
    assert content.startswith("\ufeff".encode())
    return [line.split(",") for line in content.decode("utf-8-sig").splitlines()]


def test_the_lists_that_staff_work_with_are_these() -> None:
    expected = (
        "airport alert apitoken channel channelcost citizen import importdemand notice plan readaudit schedule source"
        " subscription townalias townplace user"
    )
    assert " ".join(sorted(LISTS)) == expected


@pytest.mark.parametrize("name", LISTS)
def test_each_filter_of_a_list_can_be_saved(name: str, superuser: User) -> None:
    page = LISTS[name]
    changes = asked(page, superuser)
    filters = {parameter for one in changes.filter_specs for parameter in one.expected_parameters()}
    # Of columns that are never null Django takes this parameter, and no filter offers it.
    offered = {parameter for parameter in filters if not parameter.endswith("__isnull")}
    assert offered - set(page.saved_page.parameters) == set()


@pytest.mark.parametrize("name", LISTS)
def test_a_view_counts_what_its_list_shows(name: str, superuser: User) -> None:
    load(people(3))
    page = LISTS[name]
    changes = asked(page, superuser)
    assert page.saved_page.count(superuser, QueryDict()) == page.rows_listed(changes)
    assert page.saved_page.count(superuser, QueryDict("nonsense__x=1")) is None


def test_a_role_saves_views_of_the_lists_that_it_may_open() -> None:
    pages = {role: set(open_pages(somebody(role))) for role in ("Viewers", "Importers", "Editors")}
    residents, aliases = "admin:imports_citizen_changelist", "admin:analytics_townalias_changelist"
    assert {role: (residents in names, aliases in names) for role, names in pages.items()} == {
        "Viewers": (False, False),
        "Importers": (True, False),
        "Editors": (True, True),
    }


def test_what_a_resident_is_called_is_in_no_view() -> None:
    with pytest.raises(InvalidInput):
        save_view(page="admin:imports_citizen_changelist", name="a", query="who=Anna", actor=somebody("Editors"))


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_file_of_residents_is_what_is_listed_in_its_order_and_is_a_read_of_each(format: str) -> None:
    residents = people(40)
    for number, resident in enumerate(residents):
        resident |= {"town": ("Kyiv", "Lviv")[number % 2], "name": f"Name {number % 7}"}
    import_id, client = load(residents), browser(somebody("Editors"))
    query = f"?delivery__id__exact={import_id}&town=yiv&gender=female&age_from=20&o=-1"
    listed = [row.citizen_id for row in client.get(RESIDENTS + query).context["cl"].result_list]
    ReadAudit.objects.all().delete()
    header, *rows = file_of(client, f"{RESIDENTS}export/{format}/{query}")
    assert (tuple(header), [int(row[0]) for row in rows]) == (NAMES, listed)
    assert listed == sorted(listed, reverse=True) != []
    reads = set(ReadAudit.objects.values_list("what", "format", "import_id", "citizen_id"))
    assert reads == {("listed", format, import_id, number) for number in listed}


def test_of_very_many_residents_the_trail_names_their_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy_admin, "MOST_NAMED", 2)
    import_id, client = load(people(3)), browser(somebody("Editors"))
    assert len(file_of(client, f"{RESIDENTS}export/csv/?delivery__id__exact={import_id}")) == 4
    assert list(ReadAudit.objects.values_list("what", "import_id", "citizen_id")) == [("residents", import_id, None)]


def test_a_file_that_cannot_be_written_down_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    import_id, client = load(people(3)), browser(somebody("Editors"))

    def away(**_: Any) -> None:
        raise Unavailable("The trail is away.")

    monkeypatch.setattr(privacy_admin, "record_read", away)
    answer = client.get(f"{RESIDENTS}export/csv/?delivery__id__exact={import_id}")
    assert (answer.status_code, "Location" in answer.headers) == (302, True)


def test_an_importer_exports_their_own_deliveries_alone() -> None:
    importer = somebody("Importers")
    own, foreign = load(people(2), actor=importer), load(people(2), source="other")
    client = browser(importer)
    found = [file_of(client, f"{RESIDENTS}export/csv/?delivery__id__exact={one}") for one in (own, foreign)]
    assert [len(rows) - 1 for rows in found] == [2, 0]
    assert browser(somebody("Viewers")).get(f"{RESIDENTS}export/csv/?delivery__id__exact={own}").status_code == 403


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_chosen_rows_go_out_and_no_other(format: str) -> None:
    for source in ("a", "b", "c"):
        Import.objects.create(source=source, status="complete")
    chosen = Import.objects.order_by("id")[:2]
    form = {"action": f"export_{format}", "_selected_action": [one.pk for one in chosen]}
    answer: Any = browser(somebody("Viewers")).post(DELIVERIES, form)
    header, *rows = rows_in(b"".join(answer.streaming_content))
    assert {row[header.index("source")] for row in rows} == {"a", "b"}


def test_several_values_and_parts_of_names_find_the_deliveries_of_any_of_them() -> None:
    for source, status in (("Padrón", "failed"), ("padron 2", "complete"), ("Kyiv", "failed"), ("Lviv", "loading")):
        Import.objects.create(source=source, status=status)
    client = browser(somebody("Viewers"))

    def found(query: str) -> set[str]:
        rows = client.get(f"{DELIVERIES}?{query}").context["cl"].result_list
        assert [row[1] for row in file_of(client, f"{DELIVERIES}export/csv/?{query}")[1:]] == [
            row.source for row in rows
        ]
        return {row.source for row in rows}

    assert found("status__exact=failed&status__exact=loading") == {"Padrón", "Kyiv", "Lviv"}
    assert found("source=ADRO") == {"Padrón", "padron 2"}
    assert found("source=adro, VIV") == {"Padrón", "padron 2", "Lviv"}
    assert found("source=adro&status__exact=failed") == {"Padrón"}
    assert found("source=,%20'") == {"Padrón", "padron 2", "Kyiv", "Lviv"}


def test_deliveries_of_some_days_are_those_of_the_last_day_too_in_the_readers_time_zone() -> None:
    # In Madrid it is the next day already.
    late = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)
    for source, moment in (("a", late - timedelta(days=1)), ("b", late - timedelta(hours=2)), ("c", late)):
        Import.objects.create(source=source, status="complete", created_at=moment)
    client = browser(somebody("Viewers"))

    def found(query: str) -> set[str]:
        return {row.source for row in client.get(f"{DELIVERIES}?{query}").context["cl"].result_list}

    assert found("created_at_from=2026-11-03&created_at_to=2026-11-03") == {"a", "b"}
    assert found("created_at_from=2026-11-04") == {"c"}
    assert found("created_at_to=2026-11-02") == set()
    assert found("created_at_to=nonsense") == {"a", "b", "c"}


def test_towns_of_several_countries_are_found_together() -> None:
    for town, country in (("a", "ES"), ("b", "FR"), ("c", "PT"), ("d", "")):
        TownPlace.objects.create(town=town, country=country, method="name", placed_at=datetime(2026, 1, 1, tzinfo=UTC))
    client = browser(somebody("Viewers"))
    answer = client.get("/admin/analytics/townplace/?country=ES&country=PT")
    assert {row.town for row in answer.context["cl"].result_list} == {"a", "c"}
    counts = client.get("/admin/analytics/townplace/?country=ES&_facets=True").content.decode()
    assert [f"{name} (1)" in counts for name in ("Spain", "France", "Portugal")] == [True, True, True]


def test_every_list_exports_whatever_it_shows(root: Client) -> None:
    load(people(2), source="Kyiv")
    Correction.objects.create(delivery_id=Import.objects.get().pk, citizen_id=1, changes={})
    assert Source.objects.exists()
    for name, page in LISTS.items():
        address = f"/admin/{page.opts.app_label}/{name}/"
        shown = root.get(address).context["cl"].result_count
        for format in ("csv", "xlsx"):
            header, *rows = file_of(root, f"{address}export/{format}/")
            assert (name, len(rows), len(header) > 1) == (name, shown, True)


def test_a_list_is_sorted_where_it_is_short_and_by_no_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    residents = people(5)
    for resident, town in zip(residents, "cabed", strict=True):
        resident["town"] = town
    import_id, client = load(residents), browser(somebody("Editors"))

    def towns() -> tuple[str, bool]:
        answer = client.get(f"{RESIDENTS}?delivery__id__exact={import_id}&o=3")
        offers = "can be sorted by its columns" not in answer.content.decode()
        return "".join(row.town for row in answer.context["cl"].result_list), offers

    assert towns() == ("abcde", True)
    monkeypatch.setattr("imports.admin.resident_list.AT_MOST", 5)
    assert towns() == ("cabed", False)


def test_users_of_several_roles_are_found_together_and_each_once() -> None:
    for name, roles in (("ana", ("Viewers",)), ("eva", ("Editors", "Importers")), ("ivo", ("Importers",))):
        for role in roles:
            somebody(role, name)
    client = browser(somebody("Managers", "marta"))

    def found(query: str) -> list[str]:
        return [row.username for row in client.get(f"/admin/auth/user/?{query}").context["cl"].result_list]

    assert found("role=Importers") == ["eva", "ivo"]
    assert found("role=Importers&role=Editors") == ["eva", "ivo"]
    assert found("role=Viewers&role=Managers") == ["ana", "marta"]
    assert found("") == ["ana", "eva", "ivo", "marta"]


def test_alerts_and_what_was_counted_are_found_by_a_part_of_their_source() -> None:
    for source in ("padrón", "kyiv"):
        make(source, {("Kyiv", 1, "tv", "male"): (10, 20, 5)})
        Alert.objects.filter(pk=one_alert(channel=source)["alert"]).update(source=source)
    client = browser(somebody("Managers"))
    for page in ("alert", "importdemand"):
        listed = client.get(f"/admin/analytics/{page}/?source=PADRON").context["cl"].result_list
        assert {row.source for row in listed} == {"padrón"}, page
