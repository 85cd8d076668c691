"""What axe-core, the judge of accessibility that a package from PyPI brings along, finds on a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Unfold names its own regions and headings; what a page of ours must not add is something that shuts somebody out.
_SHUTS_OUT = {"serious", "critical"}


def barriers(page: Page, *, within: str = "document") -> list[str]:
    """The serious and critical findings on the page as it stands, each as `rule: selector of the element`.

    `within` is a CSS selector of the part that is judged. The script is evaluated by the browser's debugger, so the
    content security policy does not keep it out.
    """
    context = None if within == "document" else within
    found = Axe().run(page, context, {"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}"
        for rule in found
        if rule["impact"] in _SHUTS_OUT
        for node in rule["nodes"]
    ]
