"""How hard the tests try: `make test` tries a part of what `make test-thorough` tries."""

import os

from hypothesis import settings

THOROUGH = bool(os.environ.get("TESTS_THOROUGH"))


def tries(thorough: int) -> int:
    """Returns how often something is tried that a thorough run tries so often: at least twice."""
    return thorough if THOROUGH else max(2, thorough // 5)


settings.register_profile("demanda", max_examples=tries(100))
settings.load_profile("demanda")
