"""Dates as in English pages, short enough for a column, with this language's names of months; numbers are Django's."""

from config.formats.en.formats import *  # noqa: F403 - the same in every language
