"""Health and metrics answer probes that ask for an address; everything else asks for a name of the site."""

from typing import Any

import pytest
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db
PROBED = ["/health/live", "/health/ready", "/metrics"]
HOSTS = ["10.1.2.3", "10.1.2.3:8000", "[fd00::7]:8000", "evil.example", "a b", "x/../y", "évil", ""]


@pytest.fixture
def stranger() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("path", PROBED)
def test_probes_are_answered_whatever_the_host_is(stranger: Client, path: str) -> None:
    for host in HOSTS:
        asked = (stranger.get, stranger.head, stranger.options, stranger.post)
        # A refusal is the caller's mistake, and not the host's.
        assert [ask(path, HTTP_HOST=host).status_code for ask in asked] == [200, 200, 200, 405], host


def test_without_a_host_too(stranger: Client) -> None:
    assert stranger.get("/health/live", SERVER_NAME="10.1.2.3").status_code == 200


@pytest.mark.parametrize("path", PROBED)
def test_what_the_caller_calls_us_comes_into_no_answer(stranger: Client, path: str) -> None:
    for answer in (stranger.get(path, HTTP_HOST="evil.example"), stranger.post(path, HTTP_HOST="evil.example")):
        assert "evil.example" not in f"{answer.headers}{answer.content.decode()}"


def test_the_metrics_still_want_their_token_from_afar(stranger: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "x" * 40
    far: dict[str, Any] = {"HTTP_HOST": "10.1.2.3", "REMOTE_ADDR": "203.0.113.7"}
    assert stranger.get("/metrics", **far).status_code == 404
    assert stranger.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {'x' * 40}", **far).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/schema", "/imports", "/airports", "/admin/login/", "/health/nothing", "/health/live/", "/nothing"]
)
def test_everything_else_is_refused_under_another_name(stranger: Client, path: str) -> None:
    for host in filter(None, HOSTS):
        answer = stranger.get(path, HTTP_HOST=host)
        assert (answer.status_code, host in answer.content.decode()) == (400, False), host


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_REDIRECT_EXEMPT=[r"^health/", r"^metrics$"])
def test_behind_tls_probes_are_led_nowhere(stranger: Client) -> None:
    assert stranger.get("/health/live", HTTP_HOST="10.1.2.3").status_code == 200
    assert stranger.get("/imports", HTTP_HOST="evil.example").status_code == 400


@override_settings(ALLOWED_HOSTS=[".demanda.example"])
def test_a_domain_with_all_its_names_will_do(stranger: Client) -> None:
    assert stranger.get("/health/ready", HTTP_HOST="10.1.2.3").status_code == 200
