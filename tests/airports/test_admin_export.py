"""Exports of the list of airports, and its filters."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from openpyxl import load_workbook

from airports.fields import NAMES
from airports.models import Airport
from airports.services.flag_airport import flag_airport
from airports.services.update_airport import update_airport
from airports.services.upload_airports import upload_airports
from config.common.accounts.services.tokens import issue_token
from tests.airports.builders import make_airport, make_valencia

pytestmark = pytest.mark.django_db
LIST = "/admin/airports/airport/"


def exported(client: Client, format: str, query: str = "") -> bytes:
    answer: Any = client.get(f"{LIST}export/{format}/{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def listed(client: Client, query: str) -> list[str]:
    return [airport.name for airport in client.get(LIST + query).context["cl"].result_list]


def test_exactly_what_is_listed_goes_out_in_its_order(root: Client) -> None:
    make_valencia()
    make_airport("Barajas", country="Spain")
    make_airport("Orly", country="France")
    query = "?country=ES&q=a&o=1"
    assert listed(root, query) == ["Barajas", "Valencia Airport"]
    lines = exported(root, "csv", query).decode("utf-8-sig").splitlines()
    assert [lines[0], [line.split(",")[0] for line in lines[1:]]] == [
        ",".join(NAMES), ["Barajas", "Valencia Airport"],
    ]  # fmt: skip
    rows = list(load_workbook(io.BytesIO(exported(root, "xlsx", query))).active.values)
    assert rows[0] == NAMES
    assert [row[0] for row in rows[1:]] == ["Barajas", "Valencia Airport"]
    assert rows[2][NAMES.index("latitude")] == 39.4893


def test_what_went_out_as_csv_changes_nothing_when_it_comes_back(root: Client) -> None:
    make_valencia()
    make_airport('=HYPERLINK("x"), "quoted"', city="-5", country="'=1")
    result = upload_airports(stream=io.BytesIO(exported(root, "csv")), actor=None)
    assert [result.rows, result.unchanged] == [2, 2]


def test_a_spreadsheet_runs_nothing(root: Client) -> None:
    make_airport("=1+1", city="bell\x07")
    sheet = load_workbook(io.BytesIO(exported(root, "xlsx"))).active
    assert [(sheet["A2"].value, sheet["A2"].data_type), sheet["B2"].value] == [("=1+1", "s"), "bell_x0007_"]


def test_who_may_look_may_export_what_they_see(client: Client) -> None:
    flagged = make_airport("Flagged")
    flag_airport(airport_id=flagged.pk, actor=None)
    make_airport("Kept")
    client.force_login(issue_token(username="viewer", role="Viewers")[0].user)
    assert [line.split(",")[0] for line in exported(client, "csv").decode().splitlines()] == ["\ufeffname", "Kept"]
    nobody = Client()
    nobody.force_login(User.objects.create_user("nobody"))
    assert nobody.get(f"{LIST}export/csv/").status_code == 302


@pytest.mark.parametrize("path", ["export/pdf/", "export/csv/?nonsense__x=1"])
def test_an_address_that_makes_no_sense_leads_to_the_list(root: Client, path: str) -> None:
    answer = root.get(LIST + path)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, LIST)


def test_the_filters_find_what_they_say(root: Client) -> None:
    changed = make_airport("Changed", country="Türkiye", type="airport", source="A")
    update_airport(airport_id=changed.pk, values={"city": "X"}, actor=None)
    make_airport("New", country="Turkey", type="station")
    make_airport("Nowhere")
    assert listed(root, "?changed=yes") == ["Changed"]
    assert listed(root, "?changed=no&o=1") == ["New", "Nowhere"]
    assert listed(root, "?country=TR&o=1") == ["Changed", "New"]
    assert listed(root, "?country=-") == ["Nowhere"]
    assert listed(root, "?type=station") == ["New"]
    assert listed(root, "?source=-&o=1") == ["New", "Nowhere"]
    assert Airport.objects.count() == 3
