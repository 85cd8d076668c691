"""How tests ask what a worker has to work out."""

from typing import Any

from analytics.models import KeptAnswer
from analytics.services.asking.kept import work_out


def work_out_all() -> int:
    """Does what a worker does with all answers that wait; how many they were."""
    waiting = list(KeptAnswer.objects.filter(wanted_at__isnull=False).values_list("pk", flat=True))
    return sum(work_out(key=key) for key in waiting)


def answer(client: Any, url: str, **options: Any) -> Any:
    """The answer to GET, which the first time is that it is being counted."""
    first = client.get(url, **options)
    assert (first.status_code, first.json(), int(first.headers["Retry-After"]) > 0) == (
        202,
        {"status": "counting"},
        True,
    )
    assert work_out_all() == 1
    return client.get(url, **options)
