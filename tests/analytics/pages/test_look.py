"""What the pages are drawn with: a library as its makers published it, and the colours of the admin."""

import hashlib
import re

import pytest
from django.conf import settings
from unfold.settings import get_config

ASSETS = settings.ROOT / "assets"
# Of npm's echarts 6.1.0: `dist/echarts.min.js`, and the licences of the package.
ECHARTS = {
    "echarts.min.js": "b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0",
    "LICENSE": "634293835b43a6dd2094fa39182a3d9a6b9ca43b7fdb9ac354e8037af2a3093a",
    "LICENSE-d3": "e1211892da0b0e0585b7aebe8f98c1274fba15bafe47fa1f4ee8a7a502c06304",
    "NOTICE": "d491d358344f842685c1b1585970999db65fe30ecf7ef3867af8814f4016c016",
}


@pytest.mark.parametrize("name", ECHARTS)
def test_the_library_of_the_charts_is_as_published(name: str) -> None:
    assert hashlib.sha256((ASSETS / "vendor" / "echarts" / name).read_bytes()).hexdigest() == ECHARTS[name]


def test_the_colours_outside_of_the_admin_are_those_inside() -> None:
    palette = dict(re.findall(r"--color-(\w+-\d+): ([^;]+);", (ASSETS / "site" / "palette.css").read_text()))
    colours = get_config()["COLORS"]
    assert palette == {
        f"{name}-{weight}": colours[name][weight] for name in ("base", "primary") for weight in colours[name]
    }
