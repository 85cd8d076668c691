"""Where a load run keeps its data, and the environment of a production of its own there."""

import os
import secrets
from pathlib import Path
from urllib.parse import quote

from config.embedded import layout

ROOT = Path(__file__).resolve().parents[2]
# What the services keep there is removed at each start.
FOLDER = Path(os.environ.get("LOAD_DIR", ROOT / ".data" / "load")).absolute()
PEOPLE = FOLDER / "people.json"
LOG = FOLDER / "server.log"
MEMORY = FOLDER / "memory.csv"
REMEMBERED = FOLDER / "remembered.bin"


def production(port: int) -> dict[str, str]:
    """The environment of every program: the production settings over the embedded services of `FOLDER`.

    Requests come as from one proxy that speaks TLS: with `X-Forwarded-Proto` and `X-Forwarded-For`.
    """
    places = layout(FOLDER)
    host, password = quote(str(places.socket_dir), safe=""), quote(places.password(), safe="")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "DATA_DIR": str(FOLDER),
        "DATABASE_URL": f"postgres://{places.user}:{password}@{host}:{places.postgres_port}/{places.database}",
        "REDIS_URL": f"unix://{places.redis_socket}",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "TRUSTED_PROXIES": "1",
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
