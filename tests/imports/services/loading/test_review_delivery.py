"""What a checked delivery would change, and who may see the samples."""

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.test import APIClient

from imports.models import Import
from imports.services.loading.load_received import load_received
from imports.services.loading.review_delivery import MAX_SAMPLES, Review, review_delivery
from tests.factories import people, relate
from tests.imports.world import body_of, counts, lines_of, load, received

pytestmark = pytest.mark.django_db

NOTHING = {"towns": 0, "channels": 0, "compared_with": None, "new": 0, "gone": 0, "changed": 0}


def review_of(citizens: list[dict[str, Any]]) -> Review:
    """What `citizens` would change if they came from the source "default"."""
    import_id = load(citizens, source="reviewed")
    return review_delivery(import_id=import_id, source="default", residents=len(citizens))


def changed(citizen: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {**citizen, **values}


def test_the_first_delivery_of_a_source_is_new() -> None:
    load(people(3), source="another")
    citizens = people(2, town="Kyiv", channel="radio")
    review = review_of(citizens)
    assert review.counts == NOTHING | {"residents": 2, "towns": 1, "channels": 1, "new": 2}
    fields = {name: value for name, value in citizens[0].items() if name != "citizen_id" and value != []}
    assert review.differences[0]["changes"] == {
        **{name: {"from": None, "to": value} for name, value in fields.items()},
        "relatives": {"from": None, "to": []},
        "friends": {"from": None, "to": []},
    }


def test_nothing_is_nothing() -> None:
    review = review_of([])
    assert (review.counts, review.differences) == (NOTHING | {"residents": 0}, [])


def test_residents_are_new_gone_changed_or_the_same_by_their_id() -> None:
    before = relate(people(5), "relatives", (1, 2), (1, 4))
    last = load(before)
    stays, moves, leaves, *others = before
    stays = changed(stays, relatives=[4, 2])
    after = [stays, changed(moves, town="Elsewhere"), *others, changed(leaves, citizen_id=99)]
    review = review_of(after)
    counts = {name: review.counts[name] for name in ("compared_with", "residents", "new", "gone", "changed")}
    assert counts == {"compared_with": last, "residents": 5, "new": 1, "gone": 1, "changed": 1}
    assert [(one["difference"], one["citizen_id"]) for one in review.differences] == [
        ("changed", 2), ("gone", 3), ("new", 99),
    ]  # fmt: skip
    assert review.differences[0]["changes"] == {"town": {"from": moves["town"], "to": "Elsewhere"}}
    assert review.differences[1]["changes"]["name"] == {"from": leaves["name"], "to": None}


def test_it_is_compared_with_the_last_complete_import_that_is_not_deleted() -> None:
    last, deleted, failed = load(people(1)), load(people(2)), load(people(3))
    Import.objects.filter(pk=deleted).update(deleted_at=timezone.now())
    Import.objects.filter(pk=failed).update(status="failed")
    review = review_of(people(1))
    assert (review.counts["compared_with"], review.counts["changed"]) == (last, 0)


def test_samples_are_few_and_of_every_kind() -> None:
    before = people(60)
    load(before)
    after = [changed(one, apartment=1_000) for one in before[:30]]
    after += [changed(one, citizen_id=one["citizen_id"] + 100) for one in before[:30]]
    review = review_of(after)
    kinds = [one["difference"] for one in review.differences]
    assert [kinds.count(kind) for kind in ("changed", "gone", "new")] == [7, 7, 6]
    assert len(kinds) == MAX_SAMPLES


def naive(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """How many are new, gone and changed, and the samples of a review."""

    def shown(people: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
        rows = (
            {name: sorted(value) if isinstance(value, list) else value for name, value in one.items()} for one in people
        )
        return {row.pop("citizen_id"): row for row in rows}

    old, now = shown(before), shown(after)
    kinds = {
        "changed": [one for one in sorted(old) if one in now and old[one] != now[one]],
        "gone": [one for one in sorted(old) if one not in now],
        "new": [one for one in now if one not in old],
    }
    of_each = zip_longest(*([(kind, one) for one in ids[:20]] for kind, ids in kinds.items()))
    in_turn = [pair for pairs in of_each for pair in pairs if pair is not None][:20]
    samples = []
    for kind, one in in_turn:
        values = [(name, old.get(one, {}).get(name), now.get(one, {}).get(name)) for name in list(BEFORE[0])[1:]]
        changes = {name: {"from": was, "to": will} for name, was, will in values if was != will}
        samples.append({"citizen_id": one, "difference": kind, "changes": changes})
    return {kind: len(ids) for kind, ids in kinds.items()}, samples


BEFORE = relate(relate(people(80), "relatives", (1, 2), (1, 3)), "friends", (4, 5), (4, 6))
AFTER = {
    "the same": BEFORE,
    "other orders": [
        {**one, "relatives": one["relatives"][::-1], "friends": one["friends"][::-1]} for one in reversed(BEFORE)
    ],
    "nobody": [],
    "others": [{**one, "citizen_id": one["citizen_id"] + 100} for one in people(50)],
    "fields": [{**one, name: value} for one, (name, value) in zip(
        people(80),
        [("town", "X"), ("street", "X"), ("building", "X"), ("apartment", 9_999), ("name", "X"),
         ("birth_date", "01.02.1903"), ("gender", "female"), ("channel", "X"), ("gender", "male")],
        strict=False,
    )],
    "relations": relate(people(80), "friends", (1, 2), (1, 3), (70, 80)),
    "of every kind": [{**one, "citizen_id": 500 - one["citizen_id"]} if one["citizen_id"] % 3 == 0
                      else {**one, "town": "Elsewhere"} for one in people(80)],
}  # fmt: skip


@pytest.mark.parametrize("name", AFTER)
@pytest.mark.parametrize("is_first", [False, True])
@pytest.mark.parametrize("of", [body_of, lines_of])
@pytest.mark.django_db(transaction=True)
def test_a_review_counts_what_is_different_and_stores_nothing(
    name: str, is_first: bool, of: Callable[..., bytes]
) -> None:
    load(BEFORE, source="another" if is_first else "default")
    media_type = "application/json" if of is body_of else "application/x-ndjson"
    import_id = received(of(AFTER[name]), media_type=media_type, review=True)
    assert (load_received(import_id=import_id), counts()) == ("checked", (2, 80))
    row, (expected, samples) = Import.objects.get(pk=import_id), naive([] if is_first else BEFORE, AFTER[name])
    assert row.review is not None
    assert expected.items() <= row.review.items()
    assert row.differences == samples
    assert (row.review["residents"], row.citizen_count, row.processed) == (len(AFTER[name]), len(AFTER[name]), 0)


def checked(maker: User | None, last: int | None) -> int:
    """A delivery that waits for approval, with one sample."""
    import_id = received(b"{}", actor=maker)
    counts = NOTHING | {"residents": 1, "compared_with": last}
    Import.objects.filter(pk=import_id).update(status="checked", review=counts, differences=[{"citizen_id": 7}])
    return import_id


def samples(client: APIClient, import_id: int) -> Any:
    answer = client.get(f"/imports/{import_id}")
    assert answer.status_code == 200
    review = answer.json()["data"]["review"]
    assert review["residents"] == 1
    return review["differences"]


ClientOf = Callable[[str], APIClient]
SAMPLE = [{"citizen_id": 7}]


def test_samples_are_for_those_who_see_the_residents_of_both_imports(client_of: ClientOf) -> None:
    importer, editor, viewer = client_of("Importers"), client_of("Editors"), client_of("Viewers")
    maker = User.objects.get(username="importers")
    own, anothers = load(people(1), actor=maker), load(people(1))
    waiting = [checked(maker, None), checked(maker, own), checked(maker, anothers), checked(None, own)]
    assert [samples(importer, which) for which in waiting] == [SAMPLE, SAMPLE, None, None]
    assert [samples(editor, which) for which in waiting] == [SAMPLE] * 4
    assert [samples(viewer, which) for which in waiting] == [None] * 4


def guess(importer: APIClient, maker: User, resident: dict[str, Any], **guessed: Any) -> dict[str, Any]:
    """The whole review that an Importer gets who sends a guess at another's resident; ids of imports left out."""
    import_id = received(body_of([{**resident, **guessed}]), actor=maker, review=True)
    load_received(import_id=import_id)
    review: dict[str, Any] = importer.get(f"/imports/{import_id}").json()["data"]["review"]
    return review


@pytest.mark.django_db(transaction=True)
def test_a_guess_at_anothers_resident_is_not_answered(client_of: ClientOf) -> None:
    importer, maker = client_of("Importers"), User.objects.get(username="importers")
    resident = people(1)[0]
    last = load([resident])
    right, wrong = guess(importer, maker, resident), guess(importer, maker, resident, birth_date="01.02.1903")
    unknown = {"new": None, "gone": None, "changed": None, "differences": None}
    assert right == wrong == unknown | {"residents": 1, "towns": 1, "channels": 1, "compared_with": last}
    # Whoever sees the resident anyway is told.
    editor, found = client_of("Editors"), Import.objects.filter(status="checked").order_by("pk")
    assert [editor.get(f"/imports/{one.pk}").json()["data"]["review"]["changed"] for one in found] == [0, 1]


def test_counts_of_a_review_are_for_those_who_see_the_residents_of_both_imports(client_of: ClientOf) -> None:
    importer, editor, viewer = client_of("Importers"), client_of("Editors"), client_of("Viewers")
    maker = User.objects.get(username="importers")
    own, anothers = load(people(1), actor=maker), load(people(1))
    waiting = [checked(maker, None), checked(maker, own), checked(maker, anothers), checked(None, own)]

    def counts(client: APIClient, name: str) -> list[int | None]:
        return [client.get(f"/imports/{which}").json()["data"]["review"][name] for which in waiting]

    assert counts(importer, "changed") == [0, 0, None, None]
    assert counts(importer, "towns") == [0, 0, 0, None]
    assert counts(editor, "changed") == counts(editor, "towns") == [0] * 4
    assert counts(viewer, "changed") == counts(viewer, "towns") == [None] * 4
    Import.objects.filter(pk=own).update(deleted_at=timezone.now())
    assert (counts(importer, "changed")[1], counts(editor, "changed")[1]) == (None, 0)


@pytest.mark.parametrize("values", [{"status": "erased"}, {"deleted_at": timezone.now()}], ids=list)
def test_samples_against_an_import_that_is_erased_or_deleted_are_for_nobody(
    manager: APIClient, values: dict[str, Any]
) -> None:
    last = load(people(1))
    waiting = checked(None, last)
    assert samples(manager, waiting) == SAMPLE
    Import.objects.filter(pk=last).update(**values)
    assert samples(manager, waiting) is None
