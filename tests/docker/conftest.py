"""The image, built once, and a database of its own for each module."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import psycopg2
import pytest
from psycopg2 import sql

from config import env
from config.embedded import layout
from tests.docker.image import Image, build

_END_OURS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"


def address(name: str) -> str:
    """The address of a database of the suite's server."""
    if env.DATABASE_URL is not None:
        return f"{env.DATABASE_URL.rpartition('/')[0]}/{name}"
    place = layout(env.DATA_DIR)
    host = quote(str(place.socket_dir), safe="")
    return f"postgres://{place.user}:{quote(place.password(), safe='')}@{host}:{place.postgres_port}/{name}"


@contextmanager
def new_database() -> Iterator[str]:
    """The address of an empty database, which is gone at the end."""
    name = f"drill_{secrets.token_hex(6)}"
    server = psycopg2.connect(address("postgres"))
    server.autocommit = True
    try:
        with server.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield address(name)
    finally:
        with server.cursor() as cursor:
            # Not FORCE, which would have to end an autovacuum, and may not; a plain one asks it to leave.
            cursor.execute(_END_OURS, [name])
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        server.close()


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    """The image's files and its environment, without an address of a database."""
    with TemporaryDirectory(prefix="demanda-image-", dir="/var/tmp") as folder:
        yield build(
            Path(folder),
            SECRET_KEY=secrets.token_urlsafe(50),
            ALLOWED_HOSTS="demanda.example,web",
            TRUSTED_PROXIES="1",
            METRICS_TOKEN="0123456789-abcdefghijkl",
            REDIS_URL=env.REDIS_URL or f"unix://{layout(env.DATA_DIR).redis_socket}",
            CELERY_KEY_PREFIX=f"image-{os.getpid()}:",
        )
