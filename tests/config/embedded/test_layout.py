import os
import stat
from pathlib import Path

import pytest

from config.embedded import EmbeddedError, layout
from config.embedded.process import working_in


def test_a_layout_starts_nothing(data_dir: Path) -> None:
    places = layout(data_dir)
    assert places.password() == ""
    assert (places.socket_dir.exists(), places.postgres_data.exists()) == (False, False)
    assert working_in(places.postgres_data) == []


def test_a_layout_is_the_same_each_time_and_another_for_another_folder(tmp_path: Path) -> None:
    assert layout(tmp_path / "one") == layout(tmp_path / "one")
    assert layout(tmp_path / "one").socket_dir != layout(tmp_path / "two").socket_dir


def test_a_folder_reached_through_a_link_is_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "one")
    assert layout(tmp_path / "link") == layout(tmp_path / "one")


def test_sockets_fit_into_the_length_that_the_system_allows_however_deep_the_folder(tmp_path: Path) -> None:
    places = layout(tmp_path / ("deep" * 20) / ("deeper" * 20))
    socket = places.socket_dir / f".s.PGSQL.{places.postgres_port}.lock"
    assert len(bytes(socket)) <= 100
    assert len(bytes(places.redis_socket)) <= 100


def test_the_secret_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    key = layout(tmp_path).secret_key()
    assert len(key) >= 50
    assert layout(tmp_path).secret_key() == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_another_users_data_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    with pytest.raises(EmbeddedError, match=r"is user \d+'s"):
        layout(tmp_path)


def test_a_damaged_id_is_refused(tmp_path: Path) -> None:
    layout(tmp_path)
    (tmp_path / "services" / "id").write_text("../../etc")
    with pytest.raises(EmbeddedError, match="is damaged"):
        layout(tmp_path)
