"""Takes the picture that README opens with: `make picture`."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from config.embedded.clean import remove
from tests.e2e.chromium import CHROMIUM, QUIET

TARGET = Path("docs/demand.png")
WIDTH, HEIGHT = 1440, 1080
# Enough for flat colours; the file is a quarter of what it would be.
COLOURS = 256
# Towns are placed, and demand is counted, a little later.
SETTLE_SECONDS = 120


def main() -> int:
    """Starts the product in a folder of its own, takes the picture and stops it."""
    folder, port = Path(tempfile.mkdtemp()), _free_port()
    environment = {**os.environ, "PORT": str(port), "DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "config.embedded.run"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as product:
        try:
            _wait_for_welcome(product)
            sign_in = json.loads((folder / "sign-in.json").read_text())
            _keep(_screenshot(f"http://127.0.0.1:{port}", sign_in["username"], sign_in["password"]))
        finally:
            product.send_signal(signal.SIGTERM)
            product.communicate()
            remove(folder)
    sys.stdout.write(f"{TARGET}: {WIDTH} x {HEIGHT}, {TARGET.stat().st_size // 1024} KiB\n")
    return 0


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for_welcome(product: "subprocess.Popen[str]") -> None:
    # Its last line: everything runs then.
    for line in product.stdout or ():
        if "Ctrl-C" in line:
            return
    raise SystemExit("The product did not start.")


def _screenshot(url: str, username: str, password: str) -> bytes:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(base_url=url, viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto("/admin/")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
        for _ in range(SETTLE_SECONDS // 2):
            page.goto("/analytics/", wait_until="networkidle")
            if page.locator("#map-chart svg").count() and page.locator("#unplaced .tile-towns").count():
                break
            page.wait_for_timeout(2000)
        return page.screenshot()


def _keep(picture: bytes) -> None:
    with Image.open(BytesIO(picture)) as image:
        image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            TARGET, optimize=True
        )


if __name__ == "__main__":
    sys.exit(main())
