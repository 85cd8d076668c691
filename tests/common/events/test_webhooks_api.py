"""`/webhooks` over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from config.common.changes.models import RecordedChange
from config.common.events.models import Attempt, Subscription
from config.common.events.services.send import send_due
from config.common.events.services.subscriptions import MOST_WEBHOOKS
from tests.common.events.receivers import Receiver, status

pytestmark = pytest.mark.django_db
BODY = {"url": "https://example.com/hook?token=abc", "events": ["delivery.failed", "delivery.complete"]}
ClientOf = Callable[[str], APIClient]


def made(client: APIClient, **values: Any) -> dict[str, Any]:
    answer = client.post("/webhooks", BODY | values)
    assert answer.status_code == 201, answer.content
    data: dict[str, Any] = answer.json()["data"]
    assert answer.headers["Location"] == f"/webhooks/{data['id']}"
    return data


def test_a_webhook_is_made_read_changed_and_removed_and_its_secret_shown_once(client_of: ClientOf) -> None:
    client = client_of("Viewers")
    data = made(client)
    secret = data.pop("secret")
    assert secret.startswith("whsec_")
    where = f"/webhooks/{data['id']}"
    assert data == {
        "id": data["id"], "url": BODY["url"], "events": sorted(BODY["events"]), "active": True, "user": "viewers",
        "created_at": data["created_at"], "failing_since": None, "disabled_at": None,
    }  # fmt: skip
    assert client.get(where).json() == {"data": data}
    assert client.get("/webhooks").json()["data"] == [data]
    changed = client.patch(where, {"active": False, "events": ["demand.stale"]}).json()["data"]
    assert (changed["active"], changed["events"], changed["url"]) == (False, ["demand.stale"], BODY["url"])
    # What a GET returned can be sent back.
    assert client.patch(where, changed).json()["data"] == changed
    rotated = client.post(f"{where}/rotate").json()["data"]
    assert rotated["secret"] not in {secret, ""}
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    changes = str(list(RecordedChange.objects.filter(model="events.subscription").values()))
    assert "created" in changes
    assert all(hidden not in changes for hidden in (secret, rotated["secret"], "token=abc", "whsec"))


def test_others_have_their_own_and_managers_see_all_and_switch_off(client_of: ClientOf) -> None:
    data = made(client_of("Viewers"))
    where = f"/webhooks/{data['id']}"
    editor, manager = client_of("Editors"), client_of("Managers")
    assert editor.get("/webhooks").json()["data"] == []
    refused = [
        editor.get(where), editor.patch(where, {"active": False}), editor.delete(where), editor.post(f"{where}/rotate"),
        editor.post(f"{where}/test"), editor.get(f"{where}/deliveries"),
    ]  # fmt: skip
    assert [answer.status_code for answer in refused] == [404] * 6
    assert [row["user"] for row in manager.get("/webhooks").json()["data"]] == ["viewers"]
    assert manager.patch(where, {"url": "https://example.org/"}).status_code == 403
    assert manager.post(f"{where}/rotate").status_code == 403
    assert manager.patch(where, {"active": False}).json()["data"]["active"] is False
    assert manager.patch(where, {"active": True}).status_code == 403
    assert manager.delete(where).status_code == 204


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"url": "http://example.com/"}, "/url", "invalid_address"),
        ({"url": "https://127.0.0.1/"}, "/url", "invalid_address"),
        ({"url": "https://2130706433/"}, "/url", "invalid_address"),
        ({"url": "https://a:b@example.com/"}, "/url", "invalid_address"),
        ({"url": "https://example.com/\0"}, "/url", "null_characters_not_allowed"),
        ({"url": 7}, "/url", "invalid_type"),
        ({"events": ["delivery.lost"]}, "/events/0", "unknown_event"),
        ({"events": ["delivery.complete", "webhook.test"]}, "/events/1", "unknown_event"),
        # Viewers may not see residents, nor what single deliveries tell.
        ({"events": ["demand.alert"]}, "/events/0", "unknown_event"),
        ({"events": "delivery.complete"}, "/events", "not_a_list"),
        ({"active": "maybe"}, "/active", "invalid"),
        ({"secret": "whsec_AAAA"}, "/secret", "unknown_field"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(
    client_of: ClientOf, values: dict[str, Any], pointer: str, code: str
) -> None:
    answer = client_of("Viewers").post("/webhooks", BODY | values)
    assert (answer.status_code, [(one["pointer"], one["code"]) for one in answer.json()["errors"]]) == (
        400,
        [(pointer, code)],
    )
    assert not Subscription.objects.exists()


def test_the_same_request_with_a_key_makes_one(client_of: ClientOf) -> None:
    client = client_of("Viewers")
    first, second = (client.post("/webhooks", BODY, HTTP_IDEMPOTENCY_KEY="one") for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Subscription.objects.count() == 1


def test_there_are_at_most_twenty_of_a_user(client_of: ClientOf) -> None:
    client = client_of("Viewers")
    for _ in range(MOST_WEBHOOKS):
        made(client)
    assert client.post("/webhooks", BODY).status_code == 409
    made(client_of("Editors"))


def test_a_test_is_sent_listed_and_sent_again(client_of: ClientOf, receiver: Receiver) -> None:
    client = client_of("Viewers")
    where = f"/webhooks/{made(client, url=receiver.url)['id']}"
    receiver.answer = status(503)
    assert client.post(f"{where}/test").status_code == 202
    send_due(seconds=20)
    (row,) = client.get(f"{where}/deliveries").json()["data"]
    (attempt,) = row["attempts"]
    assert (row["type"], row["status"], attempt["outcome"], attempt["status_code"]) == (
        "webhook.test", "waiting", "status", 503,
    )  # fmt: skip
    receiver.answer = status(200)
    again = client.post(f"{where}/deliveries/{row['id']}/resend")
    assert (again.status_code, again.json()["data"]["id"]) == (202, row["id"])
    send_due(seconds=20)
    (row,) = client.get(f"{where}/deliveries").json()["data"]
    assert (row["status"], row["next_attempt_at"], [one["number"] for one in row["attempts"]]) == (
        "delivered", None, [2, 1],
    )  # fmt: skip
    assert {message.headers["webhook-id"] for message in receiver.messages} == {row["event_id"]}
    client.post(f"{where}/deliveries/{row['id']}/resend")
    send_due(seconds=20)
    assert (len(receiver.messages), Attempt.objects.count()) == (3, 3)


def test_what_is_switched_off_or_of_another_webhook_is_not_sent(client_of: ClientOf, receiver: Receiver) -> None:
    client = client_of("Viewers")
    one, other = (f"/webhooks/{made(client, url=receiver.url)['id']}" for _ in range(2))
    number = client.post(f"{one}/test").json()["data"]["id"]
    assert client.post(f"{other}/deliveries/{number}/resend").status_code == 404
    assert client.post(f"{one}/deliveries/x/resend").status_code == 404
    client.patch(one, {"active": False})
    assert client.post(f"{one}/test").status_code == 409
    assert client.post(f"{one}/deliveries/{number}/resend").status_code == 409
    send_due(seconds=20)
    assert receiver.messages == []


def test_a_role_that_shrank_keeps_what_it_had_asked_for_and_may_still_change_the_rest(
    client_of: ClientOf, person: Callable[[str], User]
) -> None:
    client = client_of("Editors")
    where = f"/webhooks/{made(client, events=['demand.alert'])['id']}"
    User.objects.get(username="editors").groups.set([person("Viewers").groups.get()])
    assert client.patch(where, {"events": ["demand.alert", "demand.stale"]}).status_code == 200
    assert client.patch(where, {"events": ["demand.stale"]}).status_code == 200
    assert client.patch(where, {"events": ["demand.alert"]}).status_code == 400


def test_lists_cost_the_same_for_many(client_of: ClientOf, django_assert_num_queries: Any) -> None:
    client = client_of("Viewers")
    where = f"/webhooks/{made(client)['id']}"
    for _ in range(3):
        client.post(f"{where}/test")
    with django_assert_num_queries(5):
        assert len(client.get(f"{where}/deliveries").json()["data"]) == 3
