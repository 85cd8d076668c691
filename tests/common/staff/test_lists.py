"""Lists of the admin do the work of their headers once, not for each row, and nothing of it for another reader."""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client
from unfold.templatetags import unfold_list

from config.common.accounts.services.tokens import issue_token
from config.common.staff.lists import ROWS, quicken_lists
from tests.airports.builders import make_airport
from tests.translations import LANGUAGES, marked

pytestmark = pytest.mark.django_db
LIST = "/admin/airports/airport/"


def named_columns(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> Counter[str]:
    """How often the heading of each column is looked up while `act` runs."""
    found, original = Counter[str](), unfold_list.label_for_field

    def counted(name: str, *args: object, **kwargs: object) -> object:
        found[name] += 1
        return original(name, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(unfold_list, "label_for_field", counted)
        act()
    return found


def test_headers_are_made_once_however_many_rows_there_are(root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        make_airport(f"Airport {number}")
    found = named_columns(monkeypatch, lambda: root.get(LIST))
    assert found["name"] == 1
    assert set(found.values()) == {1}


def test_it_can_be_switched_on_again_and_each_list_has_headers_of_its_own(root: Client) -> None:
    made = unfold_list.result_headers
    quicken_lists()
    assert unfold_list.result_headers is made
    make_airport("One")
    pages = [root.get(LIST + query).content.decode() for query in ("?o=1", "?o=-1")]
    assert ["?o=-1" in pages[0], "?o=1" in pages[1]] == [True, True]


def test_a_page_has_fifty_rows(root: Client) -> None:
    for number in range(ROWS + 1):
        make_airport(f"Airport {number}")
    assert len(root.get(LIST).context["cl"].result_list) == ROWS


def test_only_a_list_that_is_narrowed_offers_to_show_all(root: Client) -> None:
    make_airport("One")
    pages = [root.get(LIST + query).content.decode() for query in ("", "?q=one", "?q=nothing", "?changed=yes")]
    assert ["Show all</a>" in page for page in pages] == [False, True, True, True]
    assert ["what you look for" in page for page in pages] == [False, False, True, True]


def test_a_list_without_rows_offers_to_add_one_to_whom_may(root: Client) -> None:
    pages = [root.get(f"/admin/{model}/").content.decode() for model in ("imports/channel", "kafka/deadletter")]
    assert ["There is nothing here yet." in page for page in pages] == [True, True]
    assert ["Add the first" in page for page in pages] == [True, False]


def test_each_reader_reads_yes_and_no_in_their_own_language(root: Client) -> None:
    issue_token(username="Anna", role="Editors")
    with marked():
        pages = {
            language: root.get("/admin/accounts/apitoken/", HTTP_ACCEPT_LANGUAGE=language).content.decode()
            for language in LANGUAGES
        }
    said = {language: re.findall('title="([^"]*True[^"]*)"', page) for language, page in pages.items()}
    assert said == {"en": ["True"], "es": ["es‹True›"], "ru": ["ru‹True›"]}
