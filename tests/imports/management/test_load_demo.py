"""`manage.py load_demo`."""

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from imports.management.commands import load_demo
from imports.models import Citizen, Import
from imports.services.erasing.delete_delivery import delete_delivery
from imports.services.loading.load_document import load_document
from tests.imports.world import counts, faults, load

pytestmark = pytest.mark.django_db


def run(**options: Any) -> str:
    output = StringIO()
    call_command("load_demo", citizens=300, seed=1, stdout=output, **options)
    return output.getvalue()


def test_the_demo_is_loaded_through_the_service_whole() -> None:
    lines = run().splitlines()
    imports = list(Import.objects.order_by("id"))
    assert lines == [f"Demo: {row}, {row.citizen_count:,} residents." for row in imports]
    assert [row.citizen_count for row in imports] == [Citizen.objects.of(row.pk).count() for row in imports]
    assert [fault for row in imports for fault in faults(row.pk)] == []
    assert {str(row.created_by) for row in imports} == {"demo"}


def test_the_demo_is_loaded_once_also_after_its_imports_were_deleted() -> None:
    run()
    for row in Import.objects.all():
        delete_delivery(import_id=row.pk, actor=None)
    before = counts()
    assert run() == ""
    assert counts() == before


def test_the_demo_is_not_loaded_beside_real_imports() -> None:
    load([])
    assert run() == ""
    assert (Import.objects.count(), User.objects.filter(username="demo").exists()) == (1, False)


def test_a_demo_that_fails_leaves_nothing_and_is_loaded_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    once = iter([load_document])

    def fail(**arguments: Any) -> Import:
        return next(once)(**arguments)

    with monkeypatch.context() as patched:
        patched.setattr(load_demo, "load_document", fail)
        with pytest.raises(StopIteration):
            run()
    assert (counts(), User.objects.count()) == ((0, 0), 0)
    assert run() != ""
