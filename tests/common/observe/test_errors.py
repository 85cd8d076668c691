"""Exceptions as an operator sees them: kind and place, and no value."""

import pytest
from django.db import DataError, IntegrityError, connection

from config.common.observe.errors import HIDDEN, brief, chain, message_of, traceback_of, traceback_text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("sql", "kind", "message"),
    [
        (
            "INSERT INTO auth_group (name) VALUES ('Anna Petrenko')",
            IntegrityError,
            'duplicate key value violates unique constraint "auth_group_name_key" (SQLSTATE 23505)',
        ),
        ("SELECT 'Anna \"x: y\" Petrenko'::int", DataError, "invalid input syntax for type integer (SQLSTATE 22P02)"),
        ("SELECT '31.02.1990 Anna'::date", DataError, "invalid input syntax for type date (SQLSTATE 22007)"),
        ("SELECT '1990-02-31'::date", DataError, "date/time field value out of range (SQLSTATE 22008)"),
        ("SELECT ('{\"Anna\": 1, Petrenko}')::json", DataError, "invalid input syntax for type json (SQLSTATE 22P02)"),
    ],
)
def test_the_database_says_what_was_wrong_but_not_with_which_value(
    sql: str, kind: type[Exception], message: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO auth_group (name) VALUES ('Anna Petrenko') ON CONFLICT DO NOTHING")
        with pytest.raises(kind) as caught:
            cursor.execute(sql)
    assert message_of(caught.value) == message
    assert message_of(caught.value, reveal=True) == message
    assert "Anna" in "".join(caught.value.args) or "1990" in "".join(caught.value.args)


def failing() -> ValueError:
    """An exception that came from another one; both quote."""
    name = "Anna Petrenko"
    try:
        try:
            raise KeyError(name)
        except KeyError as error:
            raise ValueError(f"no {name}") from error
    except ValueError as error:
        return error


def test_messages_are_withheld_unless_they_are_known_to_be_harmless() -> None:
    assert [message_of(error) for error in chain(failing())] == [HIDDEN, HIDDEN]
    assert message_of(failing(), reveal=True) == "no Anna Petrenko"
    assert message_of(AttributeError("'NoneType' object has no attribute 'x'")).startswith("'NoneType'")
    assert message_of(FileNotFoundError(2, "No such file or directory", "/home/anna")) == "No such file or directory"
    assert message_of(ValueError()) == ""


def test_a_message_that_stands_in_the_code_is_shown() -> None:
    said = []
    for name in ("Anna", "Petro"):
        try:
            if name == "Anna":
                raise LookupError("nobody has this name")
            raise LookupError(f"nobody has the name {name}")
        except LookupError as error:
            said.append(message_of(error))
    assert said == ["nobody has this name", HIDDEN]


def test_a_traceback_names_places_and_kinds() -> None:
    for_people, for_machines = traceback_text(failing()), traceback_of(failing())
    assert [one["exc_type"] for one in for_machines] == ["ValueError", "KeyError"]
    assert for_machines[0]["frames"][-1].endswith(" failing")
    # The line of the source is there, and its constant part.
    assert 'raise ValueError(f"no {name}") from error' in for_people
    assert for_people.index("KeyError: ") < for_people.index("ValueError: ")
    assert "Petrenko" not in str(for_machines) + for_people.replace('name = "Anna Petrenko"', "")


def test_an_exception_without_end_is_told_once() -> None:
    error = ValueError("x")
    error.__context__ = KeyError("y")
    error.__context__.__context__ = error
    assert len(list(chain(error))) == 2
    assert brief(error) == f"ValueError: {HIDDEN}"
