"""Sends one message to one address, which strangers may have chosen: nothing is followed, and nothing takes long.

Its own client, because the address that was checked must be the one that is connected to: a name that is looked up
twice may lead elsewhere the second time.
"""

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Timer

from config.common.events.addresses import Target, resolved, target_of

# Seconds for one connection, and for everything from the first byte to the last.
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
# Whoever answers more has said enough.
MOST_READ = 64 * 1024


def post(url: str, body: bytes, headers: Mapping[str, str], *, may_be_private: bool) -> int:
    """Posts it and returns the status of the answer, also of a redirection.

    Raises `AddressRefused`, `TimeoutError`, and `OSError` where nobody speaks HTTP there.
    """
    target = target_of(url, may_be_private=may_be_private)
    addresses = resolved(target, may_be_private=may_be_private)
    with _connected(addresses, target.port) as raw, _cut_off_after(TOTAL_SECONDS, raw) as is_over:
        try:
            status = _exchanged(_secured(raw, target), target, body, headers)
        except (OSError, http.client.HTTPException) as error:
            if is_over.is_set():
                raise TimeoutError from error
            raise error if isinstance(error, OSError) else ConnectionError(type(error).__name__) from error
        if is_over.is_set():
            # A head that is cut off looks like one that ends.
            raise TimeoutError
        return status


def _exchanged(connected: socket.socket, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = connected
    try:
        connection.request("POST", target.path, body, {"Host": target.netloc, "Connection": "close", **headers})
        answer = connection.getresponse()
        answer.read(MOST_READ)
        return answer.status
    finally:
        connection.close()


def _secured(raw: socket.socket, target: Target) -> socket.socket:
    if target.scheme == "http":
        return raw
    return ssl.create_default_context().wrap_socket(raw, server_hostname=target.host)


@contextmanager
def _connected(addresses: list[str], port: int) -> Iterator[socket.socket]:
    """A connection to the first of the addresses that takes one. Numbers are not looked up again."""
    failure: OSError = ConnectionError("no address")
    for address in addresses:
        try:
            raw = socket.create_connection((address, port), timeout=CONNECT_SECONDS)
        except OSError as error:
            failure = error
            continue
        with raw:
            # For a single read or write; in all `_cut_off_after` counts.
            raw.settimeout(TOTAL_SECONDS)
            yield raw
            return
    raise failure


@contextmanager
def _cut_off_after(seconds: float, raw: socket.socket) -> Iterator[Event]:
    """Ends the connection when the time is over, however many small pieces come: whether it did."""
    # A handle of its own: TLS takes the socket over.
    handle, is_over = raw.dup(), Event()

    def cut() -> None:
        is_over.set()
        try:
            handle.shutdown(socket.SHUT_RDWR)
        except OSError:
            # The other side was first.
            return

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()
        timer.join()
        handle.close()
