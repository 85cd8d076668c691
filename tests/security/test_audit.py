"""The audit of what is installed: it says plainly when it cannot know."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.security import audit

BAD = {"name": "django", "version": "3.2.0", "vulns": [{"id": "CVE-2021-35042"}]}
UNKNOWN = {"name": "django", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("control", "locked", "code", "said"),
    [
        (None, [], 0, "NOT AUDITED"),
        ([UNKNOWN], [], 0, "NOT AUDITED"),
        ([], [], 0, "NOT AUDITED"),
        ([BAD], [], 0, "No locked package is known to be vulnerable (pypi)"),
        ([BAD], [BAD], 1, "django 3.2.0: CVE-2021-35042"),
        ([BAD], [UNKNOWN], 1, "Dependency not found"),
        ([BAD], None, 1, "gave no answer"),
    ],
)
def test_the_verdict_follows_what_the_database_knows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], control: Any, locked: Any, code: int, said: str
) -> None:
    def answer(requirements: Path, service: str, seconds: int) -> Any:
        packages = control if requirements.name == "control.txt" else locked
        if packages is None:
            return None
        found = [one for one in packages if "vulns" in one]
        return {"found": found, "skipped": [one for one in packages if one not in found]}

    monkeypatch.setattr(audit, "audit", answer)
    assert audit.main() == code
    out = capsys.readouterr()
    assert said in out.out + out.err


def test_the_file_that_is_audited_holds_all_that_is_locked() -> None:
    folder = audit.ROOT / "requirements"
    pins = {
        path.stem: set(re.findall(r"^[\w.-]+==[^ ;]+", path.read_text(), re.MULTILINE)) for path in folder.glob("*.txt")
    }
    audited = set().union(*(pins[name] for name in audit.LOCKED))
    assert {name: found - audited for name, found in pins.items() if found - audited} == {}
