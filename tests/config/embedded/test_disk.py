"""A full disk under the embedded services: one sentence, and a ballast that comes and goes."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from config.embedded import EmbeddedError, layout
from config.embedded import disk as module
from config.embedded.disk import BALLAST_BYTES, ENOUGH_BYTES, SHORT_BYTES, Ballast, telling_of_a_full_disk


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Has so many bytes be free."""
    return lambda count: monkeypatch.setattr(module, "free_bytes", lambda _folder: count)


@pytest.fixture
def ballast(data_dir: Path, free: Callable[[int], None]) -> tuple[Ballast, Path]:
    places = layout(data_dir)
    places.home.mkdir(parents=True, exist_ok=True)
    free(ENOUGH_BYTES)
    return Ballast(places), places.home / "ballast"


def test_the_ballast_takes_real_room_and_is_made_once(ballast: tuple[Ballast, Path]) -> None:
    kept, path = ballast
    assert kept.is_due()
    kept.keep()
    made = path.stat()
    assert (made.st_size, made.st_blocks * 512 >= BALLAST_BYTES, kept.is_due()) == (BALLAST_BYTES, True, False)
    kept.keep()
    assert path.stat().st_ino == made.st_ino


def test_the_ballast_is_given_up_on_a_full_disk_alone_and_comes_back_when_there_is_room(
    ballast: tuple[Ballast, Path], free: Callable[[int], None], capsys: pytest.CaptureFixture[str]
) -> None:
    kept, path = ballast
    kept.keep()
    free(SHORT_BYTES)
    kept.give_up_if_short()
    assert (path.exists(), capsys.readouterr().err) == (True, "")
    free(SHORT_BYTES - 1)
    kept.give_up_if_short()
    assert (path.exists(), capsys.readouterr().err.count("\n")) == (False, 1)
    free(ENOUGH_BYTES - 1)
    kept.keep()
    assert not path.exists()
    free(ENOUGH_BYTES)
    kept.keep()
    assert path.exists()


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
        shutil.Error([("a", "b", f"[Errno 28] {os.strerror(errno.ENOSPC)}: 'b'")]),
    ],
)
def test_what_finds_no_room_is_one_sentence_that_says_what_to_do(error: OSError, tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError) as refusal, telling_of_a_full_disk(tmp_path / "not" / "made"):
        raise error
    sentence = str(refusal.value)
    assert sentence.startswith(f"The disk of {tmp_path / 'not' / 'made'} is full (")
    assert sentence.endswith("make room for at least 128 MiB and start again; nothing that was stored is lost.")


def test_other_failures_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), telling_of_a_full_disk(tmp_path):
        raise PermissionError(errno.EACCES, "no")
