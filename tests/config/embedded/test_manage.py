import pytest

from manage import needs_database


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["migrate"], True),
        (["shell", "-c", "print(1)"], True),
        (["issue_token", "anna"], True),
        (["makemigrations", "--check"], True),
        (["migrate", "--help"], False),
        (["--version"], False),
        (["help", "migrate"], False),
        (["collectstatic", "--noinput"], False),
        ([], False),
    ],
)
def test_services_are_started_for_commands_that_talk_to_the_database_alone(arguments: list[str], needed: bool) -> None:
    assert needs_database(arguments) is needed
