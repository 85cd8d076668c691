"""`manage.py make_demo`."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from imports.management.commands.make_demo import Command


def test_it_writes_a_file_for_each_delivery(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "demo"
    printed = StringIO()
    call_command(Command(), citizens=20, seed=1, deliveries=1, out=folder, stdout=printed)
    files = sorted(path.name for path in folder.iterdir())
    assert files == ["demo-consulates-1.json", "demo-partners-1.json", "demo-universities-1.json"]
    assert len(json.loads((folder / files[0]).read_bytes())["citizens"]) == 10
    assert printed.getvalue().splitlines() == [
        f"{folder}/demo-consulates-1.json: 10 residents",
        f"{folder}/demo-universities-1.json: 6 residents",
        f"{folder}/demo-partners-1.json: 4 residents",
    ]


def test_it_refuses_more_residents_than_the_deliveries_can_hold(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="more than 10000 citizens in a delivery"):
        call_command(Command(), citizens=20_001, out=tmp_path / "demo")
    assert list(tmp_path.iterdir()) == []
