"""The second factor in a browser: set up, used, lost, and found again."""

from base64 import b32decode
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, expect

from tests.common.accounts.sign_in.steps import app_code
from tests.e2e.conftest import PASSWORD, OpenPage, World, sign_in
from tests.server import Server, start_server

SET_UP = "/admin/second-factor/set-up/"


def code_of(secret: str) -> str:
    """What the app shows."""
    return app_code(b32decode(secret.replace(" ", "")).hex())


def switch_on(page: Page) -> tuple[str, list[str]]:
    """From the set-up page to the one with the recovery codes: the secret, and they."""
    secret = page.locator("#secret").inner_text()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Switch it on").click()
    return secret, page.locator("#recovery-codes li").all_inner_texts()


def set_up(page: Page) -> tuple[str, list[str]]:
    """Goes through the set-up: the secret, and the recovery codes."""
    secret, codes = switch_on(page)
    page.get_by_role("link", name="I have kept them").click()
    return secret, codes


def give_code(page: Page, code: str) -> None:
    """Fills the second step."""
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go on").click()


def type_into(page: Page, label: str, text: str) -> None:
    """By the keyboard alone. Raises AssertionError when ten tabs do not lead to the field."""
    field = page.get_by_label(label)
    expect(field).to_be_visible()
    for _ in range(10):
        if field.evaluate("element => element === document.activeElement"):
            page.keyboard.type(text)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"No way to {label}.")


def forget_uses() -> None:
    """As if half a minute had passed since the last code, right or wrong."""
    past = timezone.now() - timedelta(minutes=1)
    TOTPDevice.objects.update(last_t=-1, throttling_failure_timestamp=past)


def test_somebody_sets_a_factor_up_and_signs_in_with_it(open_page: OpenPage, world: World) -> None:
    page = open_page("/admin/second-factor/")
    sign_in(page, world.username)
    page.get_by_role("link", name="Set one up").click()
    secret, codes = set_up(page)
    assert len(set(codes)) == 10
    expect(page.get_by_text("10 recovery codes left")).to_be_visible()

    other = open_page("/admin/imports/import/")
    sign_in(other, world.username)
    forget_uses()
    give_code(other, "000000")
    expect(other.get_by_text("This code is wrong")).to_be_visible()
    forget_uses()
    give_code(other, code_of(secret))
    expect(other).to_have_url(f"{world.url}/admin/imports/import/")


def test_a_recovery_code_signs_in_once(open_page: OpenPage, world: World) -> None:
    page = open_page(SET_UP)
    sign_in(page, world.username)
    page.goto(SET_UP)
    _, codes = set_up(page)
    other = open_page("/admin/")
    sign_in(other, world.username)
    give_code(other, codes[0])
    expect(other).to_have_url(f"{world.url}/admin/")
    third = open_page("/admin/")
    sign_in(third, world.username)
    give_code(third, codes[0])
    expect(third.get_by_text("was used before")).to_be_visible()


def test_signing_in_takes_no_mouse(open_page: OpenPage, world: World) -> None:
    page = open_page(SET_UP)
    sign_in(page, world.username)
    page.goto(SET_UP)
    secret, _ = set_up(page)
    forget_uses()
    other = open_page("/admin/")
    for label, text in (("Username", world.username), ("Password", PASSWORD)):
        type_into(other, label, text)
    other.keyboard.press("Enter")
    type_into(other, "Code", code_of(secret))
    other.keyboard.press("Enter")
    expect(other).to_have_url(f"{world.url}/admin/")


@pytest.fixture
def strict(world: World) -> Iterator[Server]:
    """A server that requires a second factor."""
    with start_server(SECOND_FACTOR="required") as running:
        yield running


def test_where_it_is_required_there_is_no_way_around_it(open_page: OpenPage, world: World, strict: Server) -> None:
    page = open_page(f"{strict.url}/admin/")
    sign_in(page, world.username)
    expect(page).to_have_url(f"{strict.url}{SET_UP}")
    page.goto(f"{strict.url}/analytics/")
    expect(page.get_by_label("Password")).to_be_visible()
    assert page.request.get(f"{strict.url}/imports").status == 401
    page.goto(f"{strict.url}{SET_UP}")
    set_up(page)
    expect(page).to_have_url(f"{strict.url}/admin/")

    call_command("reset_second_factor", User.objects.get(is_superuser=True).username)
    page.goto(f"{strict.url}/admin/")
    sign_in(page, world.username)
    expect(page).to_have_url(f"{strict.url}{SET_UP}")
