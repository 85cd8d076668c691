"""Catalogues for tests: every text says in which language it was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from typing import Any

from django.utils.translation import override, trans_real

LANGUAGES = ("en", "es", "ru")


class Marked(NullTranslations):
    """A catalogue for `language` in which every text says which language it is in."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def gettext(self, message: str) -> str:
        return f"{self._language}‹{message}›"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def language(self) -> str:
        """As Django's own translations have it."""
        return self._language

    to_language = language


@contextmanager
def speaking(*catalogues: Marked) -> Iterator[None]:
    """Meanwhile these are the catalogues of their languages."""
    # Where Django keeps the catalogues that it has read.
    known: dict[str, Any] = vars(trans_real)["_translations"]
    before = dict(known)
    known |= {catalogue.language(): catalogue for catalogue in catalogues}
    try:
        yield
    finally:
        known.clear()
        known |= before


@contextmanager
def marked() -> Iterator[None]:
    """Meanwhile a text in Spanish is `es‹its English›`, and so in Russian."""
    with speaking(*(Marked(language) for language in LANGUAGES if language != "en")):
        yield


@contextmanager
def reading(language: str) -> Iterator[dict[str, Any]]:
    """What a request of somebody sends who reads `language`, which is active too."""
    with override(language):
        yield {"HTTP_ACCEPT_LANGUAGE": language}
