"""What axe-core, the judge of accessibility, finds on a page. It is a package of npm's, of which one file is needed."""

import base64
import functools
import hashlib
import io
import ssl
import tarfile
from pathlib import Path

import axe_playwright_python
import httpx
from playwright.sync_api import Page

from config import env

_VERSION = "4.14.1"
_PACKAGE = f"https://registry.npmjs.org/axe-core/-/axe-core-{_VERSION}.tgz"
# As the registry names it: `npm view axe-core@4.14.1 dist.integrity`.
_SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
_FILE = "package/axe.min.js"

# Unfold names its own regions and headings; what a page of ours must not add is something that shuts somebody out.
_SHUTS_OUT = {"serious", "critical"}


def barriers(page: Page, *, within: str = "document") -> list[str]:
    """The serious and critical findings on the page as it stands, each as `rule: selector of the element`.

    `within` is a CSS selector of the part that is judged. The script is evaluated by the browser's debugger, so the
    content security policy does not keep it out.
    """
    page.evaluate(axe_script())
    run = "within => axe.run(within || document, {resultTypes: ['violations']}).then(found => found.violations)"
    violations = page.evaluate(run, None if within == "document" else within)
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}"
        for rule in violations
        if rule["impact"] in _SHUTS_OUT
        for node in rule["nodes"]
    ]


@functools.cache
def axe_script() -> str:
    """The script, which is fetched once and kept beside the tests' data.

    Where npm's registry is out of reach, the somewhat older one that a package of PyPI's brings along.
    """
    kept = env.DATA_DIR / f"axe-core-{_VERSION}.js"
    try:
        if not kept.exists():
            kept.write_bytes(_fetched())
    except httpx.HTTPError:
        kept = Path(axe_playwright_python.__file__).with_name("axe.min.js")
    return kept.read_text(encoding="utf-8")


def _fetched() -> bytes:
    # By the certificates that the machine trusts: behind a proxy there may be one of its own among them.
    trusted = ssl.create_default_context()
    packed = httpx.get(_PACKAGE, timeout=30, verify=trusted).raise_for_status().content
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    if digest != _SHA512:
        raise ValueError(f"{_PACKAGE} is not what it was: its SHA-512 is {digest}")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        member = archive.extractfile(_FILE)
        if member is None:
            raise ValueError(f"{_PACKAGE} has no {_FILE}")
        return member.read()
