"""Erasing: whom it is allowed, which state it ends, how it goes on after a kill."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from config.common.problems import Forbidden, NotFound
from imports.models import Citizen, Import
from imports.services.erasing import _chunks
from imports.services.erasing import erase_delivery as service
from imports.services.erasing.erase_delivery import erase_delivery, scrub_erased_deliveries
from imports.services.loading.review_delivery import Review, storable_differences
from tests.factories import people
from tests.imports.planted import NAME, STREET, found_in_database, planted_people
from tests.imports.world import body_of, load, received

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", ["queued", "loading", "checked", "failed", "cancelled"])
def test_what_was_never_complete_can_be_erased_too(status: str) -> None:
    import_id = received(body_of(planted_people()))
    errors = [{"pointer": f"/citizens/0/{NAME}", "code": "unknown_field", "detail": "There is no such field."}]
    Import.objects.filter(pk=import_id).update(status=status, errors=errors, differences=[{"from": STREET}])
    erase_delivery(import_id=import_id, actor=None)
    scrub_erased_deliveries()
    assert found_in_database() == []
    assert Import.objects.get(pk=import_id).body_size is None


def test_a_review_against_an_import_that_is_erased_meanwhile_keeps_no_samples() -> None:
    import_id = load(planted_people())
    review = Review({"compared_with": import_id}, [{"changes": {"name": {"from": NAME}}}])
    assert storable_differences(review) == review.differences
    erase_delivery(import_id=import_id, actor=None)
    assert storable_differences(review) == []
    assert storable_differences(Review({"compared_with": None}, review.differences)) == review.differences


def test_other_imports_stay_as_they_are() -> None:
    gone, stays = load(planted_people()), load(planted_people())
    erase_delivery(import_id=gone, actor=None)
    assert scrub_erased_deliveries() == 1
    assert Citizen.objects.of(stays).filter(name=NAME).count() == 1
    assert Import.objects.get(pk=stays).status == "complete"


def test_it_goes_in_chunks_and_on_where_it_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_chunks, "CHUNK_ROWS", 2)
    import_id = load(people(5))
    erase_delivery(import_id=import_id, actor=None)
    scrub, left = service._Scrub._next, list[int]()

    def killed(self: service._Scrub) -> int | None:
        if len(left) == 2:
            raise KeyboardInterrupt
        done = scrub(self)
        left.append(Citizen.objects.count())
        return done

    with monkeypatch.context() as patched:
        patched.setattr(service._Scrub, "_next", killed)
        with pytest.raises(KeyboardInterrupt):
            scrub_erased_deliveries()
    assert left == [3, 1]
    assert scrub_erased_deliveries(seconds=0) == 0
    assert scrub_erased_deliveries() == 1
    assert Citizen.objects.count() == 0


def test_managers_and_the_server_may_erase_and_nobody_else(superuser: User) -> None:
    import_id = load(people(1))
    for role in ("Viewers", "Editors", "Importers"):
        with pytest.raises(Forbidden):
            erase_delivery(import_id=import_id, actor=in_role(role))
    assert Import.objects.get().status == "complete"
    assert erase_delivery(import_id=import_id, actor=in_role("Managers")).status == "erased"
    first = Import.objects.get().erased_at
    assert erase_delivery(import_id=import_id, actor=superuser).erased_at == first
    with pytest.raises(NotFound):
        erase_delivery(import_id=import_id + 1, actor=superuser)


def in_role(role: str) -> User:
    from django.contrib.auth.models import Group

    user = User.objects.create_user(role)
    user.groups.add(Group.objects.get(name=role))
    return User.objects.get(pk=user.pk)


def test_the_command_erases_several_or_says_what_it_would(capsys: pytest.CaptureFixture[str]) -> None:
    one, two = load(people(1)), load(people(2))
    call_command("erase_import", one, two, "--dry-run")
    assert (
        f"Import {two}: 2 citizens, 0 corrections, 0 body chunks, 0 reviews, 0 answers would go."
        in capsys.readouterr().out
    )
    assert Import.objects.filter(status="erased").count() == 0
    call_command("erase_import", one, two)
    assert Import.objects.filter(status="erased").count() == 2
    with pytest.raises(CommandError, match="There is no such delivery"):
        call_command("erase_import", two + 1)
