"""The trail of reads: one statement, no names, kept for as long as the settings say, read by managers."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from config.common.privacy.models import ReadAudit
from config.common.privacy.readers import Reader
from config.common.privacy.services import reads as audit
from config.common.privacy.services.reads import What, prune_reads, record_read
from config.common.privacy.tasks import prune_reads_task

pytestmark = pytest.mark.django_db

READER = Reader(account_id=1, username="ana", via="session")


@pytest.fixture
def browser(client: Client) -> Client:
    """A manager's."""
    user = User.objects.create_user("marta")
    user.groups.add(Group.objects.get(name="Managers"))
    client.force_login(user)
    return client


def reads(*numbers: int, days: int = 0, **values: Any) -> None:
    given = {"username": "ana", "via": "session", "what": "resident", "import_id": 3} | values
    at = timezone.now() - timedelta(days=days)
    ReadAudit.objects.bulk_create(ReadAudit(**given, at=at, citizen_id=number) for number in numbers)


def test_many_are_one_statement_and_nobody_is_none(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        record_read(reader=READER, what=What.LISTED, residents=[(1, 2), (1, 3), (2, None)], form="page")
    assert list(ReadAudit.objects.order_by("id").values_list("import_id", "citizen_id")) == [(1, 2), (1, 3), (2, None)]
    with django_assert_num_queries(0):
        record_read(reader=READER, what=What.LISTED, residents=[], form="page")


@pytest.mark.django_db(transaction=True)
def test_reads_do_not_wait_for_the_disk_and_the_rare_things_do() -> None:
    trigger = """
        CREATE FUNCTION pg_temp.tell() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.request_id = current_setting('synchronous_commit'); RETURN NEW; END $$;
        CREATE TRIGGER tell BEFORE INSERT ON privacy_readaudit FOR EACH ROW EXECUTE FUNCTION pg_temp.tell()
    """
    with connection.cursor() as cursor:
        cursor.execute(trigger)
        record_read(reader=READER, what=What.RESIDENT, residents=[(1, 1)])
        record_read(reader=READER, what=What.RESIDENTS, residents=[(1, None)])
        record_read(reader=READER, what=What.EXPORTED, residents=[(1, 1)])
        with transaction.atomic():
            record_read(reader=READER, what=What.RESIDENT, residents=[(1, 1)])
        cursor.execute("DROP TRIGGER tell ON privacy_readaudit")
    assert list(ReadAudit.objects.order_by("id").values_list("request_id", flat=True)) == ["off", "off", "on", "on"]


def test_a_forged_address_is_cut_to_what_fits(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="x" * 9_000)
    request.user = User(pk=1, username="ana")
    record_read(reader=Reader.of(request), what=What.RESIDENT, residents=[(1, 1)])
    assert ReadAudit.objects.get().address == "x" * 64


def test_what_is_older_than_the_setting_goes_and_the_rest_stays(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_AT_ONCE", 2)
    reads(1, 2, 3, days=31)
    reads(4, days=29)
    settings.READ_AUDIT_DAYS = 0
    assert prune_reads() == 0
    settings.READ_AUDIT_DAYS = 30
    prune_reads_task.run()
    assert list(ReadAudit.objects.values_list("citizen_id", flat=True)) == [4]


def test_managers_find_the_reads_of_one_resident_and_take_them_away(browser: Client) -> None:
    reads(7, 8)
    reads(7, import_id=4, via="=cmd")
    page: Any = browser.get("/admin/privacy/readaudit/?q=4/7")
    assert [row.via for row in page.context_data["cl"].result_list] == ["=cmd"]
    keys = list(ReadAudit.objects.filter(citizen_id=7).values_list("pk", flat=True))
    answer: Any = browser.post("/admin/privacy/readaudit/", {"action": "export_csv", "_selected_action": keys})
    header, *rows = b"".join(answer.streaming_content).decode().splitlines()
    # Excel takes what has no mark for a text in a code page.
    assert header[0] == "\ufeff"
    assert header[1:].split(",")[:3] == ["at", "username", "via"]
    assert all(row.split(",")[0].endswith("Z") for row in rows)
    assert [row.split(",")[2] for row in rows] == ["'=cmd", "session"]
