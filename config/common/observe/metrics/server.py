"""A worker's own `/metrics`, where METRICS_PORT says so: for a machine, or a container, without a web server.

On a machine where web server and workers count in one folder it is not needed: there the web server tells of all.
"""

import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import structlog

from config import env
from config.common.observe.metrics.exposition import CONTENT_TYPE, exposition, may_read

logger = structlog.get_logger(__name__)


class _Handler(BaseHTTPRequestHandler):
    """Answers `GET /metrics` to this machine and to whoever has the token, and nothing else to anybody."""

    # A caller that sends nothing is not waited for.
    timeout = 10

    def do_GET(self) -> None:
        authorization = self.headers.get("Authorization", "")
        if self.path != "/metrics" or not may_read(address=self.client_address[0], authorization=authorization):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        body = exposition()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: it is asked every few seconds."""


def serve(**_: Any) -> ThreadingHTTPServer | None:
    """Serves from a thread until the process ends; None without a METRICS_PORT.

    A port that is taken is logged: a worker that cannot be watched still works.
    """
    if not env.METRICS_PORT:
        return None
    try:
        server = ThreadingHTTPServer((env.METRICS_HOST, env.METRICS_PORT), _Handler)
    except OSError as error:
        logger.warning("metrics_not_served", port=env.METRICS_PORT, reason=str(error.strerror))
        return None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
