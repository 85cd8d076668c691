"""From the invitation to the first sign-in, in browsers and with a worker that writes the mail."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.background.workers import start_worker, until
from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage, World, sign_in
from tests.e2e.test_pages import SCHEMES, WIDTHS, overflow

CHOSEN = "a password of my own"


@pytest.fixture
def mailbox(world: World, tmp_path: Path) -> Iterator[Path]:
    """The folder where mail comes to lie."""
    with start_worker(queues="urgent", EMAIL_URL=f"filemail:///{tmp_path}"):
        yield tmp_path


def link_in(mailbox: Path, mails: int = 1) -> str:
    """The link of the last of so many mails."""
    until(lambda: len(list(mailbox.iterdir())) == mails)
    last = max(mailbox.iterdir(), key=lambda file: file.stat().st_mtime)
    until(lambda: b"/set/" in last.read_bytes())
    text = str(message_from_bytes(last.read_bytes()).get_payload())
    found = re.search(r"http://\S+/admin/password/set/\S+", text)
    assert found
    return found[0]


def choose_password(page: Page, password: str) -> None:
    """Fills the form that a link opens."""
    for label in ("New password*", "New password confirmation*"):
        page.get_by_label(label, exact=True).fill(password)
    page.get_by_role("button", name="Set the password").click()


def give_password(page: Page, username: str, password: str) -> None:
    """Fills the sign-in."""
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_an_importer_is_invited_chooses_a_password_signs_in_and_may_load_deliveries(
    open_page: OpenPage, world: World, mailbox: Path
) -> None:
    manager = open_page("/admin/auth/user/")
    sign_in(manager, world.username)
    manager.locator("a[href$='/user/add/']").first.click()
    manager.get_by_label("Username").fill("ivo")
    manager.get_by_label("E-mail").fill("ivo@example.org")
    manager.get_by_label(re.compile("Importers: all that Viewers may; load deliveries")).check()
    manager.get_by_role("button", name="Save", exact=True).click()
    expect(manager.get_by_text("1 mail is on the way")).to_be_visible()
    expect(manager.get_by_role("row", name="ivo")).to_contain_text("invited", ignore_case=True)

    link = link_in(mailbox)
    ivo = open_page(link)
    assert "set-password" in ivo.url
    choose_password(ivo, CHOSEN)
    expect(ivo.get_by_text("Your password is set")).to_be_visible()
    give_password(ivo, "ivo", CHOSEN)
    expect(ivo).to_have_url(f"{world.url}/admin/")
    ivo.get_by_role("link", name="Deliveries").first.click()
    ivo.locator("a[href$='/import/upload/']").first.click()
    expect(ivo.locator("input[type=file]")).to_be_visible()

    # The link is used up.
    late = open_page(link)
    expect(late.get_by_text("This link does not work")).to_be_visible()
    assert barriers(late) == []


def test_a_forgotten_password_is_replaced_by_the_keyboard_alone(
    open_page: OpenPage, world: World, mailbox: Path
) -> None:
    User.objects.filter(username=world.username).update(email="root@example.org")
    page = open_page("/admin/")
    page.get_by_role("link", name="Forgot your password?").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/password/forgotten/")
    address = page.get_by_label("E-mail")
    # The page gives it the focus, which a busy browser that draws nothing may put off for ever: then Tab leads there.
    for _ in range(20):
        if address.evaluate("field => field === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("ROOT@example.org")
    expect(address).to_have_value("ROOT@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_text("a link is on its way")).to_be_visible()
    page.goto(link_in(mailbox))
    choose_password(page, CHOSEN)
    give_password(page, world.username, CHOSEN)
    expect(page).to_have_url(f"{world.url}/admin/")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_pages_before_the_sign_in_fit_and_shut_nobody_out(open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page("/admin/login/", width=width, scheme=scheme)
    found = {}
    for path in ("login/", "password/forgotten/", "password/sent/", "password/set/x/x/"):
        page.goto(f"/admin/{path}")
        found[path] = (barriers(page), overflow(page))
    assert found == dict.fromkeys(found, ([], 0))
