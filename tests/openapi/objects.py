"""What calls are about: airports, links and deliveries, each in the state that its operation asks for."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from django.contrib.auth.models import User

from airports.models import QueuedCreate
from airports.services.flag_airport import flag_airport
from airports.services.request_change import request_change
from analytics.services.counting.refresh_demand import refresh_demand
from config.common.events.models import Notice
from imports.services.loading.load_received import load_received
from tests.airports.builders import make_airport
from tests.common.helpers import one_alert, one_of_each_name, one_plan, one_webhook
from tests.factories import people, relate
from tests.imports.world import body_of, load, received
from tests.openapi.calls import Call


class Objects:
    """Names in each call the objects that it is about. Calls that change theirs have one of their own."""

    def __init__(self) -> None:
        citizens = relate(people(40), "relatives", *((one, one + 1) for one in range(1, 40, 2)))
        load(citizens)
        self._import = load(citizens)
        self._to_read = make_airport().pk
        self._hook = int(one_webhook("managers")["webhook"])
        refresh_demand()
        self._plan_to_read = one_plan().pk
        # Codes that no other airport has, and names that no other source or channel has.
        self._codes = count(100)

    def about(self, call: Call) -> Call:
        """The call with what it needs; an id in its query is a text where the document says so."""
        given = {place: dict(values) for place, values in call.given.items()}
        for one in call.operation.get("parameters", ()):
            if one.get("required") and one["name"] in _OBJECTS:
                made = _OBJECTS[one["name"]](self, call)
                value = str(made) if one["schema"]["type"] == "string" else made
                given.setdefault(one["in"], {})[one["name"]] = value
        return replace(call, given=given, body=self._with_codes(call, call.body))

    def _with_codes(self, call: Call, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        code = next(self._codes)
        if call.path.startswith("/analytics/plans"):
            return {name: f"plan {code}" if name == "name" else value for name, value in body.items()}
        if call.path.startswith(("/sources", "/channels")):
            own: dict[str, Any] = {"name": f"name {code}", "aliases": [f"alias {code}"]}
            return {name: own.get(name, value) for name, value in body.items()}
        own = {"iata": f"{code}", "icao": f"0{code}", "id": self._airport(call) if "id" in body else None}
        return {name: own.get(name, value) for name, value in body.items()}

    def _airport(self, call: Call) -> int:
        if call.method == "GET" and "{airport_id}" in call.path:
            return self._to_read
        airport = make_airport()
        if call.name == "airport_restore":
            flag_airport(airport_id=airport.pk, actor=None)
        return airport.pk

    def _alert(self, _call: Call) -> int:
        number: int = one_alert(of=self._import)["alert"]
        return number

    def _link(self, call: Call) -> str:
        return request_change(airport_id=self._airport(call), values={"city": "Manises"}, actor=None).token

    def _create(self, call: Call) -> int:
        return QueuedCreate.objects.create(body="{}").pk

    def _source(self, call: Call) -> int:
        return int(one_of_each_name()["source"])

    def _plan(self, call: Call) -> int:
        if call.method == "GET":
            return self._plan_to_read
        return one_plan(User.objects.get_or_create(username="managers")[0]).pk

    def _channel(self, call: Call) -> int:
        return int(one_of_each_name()["channel"])

    def _webhook(self, call: Call) -> int:
        if call.method == "GET":
            return self._hook
        # Of whoever calls: nobody changes another's.
        return int(one_webhook("managers")["webhook"])

    def _sent(self, call: Call) -> int:
        return Notice.objects.latest("id").pk

    def _citizen(self, call: Call) -> int:
        return 1

    def _delivery(self, call: Call) -> int:
        match call.name:
            case "import_destroy":
                return load(people(1), source="another")
            case "import_step_cancel":
                return received(body_of(people(1)))
            case "import_step_retry":
                failed = received(b"{}")
                assert load_received(import_id=failed) == "failed"
                return failed
            case "import_step_approve" | "import_step_discard":
                checked = received(body_of(people(1)), review=True)
                assert load_received(import_id=checked) == "checked"
                return checked
        return self._import


# What makes the object that a parameter names.
_OBJECTS: dict[str, Callable[[Objects, Call], Any]] = {
    "import_id": Objects._delivery,
    "citizen_id": Objects._citizen,
    "airport_id": Objects._airport,
    "id": Objects._airport,
    "create_id": Objects._create,
    "source_id": Objects._source,
    "channel_id": Objects._channel,
    "plan_id": Objects._plan,
    "alert_id": Objects._alert,
    "token": Objects._link,
    "webhook_id": Objects._webhook,
    "delivery_id": Objects._sent,
}
