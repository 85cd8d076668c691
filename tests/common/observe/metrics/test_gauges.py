"""Figures that are looked up when somebody asks."""

import pytest

from config.common.observe.metrics import gauges
from config.common.observe.metrics.exposition import exposition
from config.common.observe.metrics.gauges import Figures, gauge
from tests.common.observe.metrics.samples import samples

ALL_IS_WELL = {"database": True, "redis": True}


@pytest.fixture(autouse=True)
def _no_other_gauges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gauges, "GAUGES", {})


def read(figures: Figures) -> dict[str, float]:
    told = samples(exposition(figures))
    return {name: value for name, value in told.items() if name.startswith(("apples", "demanda_figure", "demanda_av"))}


def test_a_gauge_is_a_number_or_a_number_for_each_value_of_its_label() -> None:
    gauge("apples", "Apples.", lambda: 3)
    gauge("apples_by_colour", "Apples.", lambda: {"red": 1, "green": 2}, label="colour")
    told = read(Figures(lambda: ALL_IS_WELL))
    assert told["apples"] == 3
    assert [told[f'apples_by_colour{{colour="{colour}"}}'] for colour in ("red", "green")] == [1, 2]


def test_a_gauge_that_fails_is_missing_and_hides_no_other() -> None:
    gauge("apples_lost", "Apples.", lambda: 1 / 0)
    gauge("apples", "Apples.", lambda: 3)
    told = read(Figures(lambda: ALL_IS_WELL))
    assert (told["apples"], "apples_lost" in told) == (3, False)
    assert [told[f'demanda_figure_failed{{figure="{name}"}}'] for name in ("apples_lost", "apples")] == [1, 0]


def test_a_gauge_may_have_nothing_to_tell() -> None:
    gauge("apples", "Apples.", lambda: None)
    told = read(Figures(lambda: ALL_IS_WELL))
    assert ("apples" in told, told['demanda_figure_failed{figure="apples"}']) == (False, 0)


def test_what_needs_a_part_that_is_away_is_not_tried() -> None:
    def never() -> float:
        raise AssertionError

    gauge("apples_stored", "Apples.", never)
    gauge("apples_waiting", "Apples.", lambda: 5, needs="redis")
    gauge("apples", "Apples.", lambda: 3, needs=None)
    assert read(Figures(lambda: {"database": False, "redis": True})) == {
        "apples": 3, "apples_waiting": 5, 'demanda_figure_failed{figure="apples"}': 0,
        'demanda_figure_failed{figure="apples_waiting"}': 0,
        'demanda_available{part="database"}': 0, 'demanda_available{part="redis"}': 1,
    }  # fmt: skip


def test_it_is_asked_once_in_a_while_however_often_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def count() -> float:
        asked.append(1)
        return len(asked)

    gauge("apples", "Apples.", count)
    figures = Figures(lambda: ALL_IS_WELL)
    assert [read(figures)["apples"], read(figures)["apples"]] == [1, 1]
    monkeypatch.setattr(gauges, "CACHE_SECONDS", -1.0)
    assert read(figures)["apples"] == 2


def test_a_gauge_that_is_registered_again_is_there_once() -> None:
    gauge("apples", "Apples.", lambda: 1)
    gauge("apples", "Apples.", lambda: 2)
    assert read(Figures(lambda: ALL_IS_WELL))["apples"] == 2
