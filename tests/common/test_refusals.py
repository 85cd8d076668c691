"""Every sentence by which the product refuses something can be translated: read from the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.common.problems import Problem

ROOT = Path(__file__).parents[2]
# Below them everything that the API says is made.
ROOMS = ("airports", "analytics", "imports", "config/common")
# Of other rooms: they say it to people on pages, where Django's own functions do.
OTHERS = ("admin", "migrations", "management", "accounts", "background", "pages")
# At which position what is made of a sentence takes it.
PLACES = {"FieldError": 2, "InvalidValue": 1, "BadLine": 1, "Rejection": 3, "ErrorDetail": 0, "ValidationError": 0}
# What is raised for developers.
MISTAKES = {"AssertionError", "OperationalError", "RuntimeError", "TimeoutError", "TypeError"}
# And for operators, in their log and by a command.
MISTAKES |= {"NoPostgis", "NoReplica"}
_SENTENCE = re.compile(r"[A-Z][^\n]* [^\n]*\.$")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_ANY_PLACEHOLDER = re.compile(r"%[^%]")


def kinds(of: type[Problem] = Problem) -> set[str]:
    """The names of all refusals."""
    return {of.__name__, *(name for kind in of.__subclasses__() for name in kinds(kind))}


def sources() -> list[Path]:
    """The files in which sentences for the API are made."""
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    parts = [(path, path.relative_to(ROOT).parts) for path in found]
    return sorted(path for path, names in parts if not set(names) & set(OTHERS) and not path.stem.startswith("admin"))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """The calls in a file, by the name of what is called."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", "")), node


def sentences(path: Path) -> Iterator[ast.expr]:
    """What stands where a sentence is expected."""
    places = dict.fromkeys(kinds(), 0) | PLACES
    for name, call in calls(path):
        is_collected = name == "add" and len(call.args) == 3
        if (place := 2 if is_collected else places.get(name)) is not None and len(call.args) > place:
            yield call.args[place]


def raised(path: Path) -> Iterator[ast.expr]:
    """What is given to a helper that makes a refusal of it."""
    made = (node.exc for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Raise))
    for call in made:
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) not in MISTAKES:
            yield from (one for one in call.args if _SENTENCE.match(ast.unparse(one).strip("f'\"")))


def bare(expression: ast.expr) -> bool:
    """Whether it is a sentence that nobody could translate."""
    if isinstance(expression, ast.IfExp):
        return bare(expression.body) or bare(expression.orelse)
    if isinstance(expression, ast.Constant):
        return isinstance(expression.value, str) and bool(expression.value)
    return isinstance(expression, ast.JoinedStr)


def test_every_sentence_of_a_refusal_can_be_translated() -> None:
    found = [(path, one) for path in sources() for one in (*sentences(path), *raised(path))]
    wrong = [f"{path.relative_to(ROOT)}:{one.lineno}: {ast.unparse(one)}" for path, one in found if bare(one)]
    assert wrong == []
    assert len(found) > 200


@pytest.mark.parametrize("text", ['"Bare."', 'f"{count} of them"', '_("Right.") if fine else "Bare."'])
def test_a_bare_sentence_is_seen(text: str, tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text(f"raise Conflict({text})\nraise Conflict(_('Right.'))\nerrors.add('/a', code, {text})\n")
    assert [bare(one) for one in sentences(path)] == [True, False, True]
    path.write_text("raise wrong(code, 'It is bare.')\nraise wrong(_('It is not.'))\n")
    assert [bare(one) for one in raised(path)] == [True]


def marked(path: Path) -> Iterator[tuple[int, list[ast.expr]]]:
    """The line and the msgids of each text that is marked for translation."""
    for name, call in calls(path):
        if name in {"_", "gettext", "gettext_lazy", "ngettext"}:
            yield call.lineno, call.args[: 2 if name == "ngettext" else 1]


def faults(path: Path) -> Iterator[str]:
    """Msgids that no extractor finds, and placeholders without a name."""
    for line, msgids in marked(path):
        for msgid in msgids:
            at = f"{path.relative_to(ROOT)}:{line}"
            if not (isinstance(msgid, ast.Constant) and isinstance(msgid.value, str)):
                yield f"{at}: no constant"
            elif _ANY_PLACEHOLDER.search(_PLACEHOLDER.sub("", msgid.value)) and "%(" in msgid.value:
                yield f"{at}: {msgid.value}"


def test_msgids_are_constants_with_named_placeholders() -> None:
    # These pass on the texts of others.
    names = ("domain.py", "model_texts.py", "texts.py", "changes/services/called.py")
    passing = {ROOT / "config/common" / name for name in names}
    assert [fault for path in sources() if path not in passing for fault in faults(path)] == []


def filled(path: Path) -> Iterator[tuple[int, set[str], set[str]]]:
    """The line, the placeholders and what fills them, of each `_(…) % {…}`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Call) and isinstance(node.right, ast.Dict):
            msgids = [one.value for one in node.left.args if isinstance(one, ast.Constant)]
            if msgids and isinstance(msgids[0], str):
                names = {str(getattr(key, "value", "")) for key in node.right.keys}
                yield node.lineno, set(_PLACEHOLDER.findall(msgids[0])), names


def test_what_fills_a_sentence_is_what_it_asks_for() -> None:
    found = [(path, *one) for path in sources() for one in filled(path)]
    wrong = [f"{path.relative_to(ROOT)}:{line}: {asks ^ gives}" for path, line, asks, gives in found if asks != gives]
    assert wrong == []
    assert len(found) > 30
