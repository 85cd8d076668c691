"""What comes before serving."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from config.embedded import prepare


@pytest.mark.django_db
def test_the_data_of_a_release_before_is_left_alone_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    MigrationRecorder(connection).record_applied("common", "0001_initial")
    assert prepare.main() == 1
    told = capsys.readouterr()
    assert ("make clean" in told.out + told.err, "DATA_DIR" in told.out + told.err) == (True, True)
