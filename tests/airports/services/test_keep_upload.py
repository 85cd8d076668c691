"""A file that is kept between the look and the decision."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from airports.models import Airport, KeptChunk, KeptUpload
from airports.services import keep_upload as module
from airports.services import preview_upload
from airports.services.keep_upload import (
    forget_old_uploads,
    forget_upload,
    keep_upload,
    kept_upload,
    take_upload,
    tell_differences,
)
from airports.services.preview_upload import SHOWN
from config.common.problems import InvalidInput, NotFound
from config.common.texts import spoken
from tests.airports.builders import make_airport, make_valencia

pytestmark = pytest.mark.django_db

ROW = "{name},Valencia,Spain,{iata},{icao},39.4893,-0.481625,240,1,E,Europe/Madrid,airport,OurAirports\n"
VALENCIA = ROW.format(name="Valencia Airport", iata="VLC", icao="LEVC")


def keep(text: str, actor: User, on_error: str = "fail") -> KeptUpload:
    return keep_upload(stream=io.BytesIO(text.encode()), name="a.csv", on_error=on_error, actor=actor)  # type: ignore[arg-type]


def test_a_preview_says_row_by_row_what_would_change(superuser: User) -> None:
    airport = make_valencia(city="Manises", altitude=None)
    taken = make_airport("Holder", iata="NEW", icao="LEHH")
    kept = keep(VALENCIA + ROW.format(name="New", iata="NEW", icao="LENW"), superuser)
    assert kept.preview["counts"] == {
        "rows": 2, "created": 1, "updated": 1, "unchanged": 0, "displaced": 1, "skipped_deleted": 0,
    }  # fmt: skip
    first, second, displaced = kept.preview["differences"]
    changes = {"city": {"from": "Manises", "to": "Valencia"}, "altitude": {"from": None, "to": 240.0}}
    assert first == {
        "line": 1, "airport": airport.pk, "name": "Valencia Airport", "is_new": False, "changes": changes,
    }  # fmt: skip
    assert [second["line"], second["airport"], second["is_new"]] == [2, None, True]
    assert [displaced["line"], displaced["airport"]] == [None, taken.pk]
    assert displaced["changes"] == {"iata": {"from": "NEW", "to": None}}
    assert [Airport.objects.count(), Airport.history.count()] == [2, 2]


def test_of_many_rows_the_first_are_listed_and_all_counted(superuser: User) -> None:
    kept = keep("".join(f"Field {n},,,,,{n},0,,,,,,\n" for n in range(SHOWN + 5)), superuser)
    assert [len(kept.preview["differences"]), kept.preview["counts"]["created"]] == [SHOWN, SHOWN + 5]


def every(kept: KeptUpload, actor: User) -> list[dict[str, object]]:
    """All that the file would change."""
    found: list[dict[str, object]] = []
    tell_differences(upload_id=kept.pk, actor=actor, tell=found.extend)
    return found


def test_all_differences_are_told_where_a_preview_shows_the_first(
    superuser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_upload, "_AT_ONCE", 7)
    count = SHOWN + 5
    for n in range(3):
        make_airport(f"Holder {n}", iata=f"HL{n}", icao=f"LEH{n}")
    rows = [
        f"Field {n},,,HL{n},LEN{n},{n},0,,,,,,\n" if n < 3 else f"Field {n},,,,,{n},0,,,,,,\n" for n in range(count)
    ]
    kept = keep("".join(rows), superuser)
    told = every(kept, superuser)
    assert [one["line"] for one in told] == [*range(1, count + 1), None, None, None]
    assert told[:SHOWN] == kept.preview["differences"][:SHOWN]
    assert [Airport.objects.count(), KeptUpload.objects.count()] == [3, 1]


def test_differences_are_those_from_the_airports_as_they_are_by_now(superuser: User) -> None:
    kept = keep(VALENCIA, superuser)
    make_valencia(city="Manises")
    assert [one["is_new"] for one in every(kept, superuser)] == [False]


def test_differences_of_another_persons_file_are_not_told(superuser: User) -> None:
    kept = keep(VALENCIA, superuser)
    with pytest.raises(NotFound):
        every(kept, User.objects.create(username="other"))


def test_the_kept_file_is_taken_in_and_forgotten(superuser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHUNK", 10)
    kept = keep(VALENCIA, superuser)
    assert KeptChunk.objects.count() == -(-len(VALENCIA) // 10)
    result = take_upload(upload_id=kept.pk, actor=superuser)
    assert [result.created, Airport.objects.get().iata] == [1, "VLC"]
    assert [KeptUpload.objects.count(), KeptChunk.objects.count()] == [0, 0]


def test_a_file_with_a_wrong_row_is_previewed_refused_and_kept(superuser: User) -> None:
    kept = keep(VALENCIA + "Nowhere,,,,,99,0,,,,,,\n", superuser)
    assert [spoken(kept.preview["refusal"]), kept.preview["errors"][0]["place"]] == [
        "The file is not valid. Nothing was stored.", "line 2",
    ]  # fmt: skip
    with pytest.raises(InvalidInput):
        take_upload(upload_id=kept.pk, actor=superuser)
    assert [Airport.objects.count(), KeptUpload.objects.count()] == [0, 1]


def test_nobody_takes_what_another_keeps(superuser: User) -> None:
    kept = keep(VALENCIA, superuser)
    with pytest.raises(NotFound):
        take_upload(upload_id=kept.pk, actor=User.objects.create_user("other"))


def test_a_second_file_takes_the_place_of_the_first(superuser: User) -> None:
    first, second = keep(VALENCIA, superuser), keep(VALENCIA, superuser)
    with pytest.raises(NotFound):
        kept_upload(upload_id=first.pk, actor=superuser)
    forget_upload(upload_id=second.pk, actor=superuser)
    assert KeptChunk.objects.count() == 0


def test_after_a_day_it_is_gone(superuser: User) -> None:
    kept = keep(VALENCIA, superuser)
    assert forget_old_uploads() == 0
    KeptUpload.objects.update(created_at=timezone.now() - timedelta(hours=25))
    with pytest.raises(NotFound):
        kept_upload(upload_id=kept.pk, actor=superuser)
    assert [forget_old_uploads(), KeptChunk.objects.count()] == [1, 0]
