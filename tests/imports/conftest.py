"""Marks of the tests of deliveries."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "race: real threads over real HTTP, or a server killed at work (`-m race`)")
