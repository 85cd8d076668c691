"""Every field of a resident in everything that is done with one: whoever forgets a field anywhere is told so here."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from config.common.privacy.readers import Reader
from imports.demo.deliveries import make_demo
from imports.documents import quick
from imports.documents.reader import read_document, read_patch
from imports.fields import FIELDS, NAMES, Kind, written
from imports.models import Citizen, Correction
from imports.services.loading.review_delivery import review_delivery
from imports.services.residents.correct_resident import correct_resident, version_of
from imports.services.residents.export_resident import export_resident
from tests.imports.admin.people import browser
from tests.imports.documents.builders import RULES, document, refused
from tests.imports.world import load, stored

pytestmark = pytest.mark.django_db

# By themselves, so that a field that leaves the table is missed: the value, another one, and a wrong one.
VALUES: dict[str, tuple[Any, Any, Any]] = {
    "citizen_id": (1, 1, -1),
    "town": ("Kyiv", "Lviv", "-"),
    "street": ("Khreshchatyk", "Sich", "-"),
    "building": ("22", "22A", "-"),
    "apartment": (7, 8, "7"),
    "name": ("Anna", "Hanna", ""),
    "birth_date": ("26.12.1986", "27.12.1986", "31.02.1986"),
    "gender": ("female", "male", "other"),
    "relatives": ([2], [2, 3], [2, 2]),
    "friends": ([], [3], [3, 3]),
    "channel": ("radio", "poster", "-"),
}
ME = {name: values[0] for name, values in VALUES.items()}


def delivery(**changes: Any) -> list[dict[str, Any]]:
    """Three residents, the first with `changes`; whom it names names it back."""
    me = ME | changes
    others = [{**ME, "citizen_id": other} for other in (2, 3)]
    for other in others:
        other |= {kind: [1] if other["citizen_id"] in me[kind] else [] for kind in ("relatives", "friends")}
    return [me, *others]


def me_of(import_id: int) -> Citizen:
    return Citizen.objects.get(delivery_id=import_id, citizen_id=1)


def is_validated(name: str) -> None:
    for wrong in (VALUES[name][2], "a\0") if FIELDS[name].kind is Kind.TEXT else VALUES[name][2:]:
        body = document(*delivery(**{name: wrong}))
        citizens = quick.decode(body)
        assert citizens is None or not quick.is_valid(citizens, raw=body, rules=RULES)
        assert all(pointer.startswith(f"/citizens/0/{name}") for pointer, _ in refused(body))
    without = [{key: of for key, of in one.items() if key != name} for one in delivery(relatives=[], friends=[])[:1]]
    if FIELDS[name].is_required:
        assert refused(document(*without)) == [(f"/citizens/0/{name}", "required")]
    else:
        assert name in written(read_document(document(*without), max_citizens=1, rules=RULES)[0])


def is_patched(name: str) -> None:
    _, other, _ = VALUES[name]
    assert read_patch(json.dumps({name: other}).encode(), rules=RULES) == {name: other}


def is_stored(name: str) -> None:
    value = VALUES[name][0]
    assert stored(load(delivery()))[1][name] == value
    assert FIELDS[name].name in {column.name for column in Citizen._meta.get_fields()}


def is_read(name: str, manager: APIClient) -> None:
    url = f"/imports/{load(delivery())}/citizens"
    value = VALUES[name][0]
    assert manager.get(f"{url}/1").json()["data"][name] == value
    assert json.loads(manager.get(url).getvalue())["data"][0][name] == value
    row = next(csv.DictReader(io.StringIO(manager.get(url, {"format": "csv"}).getvalue().decode())))
    assert row[name] == (" ".join(map(str, value)) if isinstance(value, list) else str(value))


def is_corrected(name: str) -> None:
    other = VALUES[name][1]
    import_id = load(delivery())
    before = version_of(me_of(import_id))
    corrected = correct_resident(import_id=import_id, citizen_id=1, patch={name: other}, actor=None)
    assert (written(corrected)[name], stored(import_id)[1][name]) == (other, other)
    assert list(Correction.objects.get().changes) == [name]
    assert version_of(corrected) == version_of(me_of(import_id)) != before


def is_reviewed(name: str) -> None:
    value, other, _ = VALUES[name]
    load(delivery())
    import_id = load(delivery(**{name: other}), source="other")
    review = review_delivery(import_id=import_id, source="default", residents=3)
    assert review.differences[0]["changes"] == {name: {"from": value, "to": other}}


def is_in_the_form(name: str, superuser: User) -> None:
    import_id, (_, other, _) = load(delivery()), VALUES[name]
    url = f"/admin/imports/citizen/{me_of(import_id).pk}/change/"
    form = browser(superuser).get(url).context["adminform"].form
    sent = {key: form[key].value() for key in form.fields} | {name: other}
    assert browser(superuser).post(url, sent).status_code == 302
    assert stored(import_id)[1][name] == other


def is_exported(name: str) -> None:
    reader = Reader.at_command("test")
    import_id = load(delivery())
    document = export_resident(import_id=import_id, citizen_id=1, actor=None, reader=reader)
    assert document["resident"][name] == ("1986-12-26" if name == "birth_date" else VALUES[name][0])


def is_documented(name: str) -> None:
    shapes = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]  # type: ignore[no-untyped-call]  # has no types
    named = [shape for shape in ("Citizen", "CitizenRequest") if name in shapes[shape]["properties"]]
    assert named == ["Citizen", "CitizenRequest"]
    assert (name in shapes["PatchedCitizenPatchRequest"]["properties"]) == (name != "citizen_id")
    assert (name in shapes["CitizenRequest"]["required"]) == FIELDS[name].is_required


def is_in_the_demo(name: str) -> None:
    assert any(name in one for one in next(make_demo(citizens=60, seed=1)).citizens)


OF_ALL: tuple[Callable[..., None], ...] = (
    is_validated,
    is_stored,
    is_read,
    is_exported,
    is_documented,
    is_in_the_demo,
)
OF_CHANGES: tuple[Callable[..., None], ...] = (is_patched, is_corrected, is_reviewed, is_in_the_form)


# An id is not changed.
USES = [(use, name) for use in (*OF_ALL, *OF_CHANGES) for name in VALUES if use in OF_ALL or name != "citizen_id"]


@pytest.mark.parametrize(("use", "name"), USES, ids=lambda one: getattr(one, "__name__", one))
def test_a_field(use: Callable[..., None], name: str, manager: APIClient, superuser: User) -> None:
    asked = {"manager": manager, "superuser": superuser}
    use(name, **{key: asked[key] for key in use.__annotations__ if key in asked})


def test_every_field_is_tried() -> None:
    assert tuple(VALUES) == NAMES
