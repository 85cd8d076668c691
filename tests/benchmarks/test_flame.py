"""The flame graph in the documentation."""

from xml.etree import ElementTree

from tests.benchmarks.flame import titled
from tests.server import ROOT

PICTURE = ROOT / "docs" / "scaling-load.svg"
TITLE = ".//{http://www.w3.org/2000/svg}text[@id='title']"


def test_its_title_says_what_is_seen_and_names_no_folder() -> None:
    drawn = PICTURE.read_text()
    for svg in (drawn, titled(drawn.replace("The web server loads", "/a/folder/py-spy --output"), "What is seen")):
        title = ElementTree.fromstring(svg).findtext(TITLE)
        assert title
        assert "/" not in title
