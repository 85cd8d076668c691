"""What the tests of the ground do again and again."""

from typing import Any, Protocol

from django.contrib.auth.models import User
from django.test import Client

from airports.models import QueuedCreate
from airports.services.request_change import request_change
from analytics.models import Alert, ChannelCost, Plan
from analytics.services.asking.questions import Question
from analytics.services.deciding.kept_plans import keep_plan
from analytics.services.deciding.plan import Budget
from config.common.accounts.services.tokens import issue_token
from config.common.events.services.notices import send_test
from config.common.events.services.subscriptions import create_webhook
from imports.models import Channel, Import, Source
from imports.services.loading.load_document import load_document
from imports.services.naming.change_named import create_named
from tests.airports.builders import make_airport

DELIVERY = (
    b'{"citizens": [{"citizen_id": 1, "town": "Kyiv", "street": "Khreshchatyk", "building": "22", "apartment": 7,'
    b' "name": "Anna", "birth_date": "26.12.1986", "gender": "female", "relatives": []}]}'
)
KEYS = {"type", "title", "status", "detail", "request_id", "errors"}


class Answer(Protocol):
    """A response of the test client or of httpx."""

    status_code: int

    @property
    def content(self) -> bytes: ...

    @property
    def headers(self) -> Any: ...

    def json(self) -> Any: ...


def one_import(*, source: str = "default") -> Import:
    """An import with one citizen, number 1."""
    return load_document(body=DELIVERY, source=source, actor=None)


def existing_objects() -> dict[str, Any]:
    """What the placeholders of `tests.common.http.urls` stand for."""
    pk, plan = one_import().pk, one_plan().pk
    named = {**one_airport(), **one_of_each_name(), **one_alert(of=pk), **one_webhook()}
    return {"id": pk, "citizen": 1, "plan": plan, **named}


def one_of_each_name() -> dict[str, Any]:
    """A source without deliveries, and a channel."""
    values = {"name": f"no delivery {Source.objects.count()}"}
    return {
        "source": create_named(Source, values=values, actor=None).pk,
        "channel": create_named(Channel, values={"name": f"a channel {Channel.objects.count()}"}, actor=None).pk,
    }


def one_plan(owner: User | None = None) -> Plan:
    """A shared plan; with it staff know the channel and the costs of the OpenAPI document's examples."""
    if not Channel.objects.filter(name="telegram").exists():
        create_named(Channel, values={"name": "telegram"}, actor=None)
    ChannelCost.objects.get_or_create(fold="*", defaults={"channel": "*", "cost_per_thousand": 5})
    owner = owner or User.objects.create_user(f"planner {User.objects.count()}")
    budget = Budget(money=1, question=Question(), costs={"*": 1})
    return keep_plan(budget=budget, name=f"plan {Plan.objects.count()}", is_shared=True, actor=owner)


def one_alert(*, of: int | None = None, channel: str = "") -> dict[str, Any]:
    """An alert of an import, of a new one unless it is said of which."""
    figures = {"change": 100, "change_low": 50, "change_high": 150, "q": 0.01}
    counts = {"residents_before": 100, "courses_before": 10, "residents": 100, "courses": 110}
    made = Alert.objects.create(
        delivery_id=of or one_import().pk,
        before_id=0,
        source="default",
        group={"channel": channel or f"channel{Alert.objects.count()}"},
        **counts,
        **figures,
    )
    return {"alert": made.pk}


def one_webhook(username: str = "somebody") -> dict[str, Any]:
    """A webhook of a manager's, and a test that was sent to it."""
    owner = User.objects.filter(username=username).first()
    owner = owner or issue_token(username=username, role="Managers")[0].user
    made = create_webhook(url="https://example.com/hook", events=["delivery.complete"], site="", actor=owner)
    return {"webhook": made.pk, "notice": send_test(pk=made.pk, actor=owner).pk}


def one_airport() -> dict[str, Any]:
    """An airport, and the token of a link to a change of it."""
    airport = make_airport()
    asked = request_change(airport_id=airport.pk, values={"city": "Manises"}, actor=None)
    queued = QueuedCreate.objects.create(body="{}")
    return {"airport": airport.pk, "token": asked.token, "create": queued.pk}


def missing_objects(number: str = "x") -> dict[str, str]:
    """Placeholders of objects that are not there."""
    names = ("id", "airport", "token", "create", "source", "channel", "plan", "alert", "webhook", "notice")
    return dict.fromkeys(names, number) | {"citizen": "x"}


def send(client: Client, method: str, path: str, body: bytes = b"", **extra: Any) -> Any:
    """Any request, however wrong it is."""
    generic: Any = client.generic
    return generic(method, path, body, **extra)


def problem(answer: Answer) -> dict[str, Any]:
    """The body of `answer`, which must be problem details of the answer's status and request."""
    body: dict[str, Any] = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(body) - {"more_errors"} == KEYS
    assert (body["type"], body["status"]) == ("about:blank", answer.status_code)
    assert body["request_id"] == answer.headers["X-Request-ID"]
    return body
