"""In which language, and by which clock, each kind of caller is answered."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from airports.models import Airport
from analytics.models import Plan
from config.common.accounts.models import Preferences
from config.common.accounts.services.preferences import preferences_of, set_preferences
from config.common.background.models import Schedule
from config.common.saved_views.models import SavedView
from imports.models import Channel, Citizen, Source
from tests.admin.models import person, signed_in
from tests.languages.marks import marking, texts_of

pytestmark = pytest.mark.django_db
ACCOUNT = "/admin/preferences/"


def language_of(answer: Any) -> tuple[str | None, bool]:
    """What the answer says of itself, and whether a cache may take it for every language."""
    return answer.headers.get("Content-Language"), "Accept-Language" in answer.headers.get("Vary", "")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("es", "es"), ("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("es-MX", "es"), ("de, es;q=0.5", "es"),
        ("de", "en"), ("*", "en"), ("es;q=0.1, ru;q=0.2", "ru"), ("xx" * 300, "en"), ("\x00", "en"), ("es;q=x", "en"),
    ],
)  # fmt: skip
def test_the_api_goes_by_accept_language_alone(header: str, language: str) -> None:
    client = Client()
    client.cookies["language"] = "ru" if language == "es" else "es"
    assert language_of(client.get("/imports/x", HTTP_ACCEPT_LANGUAGE=header)) == (language, True)


def test_the_api_does_not_know_what_somebody_chose_for_pages(superuser: User, client: Client) -> None:
    set_preferences(user=superuser, language="ru", time_zone="Asia/Tokyo")
    client.force_login(superuser)
    answer = client.get("/imports/x", HTTP_ACCEPT_LANGUAGE="es")
    assert (language_of(answer), "language" in answer.cookies) == (("es", True), False)


def test_data_are_of_no_language(root: Client) -> None:
    answers = [root.get(path, HTTP_ACCEPT_LANGUAGE="es") for path in ("/imports", "/imports?format=csv", "/schema")]
    assert [answer.headers.get("Content-Language") for answer in answers] == [None, None, None]


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/admin/nothing", "/analytics/", "/confirm/x"])
def test_pages_go_by_the_cookie_before_accept_language(path: str) -> None:
    client = Client()
    client.cookies["language"] = "ru"
    answer = client.get(path, HTTP_ACCEPT="text/html", HTTP_ACCEPT_LANGUAGE="es", follow=True)
    assert language_of(answer) == ("ru", True)
    client.cookies["language"] = "zz"
    answer = client.get(path, HTTP_ACCEPT="text/html", HTTP_ACCEPT_LANGUAGE="es", follow=True)
    assert language_of(answer) == ("es", True)


def test_pages_go_by_ones_own_choice_before_the_cookie_which_learns_it(superuser: User, client: Client) -> None:
    set_preferences(user=superuser, language="ru")
    client.force_login(superuser)
    client.cookies["language"] = "es"
    assert language_of(client.get("/admin/")) == ("ru", True)
    assert client.cookies["language"].value == "ru"
    # By now the front page, which asks nobody who reads it, knows it too; it stays without a cookie.
    assert (language_of(client.get("/")), client.get("/").cookies) == (("ru", True), {})


def test_an_answer_of_another_request_follows_no_former_one(superuser: User, client: Client) -> None:
    set_preferences(user=superuser, language="ru", time_zone="Asia/Tokyo")
    client.force_login(superuser)
    client.get("/admin/")
    assert language_of(Client().get("/imports/x")) == ("en", True)


@pytest.mark.parametrize("letter", "VEIMS")
def test_everybody_chooses_on_the_page_of_the_account(letter: str) -> None:
    user = person(letter)
    client = signed_in(user)
    answer = client.post(ACCOUNT, {"language": "es", "time_zone": "America/Bogota"}, follow=True)
    assert (answer.status_code, language_of(answer)) == (200, ("es", True))
    chosen = Preferences.objects.get(user=user)
    assert (chosen.language, chosen.time_zone) == ("es", "America/Bogota")
    refused = client.post(ACCOUNT, {"language": "de", "time_zone": "Moon/Base"})
    assert set(refused.context["form"].errors) == {"language", "time_zone"}
    client.post(ACCOUNT, {"language": "", "time_zone": ""})
    assert language_of(client.get(ACCOUNT, HTTP_ACCEPT_LANGUAGE="ru")) == ("es", True), "by the cookie, until it goes"


def test_the_menu_changes_the_language_alone_and_leads_back(superuser: User, root: Client) -> None:
    set_preferences(user=superuser, time_zone="Asia/Tokyo")
    there = "http://testserver/admin/imports/import/?status=failed"
    answer = root.post("/admin/language/", {"language": "ru", "next": ""}, HTTP_REFERER=there)
    assert answer.headers["Location"] == there
    chosen = Preferences.objects.get()
    assert (chosen.language, chosen.time_zone) == ("ru", "Asia/Tokyo")
    root.post("/admin/language/", {"language": "de"})
    assert Preferences.objects.get().language == "ru"
    away = root.post("/admin/language/", {"language": "es", "next": "https://evil.example/"}, HTTP_REFERER="")
    assert away.headers["Location"] == "/"


def test_pages_have_the_clock_of_their_reader_and_the_api_has_utc(superuser: User, root: Client) -> None:
    User.objects.filter(pk=superuser.pk).update(date_joined=datetime(2026, 7, 1, 10, 30, tzinfo=UTC))
    path = f"/admin/auth/user/{superuser.pk}/change/"

    def shown() -> list[str]:
        return [time for time in ("10:30", "12:30", "19:30") if f", {time}" in root.get(path).content.decode()]

    # Of Madrid, for whoever chose nothing.
    assert shown() == ["12:30"]
    set_preferences(user=superuser, time_zone="Asia/Tokyo")
    assert shown() == ["19:30"]


def test_whoever_chose_nothing_has_no_row(superuser: User) -> None:
    assert (preferences_of(superuser).language, Preferences.objects.count()) == ("", 0)


def test_the_openapi_document_is_the_same_whoever_asks_first(client: Client) -> None:
    from config.common.http.site import openapi_document

    openapi_document.cache_clear()
    with marking():
        there = client.get("/schema", HTTP_ACCEPT_LANGUAGE="es").json()
    openapi_document.cache_clear()
    assert there == client.get("/schema").json()


def test_commands_and_workers_are_in_english() -> None:
    assert (translation.get_language(), texts_of("<p>x</p>")) == ("en", ["x"])


def test_russian_calls_people_and_things_by_different_words() -> None:
    people, things = (Citizen,), (Source, Channel, Airport, Plan, Schedule, SavedView)
    with translation.override("ru"):
        assert {str(model._meta.get_field("name").verbose_name) for model in people} == {"имя"}
        assert {str(model._meta.get_field("name").verbose_name).lower() for model in things} == {"название"}
