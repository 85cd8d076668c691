from pathlib import Path

import pytest

from config.embedded import EmbeddedError, ensure
from config.embedded.clean import remove
from config.embedded.postgres import Postgres


def test_cleaning_is_refused_while_somebody_uses_the_services(data_dir: Path) -> None:
    session = ensure(data_dir, redis=False)
    with pytest.raises(EmbeddedError, match="is in use"):
        remove(data_dir)
    assert Postgres(session.layout).pid() is not None
    session.close()


def test_cleaning_removes_every_trace(data_dir: Path) -> None:
    session = ensure(data_dir)
    places = session.layout
    places.secret_key()
    session.close()
    remove(data_dir)
    left = [path for path in (places.home, places.socket_dir, places.services) if path.exists()]
    assert left == []
    assert list(data_dir.iterdir()) == []


def test_cleaning_a_folder_that_never_was_one_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep me")
    remove(tmp_path)
    remove(tmp_path / "missing")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
