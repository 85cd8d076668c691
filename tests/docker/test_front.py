"""Production's front by itself: plain HTTP, the challenge of ACME, a certificate that changes."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from config.embedded.front import free_port
from tests.background.workers import until
from tests.docker.machine import Machine, machine, make_certificate


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Machine]:
    """A front whose web servers are away."""
    alone = machine(tmp_path, free_port(), {}, size={"WEB_WORKERS": "1", "WEB_THREADS": "4"})
    alone.start("front")
    try:
        until(lambda: reached(plain(alone), "/_front/alive") == 204)
        yield alone
    finally:
        alone.stop("front")


def plain(front: Machine) -> str:
    """Where it listens for plain HTTP."""
    return f"http://{front.services['front']['FRONT_HTTP']}"


def reached(url: str, path: str) -> int | None:
    """The status; None for nobody there."""
    try:
        return httpx.get(f"{url}{path}", trust_env=False).status_code
    except httpx.TransportError:
        return None


def certificate(front: Machine) -> str:
    """What it shows to whoever comes by TLS, as PEM."""
    address = urlsplit(front.url)
    return ssl.get_server_certificate((str(address.hostname), int(address.port or 0))).strip()


def test_plain_http_leads_to_tls_and_serves_the_challenge_of_acme(front: Machine, tmp_path: Path) -> None:
    answer = httpx.get(f"{plain(front)}/imports?limit=1", headers={"Host": "demanda.example"}, trust_env=False)
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://demanda.example/imports?limit=1")
    challenge = tmp_path / "acme" / "webroot" / ".well-known" / "acme-challenge" / "token"
    challenge.parent.mkdir(parents=True)
    challenge.write_text("proof")
    told = httpx.get(f"{plain(front)}/.well-known/acme-challenge/token", trust_env=False)
    assert (told.status_code, told.text) == (200, "proof")


def test_a_certificate_that_comes_and_one_that_changes_are_taken_up(front: Machine, tmp_path: Path) -> None:
    own = Path(front.services["front"]["FRONT_CERTIFICATE"])
    assert certificate(front) == own.read_text().strip()
    # One of ACME, whose file holds the key too, goes before one's own.
    new, key, acme = tmp_path / "new", tmp_path / "key-of-new", tmp_path / "acme" / "certificate"
    acme.parent.mkdir(exist_ok=True)
    for _ in range(2):
        make_certificate(new, key)
        acme.write_text(new.read_text() + key.read_text())
        until(lambda: certificate(front) == new.read_text().strip(), seconds=20)


def test_a_web_server_that_is_away_is_said_as_a_problem(front: Machine) -> None:
    answer = httpx.get(f"{front.url}/imports", verify=False, trust_env=False)
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
