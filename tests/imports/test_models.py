"""What a row can know by itself, the database keeps: each constraint refuses, by its name."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from imports.models import Citizen, Correction, Import
from tests.factories import ImportFactory

pytestmark = pytest.mark.django_db

_ROW = {
    "citizen_id": 1, "town": "Kyiv", "street": "a", "building": "1", "apartment": 1, "name": "Anna",
    "birth_date": "2000-02-29", "gender": "female",
}  # fmt: skip


def add(**values: Any) -> Citizen:
    return Citizen.objects.create(**_ROW | values)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"citizen_id": -1}, "citizen_id_not_negative"),
        ({"apartment": -1}, "citizen_apartment_not_negative"),
        ({"gender": "Male"}, "citizen_gender_known"),
        ({"gender": ""}, "citizen_gender_known"),
        ({"relatives": [2, 3], "friends": [4, 2]}, "citizen_relative_or_friend"),
        ({"relatives": [1], "friends": [1]}, "citizen_relative_or_friend"),
        ({"relatives": [None]}, "citizen_relatives_not_null"),
        ({"relatives": [2, None]}, "citizen_relatives_not_null"),
        ({"friends": [2, None, 3]}, "citizen_friends_not_null"),
    ],
)
def test_each_check_refuses(values: dict[str, Any], name: str) -> None:
    with pytest.raises(IntegrityError, match=rf'check constraint "{name}"'), transaction.atomic():
        add(delivery=ImportFactory(), **values)
    assert Citizen.objects.count() == 0


def test_an_id_is_unique_in_its_import_alone() -> None:
    one, other = ImportFactory(), ImportFactory()
    add(delivery=one)
    add(delivery=other)
    with pytest.raises(IntegrityError, match='unique constraint "citizen_unique_in_import"'), transaction.atomic():
        add(delivery=one)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: add(delivery_id=0), id="citizen"),
        pytest.param(lambda: Correction.objects.create(delivery_id=0, citizen_id=1, changes={}), id="correction"),
    ],
)
def test_citizens_and_corrections_belong_to_an_import(make: Callable[[], object]) -> None:
    make()
    with pytest.raises(IntegrityError, match="foreign key constraint"), transaction.atomic():
        connection.check_constraints()
    with connection.cursor() as cursor:  # or the end of the test would find them too
        cursor.execute("DELETE FROM imports_citizen; DELETE FROM imports_correction")


def test_every_constraint_of_the_table_is_tested_here() -> None:
    tested = set(re.findall(r"\bcitizen_[a-z_]+", " ".join(c.name for c in Citizen._meta.constraints)))
    assert tested == {
        "citizen_apartment_not_negative",
        "citizen_friends_not_null",
        "citizen_gender_known",
        "citizen_id_not_negative",
        "citizen_relative_or_friend",
        "citizen_relatives_not_null",
        "citizen_unique_in_import",
    }


def test_rows_name_themselves_without_personal_data() -> None:
    delivery = ImportFactory(source="Kyiv")
    citizen = add(delivery=delivery)
    correction = Correction(delivery=delivery, citizen_id=1, changes={"name": {"from": "Anna", "to": "Hanna"}})
    assert [str(row) for row in (delivery, citizen, correction)] == [
        f"Delivery {delivery.pk} from Kyiv",
        f"Resident 1 of delivery {delivery.pk}",
        f"Correction of resident 1 of delivery {delivery.pk}",
    ]
    assert Import.objects.live().get() == delivery
