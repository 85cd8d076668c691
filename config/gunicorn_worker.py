"""The worker of the web server, whose own error pages are problem details like the application's."""

import json
import socket
import sys
import uuid
from http import HTTPStatus
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http import errors
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from config.common.observe.errors import traceback_text

# What the server refuses before the application sees it. Others of its parser's errors are 400.
STATUS: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
    errors.ConfigurationProblem: HTTPStatus.INTERNAL_SERVER_ERROR,
    # The application tried to send them: its fault, not the caller's.
    errors.InvalidResponseHeader: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidResponseHeaderName: HTTPStatus.INTERNAL_SERVER_ERROR,
}
DETAIL = {
    HTTPStatus.REQUEST_URI_TOO_LONG: "The request line is too long.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The request has too many headers, or one that is too long.",
    HTTPStatus.EXPECTATION_FAILED: "The expectation in the Expect header cannot be met.",
    HTTPStatus.NOT_IMPLEMENTED: "The transfer coding is not supported.",
    HTTPStatus.FORBIDDEN: "The request is forbidden.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "The server failed to answer. Its log tells more, under this request id.",
    HTTPStatus.BAD_REQUEST: "The request is not valid HTTP.",
}


def status_of(error: Exception) -> HTTPStatus:
    """The HTTP status for an error that the server met outside the application."""
    if type(error) in STATUS:
        return STATUS[type(error)]
    refused = isinstance(error, errors.ParseException | errors.InvalidChunkSize | errors.ChunkMissingTerminator)
    return HTTPStatus.BAD_REQUEST if refused else HTTPStatus.INTERNAL_SERVER_ERROR


def problem(status: HTTPStatus, request_id: str) -> bytes:
    """A whole HTTP response that says `status` as problem details and closes the connection."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": DETAIL[status],
        "request_id": request_id,
        "errors": [],
    }
    content = json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Connection: close\r\n"
        "Content-Type: application/problem+json\r\n"
        f"Content-Length: {len(content)}\r\n"
        f"X-Request-ID: {request_id}\r\n"
        "\r\n"
    )
    return head.encode() + content


class WithholdingLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's, with tracebacks that do not hold the messages of exceptions, which may quote anything."""

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """The exception that is being handled; gunicorn calls this when an answer fails after its first bytes."""
        error = sys.exc_info()[1]
        if error is None:
            self.error(msg, *args, **kwargs)
        else:
            self.error(f"{msg}\n%s", *args, traceback_text(error), **kwargs)


class ProblemWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threaded worker as it comes, but for the page on which it says that something is no request."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Answer a request that never reached the application, or that the application failed to answer."""
        status, request_id = status_of(exc), str(uuid.uuid4())
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("Error outside the application, request id %s\n%s", request_id, traceback_text(exc))
        else:
            # The request itself is not logged: a wrong line may hold anything.
            self.log.warning("Refused what is no request: %s, request id %s", type(exc).__name__, request_id)
        try:
            write_nonblock(client, problem(status, request_id))
        except OSError:
            self.log.debug("The caller has gone before the answer, request id %s", request_id)
