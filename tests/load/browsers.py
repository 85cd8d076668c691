"""People in a browser, signed in with a password and a second factor."""

import random
import re
import time
from http.cookiejar import DefaultCookiePolicy
from typing import Any

from locust import task

from tests.load.caller import WORLD, Caller, require

_FIELD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PAGES = {
    "Viewers": ("/admin/imports/import/", "/admin/airports/airport/"),
    "Editors": ("/admin/imports/import/", "/admin/airports/airport/", "/admin/imports/citizen/"),
    "Importers": ("/admin/imports/import/", "/admin/airports/airport/"),
    "Managers": ("/admin/imports/import/", "/admin/airports/airport/", "/admin/auth/user/"),
}
_TRIES = 60
FILTERS = ("", "?channel=instagram", "?age_group=25-34", "?gender=female", "?measure=index", "?min_residents=20")


class Browser(Caller):
    """One of the staff."""

    weight = 2

    def on_start(self) -> None:
        """Signs in by the form, as production wants it; the browser believes that it speaks TLS."""
        policy = DefaultCookiePolicy(secure_protocols=("http", "https", "ws", "wss"))
        self.client.cookiejar.set_policy(policy)
        person, number = WORLD.sign_ins.popleft()
        self.person = person
        form = self._form("/admin/login/")
        form |= {"username": person["username"], "password": person["password"], "next": "/admin/"}
        self._post("/admin/login/", form)
        self._post("/admin/login/code/", self._form("/admin/login/code/") | {"code": person["codes"][number]})

    def credentials(self) -> dict[str, str]:
        """Cookies, and what a browser says of where it comes from."""
        return {"Accept": "text/html,*/*", "Referer": f"{self.host}/admin/".replace("http:", "https:")}

    @task(3)
    def demand(self) -> None:
        """The page, with a filter or none."""
        self._page("/analytics/", random.choice(FILTERS))

    @task(2)
    def dashboard(self) -> None:
        """The admin's front page."""
        self._page("/admin/")

    @task(3)
    def lists(self) -> None:
        """What this role may see."""
        self._page(random.choice(PAGES[self.person["role"]]))

    @task(1)
    def search(self) -> None:
        """For an airport."""
        self._page("/admin/airports/airport/", "?q=madrid")

    @task(1)
    def read_the_documents(self) -> None:
        """For developers."""
        self._page(random.choice(["/docs", "/redoc", "/"]))

    @task(1)
    def health(self) -> None:
        """What a balancer asks."""
        self.ask("GET", "/health/ready", name="GET /health/ready")

    def _page(self, path: str, query: str = "") -> None:
        def check(answer: Any) -> None:
            require("</html>" in (answer.text or ""), "half a page")

        self.ask("GET", path + query, name=f"GET {path}{'?…' if query else ''}, a page", check=check)

    def _form(self, path: str) -> dict[str, str]:
        answer = self.ask("GET", path, name=f"GET {path}, a page")
        found = _FIELD.search(answer.text) if answer is not None else None
        return {"csrfmiddlewaretoken": found[1]} if found else {}

    def _post(self, path: str, form: dict[str, str]) -> None:
        # Everybody comes from one address, where one signs in at a time: the others are told to come back.
        for _ in range(_TRIES):
            if self.ask("POST", path, name=f"POST {path}", data=form, expect=302, refusals={429, 503}) is not None:
                return
            time.sleep(random.uniform(1, 3))
