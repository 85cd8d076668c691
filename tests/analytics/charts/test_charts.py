"""Drawings: what is in them, where, and that no name breaks out of them."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from analytics.charts.bars import Interval, axis, bar, whisker
from analytics.charts.lines import Line, Point, line_chart
from analytics.charts.projection import HEIGHT, WIDTH, project
from analytics.charts.scales import area_radius, count_shade, index_shade, scale_to, spread
from analytics.charts.svg import Svg, drawing, node
from analytics.charts.world import Circle, outline_path, world_map

EVIL = "<script>alert(1)</script>\"'&"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def parsed(svg: Svg) -> ElementTree.Element:
    """The drawing, which must be well-formed."""
    return ElementTree.fromstring(svg)


def texts(svg: Svg) -> list[str]:
    """Its visible texts."""
    return [element.text or "" for element in parsed(svg).iter("text")]


def point(days: float, value: float, name: str = "Import 7") -> Point:
    """A point some days after noon."""
    return Point(NOON + timedelta(days=days), value, name, f"{name}: {value:g}", f"/list?{name}")


def test_a_template_writes_a_drawing_as_it_is_and_its_names_as_text() -> None:
    svg = drawing([node("title", text=EVIL)], label=EVIL)
    written = Template("{{ svg }}").render(Context({"svg": svg}))
    assert "<script" not in written
    assert (parsed(svg).get("aria-label"), parsed(svg)[0].text) == (EVIL, EVIL)
    assert written == str(svg)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_name_comes_back_as_it_was(name: str) -> None:
    root = parsed(drawing([node("text", text=name)], label=name))
    assert ((root[0].text or ""), root.get("aria-label")) == (name, name)


@given(st.floats(min_value=0.001, max_value=1e12))
def test_a_scale_holds_what_it_is_made_for_in_few_round_steps(highest: float) -> None:
    scale = scale_to(highest)
    assert (scale.high >= highest * 0.999999, scale.ticks[0], 2 <= len(scale.ticks) <= 6) == (True, 0, True)
    assert scale.share(highest) == pytest.approx(100 * highest / scale.high, abs=1e-3)


@pytest.mark.parametrize("highest", [0, -1, float("nan"), float("inf")])
def test_a_scale_of_nothing_is_a_scale(highest: float) -> None:
    assert (scale_to(highest).high, scale_to(highest).share(5)) == (1, 100)


def test_circles_are_compared_by_their_areas() -> None:
    whole, quarter = (area_radius(value, 100, smallest=0, largest=20) for value in (100, 25))
    assert (whole, quarter, area_radius(5, 0, smallest=2, largest=20)) == (20, 10, 2)


def test_shades_of_an_index_and_of_a_count() -> None:
    assert [index_shade(index) for index in (None, 0, 59.9, 60, 100, 115, 160, 1e9)] == [0, 1, 1, 2, 3, 4, 5, 5]
    assert [count_shade(value, 100) for value in (0, 1, 4, 36, 99, 100)] == [0, 1, 2, 4, 5, 5]


def test_labels_are_spread_from_the_first_to_the_last() -> None:
    assert (spread(0, 3), spread(2, 3), spread(9, 3), spread(100, 3)) == ([], [0, 1], [0, 4, 8], [0, 50, 99])


def test_a_bar_is_as_long_as_its_value() -> None:
    [_, filled] = parsed(bar(50, scale_to(200)))
    assert filled.get("width") == "25%"


def test_a_whisker_has_its_dot_its_range_and_the_average() -> None:
    scale = scale_to(200)
    reference, line, dot = parsed(whisker(Interval(150, 100, 200), scale, reference=100))
    assert [reference.get("x1"), line.get("x1"), dot.get("cx"), line.get("x2")] == ["50%", "50%", "74.25%", "98.5%"]
    assert (texts(axis(scale)), texts(whisker(Interval(1, 0, 201), scale, reference=100))) == (
        ["0", "50", "100", "150", "200"],
        ["›"],
    )


def test_lines_lie_by_time_and_their_points_lead_on() -> None:
    svg = line_chart([Line("a", [point(0, 10), point(30, 30), point(90, 20)])], label="Courses of a")
    root = parsed(svg)
    circles = list(root.iter("circle"))
    places = [float((circle.get("cx") or "").rstrip("%")) for circle in circles]
    assert places == pytest.approx([13, 41, 97], abs=0.01)
    assert [link.get("href") for link in root.iter("a")] == ["/list?Import 7"] * 3
    assert texts(svg)[-3:] == ["1 Mar 2026", "31 Mar 2026", "30 May 2026"]
    # A group and no image: an image would hide its links from a screen reader.
    assert (root.get("role"), root.get("aria-label")) == ("group", "Courses of a")


def test_deliveries_of_one_day_stand_side_by_side() -> None:
    points = [point(number / 1000, number, f"Import {number}") for number in range(1, 4)]
    svg = line_chart([Line("a", points)], label="")
    places = [circle.get("cx") for circle in parsed(svg).iter("circle")]
    assert (places, texts(svg)[-3:]) == (["13%", "55%", "97%"], ["Import 1", "Import 2", "Import 3"])


@pytest.mark.parametrize("lines", [[], [Line("a", [])], [Line("a", [point(0, 0)])]])
def test_hardly_any_points_are_drawn_too(lines: list[Line]) -> None:
    assert len(list(parsed(line_chart(lines, label="x")).iter("circle"))) == sum(len(line.points) for line in lines)


@pytest.mark.parametrize(
    ("latitude", "longitude", "x", "y"),
    # The sides of the sheet, and its middle: the equator and the meridian of Greenwich are straight lines.
    [(0, -180, 0, None), (0, 180, WIDTH, None), (84, 0, WIDTH / 2, 0), (-58, 0, WIDTH / 2, HEIGHT)],
)
def test_the_projection_fills_the_sheet(latitude: float, longitude: float, x: float, y: float | None) -> None:
    found = project(latitude=latitude, longitude=longitude)
    assert list(found) == pytest.approx([x, found[1] if y is None else y], abs=0.1)


def test_circles_of_the_map_lie_on_their_cities_and_the_small_ones_on_top() -> None:
    towns = [Circle(48.9, 2.4, 1, 5, EVIL, "/paris"), Circle(-33.9, 151.2, 100, 0, "Sydney", "/sydney")]
    svg = world_map(towns, label="Map")
    large, small = parsed(svg).iter("circle")
    assert [element.text for element in parsed(svg).iter("title")] == ["Sydney", EVIL]
    assert [large.get("r"), small.get("class"), large.get("class")] == ["20", "town index-5", "town index-0"]
    assert [float(small.get(axis) or 0) for axis in ("cx", "cy")] == [
        pytest.approx(part, abs=0.01) for part in project(latitude=48.9, longitude=2.4)
    ]


def test_the_land_is_as_wide_as_the_sheet() -> None:
    first = [float(ring.split("l")[0].split(",")[0]) for ring in outline_path().split("M")[1:]]
    assert (len(first) > 100, min(first) >= 0, max(first) <= WIDTH) == (True, True, True)
