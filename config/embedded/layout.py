"""Where the embedded services live and how to reach them. Reading this starts nothing."""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from config.embedded.account import Account, runs_as_root, service_account
from config.embedded.errors import EmbeddedError
from config.embedded.files import kept

# What the services' own user must reach when root starts them; nobody's home is opened for it.
SYSTEM_HOME = Path("/var/lib/demanda")
# The path of a socket has at most 107 bytes, and data folders may lie deep.
SOCKET_HOME = Path("/tmp")  # nosec B108 # holds private folders of mode 0700


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The places of one data folder's services.

    `socket_dir` is PostgreSQL's host (with `postgres_port`) and holds `redis_socket`. `home` holds the locks, the logs
    and the data: below the data folder, or for root below /var/lib/demanda.
    """

    data_dir: Path
    identity: str
    home: Path
    socket_dir: Path
    account: Account
    postgres_port: int = 5432
    user: str = "demanda"
    database: str = "demanda"
    launcher: str = "launcher"

    @property
    def services(self) -> Path:
        return self.data_dir / "services"

    @property
    def redis_socket(self) -> Path:
        return self.socket_dir / "redis.sock"

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgres"

    @property
    def redis_data(self) -> Path:
        return self.home / "redis"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def marker(self) -> str:
        """Part of the command line of every process of these services, and of no other."""
        return self.socket_dir.name

    def password(self) -> str:
        """The password of `user`; blank before the first start."""
        return self._secret("password")

    def launcher_password(self) -> str:
        """The password of the superuser that the launcher alone uses; blank before the first start."""
        return self._secret("launcher_password")

    def secret_key(self) -> str:
        """Django's SECRET_KEY, made once on this machine."""
        return kept(self.data_dir / "secret_key", lambda: secrets.token_urlsafe(50))

    def make_passwords(self) -> None:
        for name in ("password", "launcher_password"):
            kept(self.services / name, lambda: secrets.token_urlsafe(24))

    def _secret(self, name: str) -> str:
        path = self.services / name
        return path.read_text() if path.exists() else ""


def layout(data_dir: Path) -> Layout:
    """The places for `data_dir`, which is made if it is not there; its random id is drawn on the first call.

    Raises EmbeddedError when the data folder is another user's.
    """
    data_dir = data_dir.resolve()
    services = data_dir / "services"
    _make(services)
    identity = kept(services / "id", lambda: secrets.token_hex(6))
    if not is_identity(identity):
        raise EmbeddedError(f"{services / 'id'} is damaged. Remove {services} to start afresh, without the data in it.")
    return Layout(
        data_dir=data_dir,
        identity=identity,
        home=SYSTEM_HOME / identity if runs_as_root() else services,
        socket_dir=SOCKET_HOME / f"demanda-{identity}",
        account=service_account(),
    )


def is_identity(name: str) -> bool:
    """Whether `name` can be a data folder's random id."""
    return re.fullmatch(r"[0-9a-f]{12}", name) is not None


def _make(services: Path) -> None:
    try:
        services.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        services.mkdir(mode=0o700, exist_ok=True)
        owner = services.stat().st_uid
    except OSError as error:
        raise EmbeddedError(
            f"The data folder {services.parent} cannot be used: {error.strerror}. DATA_DIR= names another."
        ) from error
    if owner != os.geteuid():
        raise EmbeddedError(
            f"The data folder {services.parent} is user {owner}'s. Run as that user, or name another with DATA_DIR=."
        )
