"""Production refuses to start half-configured; Django's own checks have nothing to say of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIGURED = {
    "SECRET_KEY": "k" * 25 + "0123456789-abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "postgres://a:b@127.0.0.1:1/c",
    "REDIS_URL": "redis://127.0.0.1:1",
    "ALLOWED_HOSTS": "demanda.example,www.demanda.example",
}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python with the production settings, in an environment that holds nothing else."""
    kept = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True, check=False)


def load(**environment: str) -> subprocess.CompletedProcess[str]:
    """Reads the settings; nothing else."""
    return run("-c", "import config.settings.production", **environment)


def test_djangos_deployment_checks_find_nothing() -> None:
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **CONFIGURED)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr


def test_a_setting_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    # As `echo` writes it.
    secret.write_text(f"{CONFIGURED['SECRET_KEY']}\n")
    environment = {name: value for name, value in CONFIGURED.items() if name != "SECRET_KEY"}
    script = "from config.settings import production; print(repr(production.SECRET_KEY))"
    assert run("-c", script, SECRET_KEY_FILE=str(secret), **environment).stdout == f"{CONFIGURED['SECRET_KEY']!r}\n"


@pytest.mark.parametrize(("name", "value", "said"), [("PORT", "abc", "whole number"), ("LEASE_SECONDS", "-", "number")])
def test_a_number_that_is_none_is_said_in_a_sentence(name: str, value: str, said: str) -> None:
    ended = run("-m", "config.embedded.run", **{name: value})
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", f"{name}={value} is no {said}.\n")


@pytest.mark.parametrize(("host", "address"), [("::1", "[::1]:8000"), ("127.0.0.1", "127.0.0.1:8000")])
def test_an_address_is_written_as_urls_have_it(host: str, address: str) -> None:
    assert run("-c", "from config import env; print(env.ADDRESS)", HOST=host).stdout == f"{address}\n"


def test_how_long_browsers_insist_on_https_is_a_setting() -> None:
    script = "from config.settings import production as p; print(p.SECURE_HSTS_SECONDS, p.SECURE_HSTS_PRELOAD)"
    assert run("-c", script, HSTS_SECONDS="60", HSTS_PRELOAD="no", **CONFIGURED).stdout == "60 False\n"


@pytest.mark.parametrize("value", [None, "", " "])
@pytest.mark.parametrize("name", CONFIGURED)
def test_production_does_not_start_without_what_it_needs(name: str, value: str | None) -> None:
    environment = {other: text for other, text in CONFIGURED.items() if other != name}
    done = load(**environment, **({} if value is None else {name: value}))
    assert (done.returncode, f"{name} must be set in production" in done.stderr) == (1, True)


def test_production_does_not_start_for_any_host() -> None:
    done = load(**{**CONFIGURED, "ALLOWED_HOSTS": "demanda.example,*"})
    assert (done.returncode, "ALLOWED_HOSTS must name hosts" in done.stderr) == (1, True)


@pytest.mark.parametrize("hosts", ["*.example", "demanda.example,.", "demanda.example, *"])
def test_production_does_not_start_for_a_pattern_of_hosts(hosts: str) -> None:
    done = load(**{**CONFIGURED, "ALLOWED_HOSTS": hosts})
    assert (done.returncode, "ALLOWED_HOSTS must name hosts" in done.stderr) == (1, True)


def test_production_does_not_start_with_a_secret_that_is_none() -> None:
    done = load(**{**CONFIGURED, "SECRET_KEY": "k" * 60})
    assert (done.returncode, "SECRET_KEY must be at least 50 characters" in done.stderr) == (1, True)


def test_production_does_not_start_with_debug() -> None:
    done = load(**CONFIGURED, DEBUG="1")
    assert (done.returncode, "DEBUG is never on" in done.stderr) == (1, True)


@pytest.mark.parametrize("url", ["sqlite:///x.db", "mysql://a:b@127.0.0.1/c"])
def test_no_other_database_is_taken(url: str) -> None:
    done = load(**{**CONFIGURED, "DATABASE_URL": url})
    assert (done.returncode, "DATABASE_URL must be a postgres:// address" in done.stderr) == (1, True)


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", check=True, dry_run=True)


def test_production_sends_a_browser_to_https_and_answers_health_without_it() -> None:
    script = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "client = Client(headers={'Host': 'demanda.example'})\n"
        "moved = client.get('/schema')\n"
        "print(moved.status_code, moved['Location'], client.get('/health/live').status_code)\n"
        "print(client.get('/schema', secure=True)['Strict-Transport-Security'])\n"
    )
    # Nobody has collected the static files here.
    done = run("-W", "ignore::UserWarning", "-c", script, **CONFIGURED)
    assert done.stdout.splitlines() == [
        "301 https://demanda.example/schema 200",
        "max-age=31536000; includeSubDomains; preload",
    ], done.stderr


@pytest.mark.parametrize("settings", ["local", "production"])
def test_tracebacks_show_no_values_of_variables(settings: str) -> None:
    script = (
        "import django; django.setup()\n"
        "import structlog\n"
        "def fail(password): raise RuntimeError('told')\n"
        "try: fail(chr(120) * 9)\n"
        "except RuntimeError: structlog.get_logger('x').exception('failed')\n"
    )
    done = run("-c", script, **CONFIGURED, DJANGO_SETTINGS_MODULE=f"config.settings.{settings}")
    assert ["RuntimeError" in done.stderr, "told" in done.stderr, "x" * 9 in done.stderr] == [True, True, False]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtp+tls://ana:p%40ss@mail.example", "smtp mail.example 587 ana p@ss True False"),
        ("smtp+ssl://mail.example", "smtp mail.example 465 None None False True"),
        ("smtp://mail.example:2525", "smtp mail.example 2525 None None False False"),
    ],
)
def test_where_mail_goes_is_one_address(url: str, found: str) -> None:
    script = (
        "from config.settings import production as p; print(p.EMAIL_BACKEND.split('.')[-2], p.EMAIL_HOST, "
        "p.EMAIL_PORT, p.EMAIL_HOST_USER, p.EMAIL_HOST_PASSWORD, p.EMAIL_USE_TLS, p.EMAIL_USE_SSL)"
    )
    assert run("-c", script, EMAIL_URL=url, **CONFIGURED).stdout == f"{found}\n"


@pytest.mark.parametrize("url", ["", " "])
def test_without_a_mail_server_each_mail_is_a_file_of_the_data_folder(url: str, tmp_path: Path) -> None:
    script = "from config.settings import production as p; print(p.EMAIL_BACKEND.split('.')[-2], p.EMAIL_FILE_PATH)"
    folder = tmp_path / "a %41+b?c"
    said = run("-c", script, EMAIL_URL=url, DATA_DIR=str(folder), **CONFIGURED).stdout
    assert said == f"filebased {folder}/mail\n"


def test_mail_to_nowhere_does_not_start() -> None:
    assert "carrier-pigeon" in load(EMAIL_URL="carrier-pigeon://x", **CONFIGURED).stderr
