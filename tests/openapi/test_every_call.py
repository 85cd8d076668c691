"""Generated clients make every request that the OpenAPI document invites to, and each is a success."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.openapi.answers import Answer, refused, without_effect_of_defaults
from tests.openapi.calls import Call, calls
from tests.openapi.generated import Generated, generate, left_out
from tests.openapi.objects import Objects
from tests.openapi.typescript import TypeScript
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planned() -> list[Call]:
    """Every call, with objects that it is about."""
    objects = Objects()
    return [objects.about(call) for call in calls()]


def check(answers: list[Answer], *, of: list[Call]) -> None:
    assert [one.call for one in answers] == of
    wrong = refused(answers)
    assert not wrong, "\n".join(wrong)
    same = without_effect_of_defaults(answers)
    assert {"airport_list", "analytics_demand", "citizen_birthdays"} <= set(same)
    assert [name for name, is_same in same.items() if not is_same] == []


def test_a_python_client_makes_every_call_that_it_has_code_for(
    tmp_path: Path, server: Server, token_of: Callable[[str], str], planned: list[Call]
) -> None:
    lacking = left_out(generate(tmp_path))
    able = [call for call in planned if (f"{call.method} {call.path}", call.kind) not in lacking]
    client = Generated(server, token_of("Managers"))
    with client.client:
        check([client.ask(call) for call in able], of=able)
    assert {call.name for call in able} == {call.name for call in planned}


def test_a_typescript_client_makes_every_call(
    tmp_path: Path, server: Server, token_of: Callable[[str], str], planned: list[Call]
) -> None:
    client = TypeScript(tmp_path)
    check(client.ask(planned, url=server.url, token=token_of("Managers")), of=planned)
