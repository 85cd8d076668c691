"""The page that takes a file of airports: who may, what it says, what it stores."""

import codecs
import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from airports.models import Airport, KeptUpload
from config.common.accounts.services.tokens import issue_token
from tests.airports.builders import make_airport

pytestmark = pytest.mark.django_db

GOOD = "Manises,Valencia,Spain,VLC,LEVC,39.4893,-0.4816,240,1,E,Europe/Madrid,airport,test\n"
BAD = "Nowhere,X,Spain,XX,LEXX,99,0,0,1,E,Europe/Madrid,airport,test\n"


def browser(role: str) -> Client:
    issue_token(username=role, role=role)
    client = Client()
    client.force_login(User.objects.get(username=role))
    return client


def page_of(client: Client) -> str:
    """Where the button above the list leads to."""
    listing = client.get("/admin/airports/airport/").content.decode()
    links = [part.split('"')[0] for part in listing.split('href="') if "upload" in part.split('"')[0]]
    return links[0] if links else ""


def send(client: Client, text: str, button: str = "upload", **fields: Any) -> str:
    data = {"file": SimpleUploadedFile("a.csv", text.encode()), "on_error": "fail", button: "1", **fields}
    answer = client.post("/admin/airports/airport/upload/", data, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_an_editor_finds_the_page_and_uploads() -> None:
    client = browser("Editors")
    assert page_of(client) == "/admin/airports/airport/upload/"
    assert "The file was taken in:" in send(client, GOOD)
    assert Airport.objects.get().iata == "VLC"
    assert Airport.history.get().history_user.username == "Editors"


@pytest.mark.parametrize("role", ["Viewers", "Importers"])
def test_others_see_no_button_and_are_refused(role: str) -> None:
    client = browser(role)
    assert page_of(client) == ""
    answer = client.post("/admin/airports/airport/upload/", {}, follow=True)
    assert (answer.status_code, Airport.objects.count()) == (403, 0)


def test_a_preview_stores_nothing_and_says_what_would_happen() -> None:
    page = send(browser("Managers"), GOOD, "preview")
    assert "Nothing was stored yet" in page
    assert Airport.objects.count() == 0


def test_a_wrong_row_is_named_and_nothing_is_stored() -> None:
    page = send(browser("Managers"), GOOD + BAD)
    assert "Nothing was stored." in page
    assert page.count("Line 2") == 2
    assert Airport.objects.count() == 0


def test_the_good_rows_can_be_stored_all_the_same() -> None:
    page = send(browser("Managers"), GOOD + BAD, on_error="skip")
    assert "The file was taken in:" in page
    assert page.count("Line 2") == 2
    assert Airport.objects.count() == 1


def test_a_file_beyond_the_limit_is_refused(settings: Settings) -> None:
    settings.AIRPORTS_MAX_BYTES = 10
    assert "at most" in send(browser("Managers"), GOOD)
    assert Airport.objects.count() == 0


def preview(client: Client, text: str) -> Any:
    """The page that a file leads to."""
    data = {"file": SimpleUploadedFile("a.csv", text.encode()), "on_error": "fail", "preview": "1"}
    return client.post("/admin/airports/airport/upload/", data, follow=True)


def test_a_preview_is_taken_in_without_the_file_being_sent_again() -> None:
    client = browser("Editors")
    page = preview(client, GOOD)
    path = page.redirect_chain[-1][0]
    assert [row["line"] for row in page.context["rows"]] == [1]
    answer = client.post(path, {"take": "1"}, follow=True)
    assert [str(one).split(":")[0] for one in answer.context["messages"]] == ["The file was taken in"]
    assert Airport.objects.get().iata == "VLC"
    assert client.get(path).status_code == 302


def test_a_preview_can_be_cancelled() -> None:
    client = browser("Editors")
    path = preview(client, GOOD).redirect_chain[-1][0]
    client.post(path, {"cancel": "1"})
    assert [Airport.objects.count(), KeptUpload.objects.count()] == [0, 0]


def test_the_preview_of_another_is_not_shown() -> None:
    path = preview(browser("Editors"), GOOD).redirect_chain[-1][0]
    answers = [browser(role).get(path) for role in ("Managers", "Viewers")]
    assert [answer.status_code for answer in answers] == [302, 403]


@pytest.mark.parametrize("text", [GOOD, GOOD + GOOD.replace("VLC", "VLD").replace("LEVC", "LEVD")])
def test_a_preview_makes_as_many_queries_for_one_row_as_for_two(
    text: str, django_assert_num_queries: Callable[[int], Any]
) -> None:
    client = browser("Editors")
    path = preview(client, text).redirect_chain[-1][0]
    with django_assert_num_queries(3):
        client.get(path)


def test_a_preview_says_how_many_rows_it_shows_and_hands_out_all() -> None:
    client = browser("Editors")
    make_airport("Holder", iata="HLD", icao="LEHH")
    many = "".join(f"Field {n},,,,,{n},0,,,,,,\n" for n in range(59)) + "=1+1,,,HLD,LENW,70,0,,,,,,\n"
    page = preview(client, many)
    assert "51 of 61 rows shown." in page.content.decode()
    answer: Any = client.get(f"{page.redirect_chain[-1][0]}rows.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="airports-preview.csv"'
    mark, text = (content := b"".join(answer.streaming_content))[:3], content[3:].decode()
    assert mark == codecs.BOM_UTF8
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len({row["line"] for row in rows}) == 61
    assert {tuple(row.values())[2:] for row in rows if row["line"] in {"2", "60", ""}} == {
        ("Field 1", "new", "Name", "", "Field 1"),
        ("Field 1", "new", "Latitude", "", "1.0"),
        ("Field 1", "new", "Longitude", "", "0.0"),
        ("'=1+1", "new", "Name", "", "'=1+1"),
        ("'=1+1", "new", "IATA", "", "HLD"),
        ("'=1+1", "new", "ICAO", "", "LENW"),
        ("'=1+1", "new", "Latitude", "", "70.0"),
        ("'=1+1", "new", "Longitude", "", "0.0"),
        ("Holder", "loses its code", "IATA", "HLD", ""),
    }


def test_the_rows_of_a_preview_are_for_who_keeps_it() -> None:
    path = f"{preview(browser('Editors'), GOOD).redirect_chain[-1][0]}rows.csv"
    assert [browser(role).get(path).status_code for role in ("Managers", "Viewers")] == [302, 403]


def test_the_rows_of_a_preview_that_is_refused_by_now_lead_back_to_it() -> None:
    client = browser("Editors")
    path = preview(client, GOOD + BAD).redirect_chain[-1][0]
    answer = client.get(f"{path}rows.csv", follow=True)
    assert answer.redirect_chain == [(path, 302)]
    assert ["Nothing was stored" in str(one) for one in answer.context["messages"]] == [True]
