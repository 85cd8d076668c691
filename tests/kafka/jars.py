"""The jars of Apache Kafka, from Maven Central, once for all checkouts of a user.

`jars.txt` names each with its SHA-256: Kafka's server with what it needs to run, and the simplest of its loggers.
"""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

_CENTRAL = "https://repo1.maven.org/maven2/"
_NAMED = Path(__file__).with_name("jars.txt")
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "demanda" / "kafka"
_SECONDS = 60


def class_path() -> str:
    """What Java is started with, after whatever is missing has been fetched."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    named = [line.split() for line in _NAMED.read_text().splitlines()]
    with ThreadPoolExecutor(8) as pool:
        return ":".join(pool.map(lambda each: str(_kept(*each)), named))


def _kept(digest: str, path: str) -> Path:
    """The file whose name is its hash."""
    kept = _CACHE / f"{digest}.jar"
    if not kept.exists():
        with urlopen(_CENTRAL + path, timeout=_SECONDS) as answer:
            body = answer.read()
        if hashlib.sha256(body).hexdigest() != digest:
            raise ValueError(f"{path} is not what jars.txt says.")
        # Whole or not there: two may fetch at once.
        fresh = _CACHE / f".{digest}.{os.getpid()}"
        fresh.write_bytes(body)
        fresh.replace(kept)
    return kept
