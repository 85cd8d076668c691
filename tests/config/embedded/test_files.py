import os
import threading
from pathlib import Path

import pytest

from config.embedded.account import Account
from config.embedded.errors import EmbeddedError
from config.embedded.files import kept, private_folder, rotate, tail

MYSELF = Account(uid=os.geteuid(), gid=os.getegid())


def test_of_many_that_make_a_kept_text_at_once_all_read_the_same(tmp_path: Path) -> None:
    read: list[str] = []
    gate = threading.Barrier(8)

    def make(number: int) -> None:
        gate.wait()
        read.append(kept(tmp_path / "text", lambda: str(number)))

    threads = [threading.Thread(target=make, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [read[0]] * 8
    assert [path.name for path in tmp_path.iterdir()] == ["text"]


def test_a_private_folder_is_private_under_any_umask_and_taken_again(tmp_path: Path) -> None:
    before = os.umask(0o277)
    try:
        private_folder(tmp_path / "folder", MYSELF)
    finally:
        os.umask(before)
    private_folder(tmp_path / "folder", MYSELF)
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o700


def test_a_link_in_the_place_of_a_private_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    with pytest.raises(EmbeddedError, match="is not a private folder"):
        private_folder(tmp_path / "link", MYSELF)


def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    if MYSELF.uid == 0:
        # Root alone can give a folder away, and takes one of its own for a start that was killed halfway.
        os.chown(tmp_path / "theirs", 4243, 4243)
    with pytest.raises(EmbeddedError, match="is not a private folder"):
        private_folder(tmp_path / "theirs", Account(uid=4242, gid=4242))


def test_a_long_log_is_put_aside_and_a_short_one_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.embedded.files.LOG_LIMIT", 10)
    (tmp_path / "long.log").write_text("more than ten")
    (tmp_path / "short.log").write_text("ten")
    rotate(tmp_path / "long.log")
    rotate(tmp_path / "short.log")
    rotate(tmp_path / "missing.log")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["long.old", "short.log"]


def test_the_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("one\ntwo\nthree\n")
    assert tail(tmp_path / "log", lines=2) == "two\nthree"
    assert tail(tmp_path / "missing") == ""
