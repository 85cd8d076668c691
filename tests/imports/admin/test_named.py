"""Sources and channels in the admin."""

from typing import Any

import pytest

from imports.admin.named import NamedForm
from imports.models import Channel, Source
from imports.services.naming.change_named import change_named, create_named
from tests.factories import people
from tests.imports.admin.people import browser, somebody, text
from tests.imports.world import load

pytestmark = pytest.mark.django_db
CHANNELS, SOURCES = "/admin/imports/channel/", "/admin/imports/source/"


def aliases(thing: Any) -> list[str]:
    return sorted(type(thing).objects.filter(alias_of=thing).values_list("name", flat=True))


def test_an_editor_gives_a_channel_other_names_and_takes_one_off_with_a_click() -> None:
    editor = browser(somebody("Editors"))
    editor.post(f"{CHANNELS}add/", {"name": "instagram", "other_names": " Insta \r\n\r\nIG"})
    channel = Channel.objects.things().get()
    assert (channel.name, aliases(channel)) == ("instagram", ["IG", "Insta"])
    off = Channel.objects.get(name="IG").pk
    page = f"{CHANNELS}{channel.pk}/change/"
    assert f'name="take_off" value="{off}"' in editor.get(page).content.decode()
    editor.post(page, {"name": "instagram", "other_names": "Insta\nIG", "take_off": off})
    assert aliases(channel) == ["Insta"]
    editor.post(f"{CHANNELS}{channel.pk}/delete/", {"post": "yes"})
    assert Channel.objects.count() == 0


def test_a_name_of_another_is_refused_beside_its_field_and_nothing_is_stored() -> None:
    create_named(Channel, values={"name": "one", "aliases": ["uno"]}, actor=None)
    editor = browser(somebody("Editors"))
    answers = [
        editor.post(f"{CHANNELS}add/", values)
        for values in ({"name": "UNO", "other_names": ""}, {"name": "two", "other_names": "uno"}, {"name": "--"})
    ]
    assert ["has it as an alias" in text(answer) for answer in answers] == [True, True, False]
    assert "are a name" in text(answers[2])
    assert Channel.objects.count() == 2


def test_a_manager_says_what_a_source_is_and_removes_none_with_deliveries() -> None:
    load(people(1), source="one")
    maria, importer, source = browser(somebody("Managers")), somebody("Importers"), Source.objects.get()
    page = f"{SOURCES}{source.pk}/change/"
    form = {"name": "one", "other_names": "uno", "contact": "Ana", "sends": "monthly", "uploaders": [importer.pk]}
    maria.post(page, form)
    source.refresh_from_db()
    assert (source.contact, source.sends, aliases(source)) == ("Ana", "monthly", ["uno"])
    assert [*source.uploaders.all()] == [importer]
    assert maria.post(f"{SOURCES}{source.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "uno" in text(maria.get(SOURCES))


def test_a_form_that_says_who_may_load_takes_a_closed_source_as_an_alias() -> None:
    importer, maria = somebody("Importers"), browser(somebody("Managers"))
    create_named(Source, values={"name": "closed", "uploaders": [importer.username]}, actor=None)
    page = f"{SOURCES}{create_named(Source, values={'name': 'open'}, actor=None).pk}/change/"
    form = {"name": "open", "other_names": "closed"}
    assert "Only some people may load closed" in text(maria.post(page, form))
    assert maria.post(page, form | {"uploaders": [importer.pk]}).status_code == 302
    assert [(one.name, aliases(one)) for one in Source.objects.things()] == [("open", ["closed"])]


@pytest.mark.parametrize("role", ["Viewers", "Importers"])
def test_others_read_and_see_no_button(role: str) -> None:
    pk = create_named(Channel, values={"name": "one", "aliases": ["uno"]}, actor=None).pk
    page = browser(somebody(role)).get(f"{CHANNELS}{pk}/change/")
    assert ("uno" in text(page), "take_off" in page.content.decode()) == (True, False)


def test_a_source_that_is_renamed_keeps_its_deliveries() -> None:
    load(people(1), source="one")
    source, maria = Source.objects.get(), browser(somebody("Managers"))
    maria.post(f"{SOURCES}{source.pk}/change/", {"name": "acme", "other_names": ""})
    assert [(one.name, aliases(one)) for one in Source.objects.things()] == [("acme", ["one"])]


def test_a_page_that_was_open_meanwhile_takes_no_name_away() -> None:
    channel = create_named(Channel, values={"name": "instagram", "aliases": []}, actor=None)
    page, editor = f"{CHANNELS}{channel.pk}/change/", browser(somebody("Editors"))
    known = Channel.objects.get(pk=channel.pk).version
    assert f'name="known_version" value="{known}"' in editor.get(page).content.decode()
    change_named(Channel, pk=channel.pk, values={"aliases": ["IG"]}, actor=None)
    answer = editor.post(page, {"name": "instagram", "other_names": "", "known_version": known})
    assert (answer.status_code, aliases(channel)) == (200, ["IG"])


def test_a_name_that_somebody_takes_between_the_look_and_the_saving_is_a_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create_named(Channel, values={"name": "one", "aliases": []}, actor=None)
    monkeypatch.setattr(NamedForm, "_try", lambda *_: None)
    answer = browser(somebody("Editors")).post(f"{CHANNELS}add/", {"name": "one", "other_names": ""}, follow=True)
    assert (answer.status_code, Channel.objects.count()) == (200, 1)
