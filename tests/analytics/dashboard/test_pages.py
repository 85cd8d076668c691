"""Towns that are not on the map, and channels, as pages of the admin."""

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from analytics.models import TownAlias, TownPlace
from analytics.services.placing.place_towns import place_towns
from config.common.accounts.services.tokens import issue_token
from imports.models import Source, SourceSpelling
from imports.services.naming.change_named import create_named
from tests.analytics.counted import make

pytestmark = pytest.mark.django_db
KYIV = 703448
UNPLACED = "/admin/analytics/townplace/unplaced/"
CHANNELS = "/admin/analytics/importdemand/channels/"


def browser_of(role: str) -> Client:
    """Somebody of a role has signed in."""
    issue_token(username=role, role=role)
    client = Client()
    client.force_login(User.objects.get(username=role))
    return client


@pytest.fixture
def editor() -> Client:
    """Who may say where towns are."""
    return browser_of("Editors")


def told(answer: object) -> list[str]:
    """The messages that the answer leaves."""
    return [str(message) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def test_one_click_places_a_town_and_another_takes_it_back(editor: Client) -> None:
    make("a", {("Kyjivv", 1, "tv", "male"): (9, 9, 9)})
    place_towns(towns=["Kyjivv"])
    town = editor.get(UNPLACED).context["towns"][0]
    assert KYIV in [candidate.geoname_id for candidate in town.candidates]
    answer = editor.post(UNPLACED, {"town": "Kyjivv", "geoname_id": KYIV})
    assert (answer.status_code, answer.headers["Location"]) == (303, UNPLACED)
    assert (TownPlace.objects.get().geoname_id, TownAlias.objects.get().created_by.username) == (KYIV, "Editors")  # type: ignore[union-attr]
    assert [alias.name for alias in editor.get(UNPLACED).context["aliases"]] == ["Kyjivv"]
    editor.post(UNPLACED, {"town": "Kyjivv"})
    assert (TownPlace.objects.get().method, TownAlias.objects.count()) == ("unplaced", 0)


def test_a_town_whose_name_is_several_cities_is_moved_by_one_click(editor: Client) -> None:
    make("a", {("Petersburg", 1, "tv", "male"): (9, 9, 9)})
    place_towns(towns=["Petersburg", "Kyiv"])
    (town,) = editor.get(UNPLACED).context["doubtful"]
    (candidate,) = town.candidates
    assert (town.name, town.place, candidate.label) == ("Petersburg", "Saint Petersburg, RU", "Petersburg, US")
    assert "placed in Saint Petersburg, RU" in editor.get(UNPLACED).content.decode()
    editor.post(UNPLACED, {"town": town.name, "geoname_id": candidate.geoname_id})
    assert TownPlace.objects.get(pk="petersburg").country == "US"
    assert editor.get(UNPLACED).context["doubtful"] == []


def test_who_does_not_see_residents_is_not_shown_ambiguous_towns() -> None:
    place_towns(towns=["Petersburg"])
    assert browser_of("Viewers").get(UNPLACED).context["doubtful"] == []


def test_a_button_of_the_dashboard_leads_back_to_it_and_nowhere_else(editor: Client) -> None:
    place_towns(towns=["Kyjivv"])
    form = {"town": "Kyjivv", "geoname_id": KYIV}
    assert editor.post(UNPLACED, form | {"back": "dashboard"}).headers["Location"] == "/admin/#unplaced"
    assert editor.post(UNPLACED, form | {"back": "https://evil.example"}).headers["Location"] == UNPLACED


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"town": "Kyjivv", "geoname_id": "1"},
        {"town": "Kyjivv", "geoname_id": "9" * 40},
        {"town": "Kyjivv", "geoname_id": "a"},
        {"town": "x" * 257, "geoname_id": KYIV},
        {"town": "a\0b", "geoname_id": KYIV},
        {"town": "never placed by hand"},
    ],
)
def test_what_cannot_be_settled_leaves_a_message_and_nothing_else(editor: Client, form: dict[str, str]) -> None:
    place_towns(towns=["Kyjivv"])
    answer = editor.post(UNPLACED, form)
    assert (answer.status_code, len(told(answer)), TownAlias.objects.count()) == (303, 1, 0)


@pytest.mark.parametrize("role", ["Viewers", "Importers"])
def test_who_may_not_place_towns_is_refused_and_sees_no_button(role: str) -> None:
    make("default", {("Kyjivv", 1, "tv", "male"): (50, 60, 9), ("Lviv", 1, "tv", "male"): (50, 60, 9)})
    place_towns(towns=["Kyjivv"])
    client = browser_of(role)
    html = client.get(UNPLACED).content.decode()
    assert ("Kyjivv" in html, 'name="geoname_id"' in html) == (True, False)
    assert client.post(UNPLACED, {"town": "Kyjivv", "geoname_id": KYIV}).status_code == 403
    assert TownAlias.objects.count() == 0


def test_the_towns_are_paged(editor: Client) -> None:
    TownPlace.objects.bulk_create(
        TownPlace(town=f"town {number:02}", method="unplaced", placed_at=timezone.now()) for number in range(30)
    )
    first, second = editor.get(UNPLACED).context, editor.get(f"{UNPLACED}?page=2").context
    assert (len(first["towns"]), first["previous"], first["next"]) == (25, None, 2)
    assert (len(second["towns"]), second["previous"], second["next"]) == (5, 1, None)
    odd = [len(editor.get(f"{UNPLACED}?page={page}").context["towns"]) for page in ("-1", "0", "x", "9" * 30, "99")]
    assert odd == [25, 25, 25, 25, 0]


def test_channels_are_listed_with_their_figures() -> None:
    make("default", {("Kyiv", 1, "tv", "male"): (40, 80, 9), ("Kyiv", 1, "radio", "male"): (60, 50, 9)})
    rows = browser_of("Viewers").get(CHANNELS).context["table"].rows
    assert [[cell.text for cell in row][:3] for row in rows] == [["tv", "40", "80"], ["radio", "60", "50"]]


@pytest.mark.parametrize("page", [UNPLACED, CHANNELS])
def test_nobody_sees_them_without_a_sign_in(page: str) -> None:
    assert Client().get(page).headers["Location"] == f"/admin/login/?next={page}"


def test_who_may_correct_is_led_from_a_channel_to_the_delivery_that_renames_it(editor: Client) -> None:
    made = make("padrón", {("Kyiv", 1, "tv", "male"): (10, 20, 5)})
    named = create_named(Source, values={"name": "Town hall", "aliases": ["padrón"]}, actor=None)
    SourceSpelling.objects.create(spelling="padrón", source=named.aliases.get())
    link = f'href="/admin/imports/import/{made.import_id}/rename/?field=channel">Town hall</a>'
    assert link in editor.get(CHANNELS).content.decode()
    assert "/rename/" not in browser_of("Viewers").get(CHANNELS).content.decode()
