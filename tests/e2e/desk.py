"""A member of staff at work in a language of their own: what a page says is looked for in that language."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.utils import translation
from playwright.sync_api import Locator, Page

from config.common.accounts.models import Preferences
from tests.e2e.conftest import OpenPage, World, sign_in

LANGUAGES = ("en", "es", "ru")


@dataclass(frozen=True, slots=True)
class Desk:
    """Opens pages as `user`; `say` is what the page says for an English text."""

    language: str
    user: User
    opener: OpenPage

    def open(self, path: str, **options: Any) -> Page:
        """The page, signed in."""
        page = self.opener(path, locale=self.language, **options)
        sign_in(page, self.user.username)
        page.wait_for_url(f"**{path}")
        return page

    def say(self, text: str, /, **values: Any) -> str:
        """The text in the language of the desk."""
        with translation.override(self.language):
            said = translation.gettext(text)
        return said % values if values else said

    def count(self, one: str, many: str, number: int, /, **values: Any) -> str:
        """The text for so many in the language of the desk."""
        with translation.override(self.language):
            return translation.ngettext(one, many, number) % values

    def button(self, page: Page | Locator, text: str) -> Locator:
        """The button that says so."""
        return page.get_by_role("button", name=self.say(text), exact=True)

    def link(self, page: Page | Locator, text: str) -> Locator:
        """The link that says so."""
        return page.get_by_role("link", name=self.say(text), exact=True)

    def field(self, page: Page | Locator, text: str) -> Locator:
        """The field with this label, whether it must be filled in or not."""
        return page.get_by_label(self.say(text))


def at_desk(world: World, opener: OpenPage, language: str) -> Desk:
    """The desk of the superuser, who has chosen the language."""
    user = User.objects.get(username=world.username)
    Preferences.objects.update_or_create(user=user, defaults={"language": language})
    return Desk(language, user, opener)
