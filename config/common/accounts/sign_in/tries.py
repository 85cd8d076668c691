"""How many may try to sign in: one at a time for an address, few failures a minute, few threads in all.

A hash of a password keeps a core busy for most of a second. So no more than one is made at a time for an address, on
all machines together, and in a process; strangers wait for it for a moment only, in a quarter of the threads.
"""

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from ipaddress import ip_network
from typing import Any

from axes.models import AccessLog
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from config.common.background.single import single_run
from config.common.http.callers import client_network
from config.common.http.counters import WINDOW_SECONDS, counters
from config.common.problems import TooMany, Unavailable

View = Callable[..., HttpResponseBase]

# For whoever is at work at the same address, and for who is in this process: a few hashes at most.
_ADDRESS_SECONDS = 3.0
_TURN_SECONDS = 10.0


def count_failure(request: HttpRequest) -> None:
    """A wrong password or code, of whatever name: it counts for its address."""
    _failures(client_network(request), more=1)


@contextmanager
def one_try(network: str) -> Iterator[None]:
    """The only try of `network` while the block lasts, after less than `SIGN_IN_FAILURES_PER_MINUTE` failures.

    Raises `TooMany` or `Unavailable`.
    """
    # Before it takes a place, which the next address may want; and alone, when whoever was first has been counted.
    _refuse_after_failures(network)
    with one_hash(network):
        _refuse_after_failures(network)
        yield


@contextmanager
def one_hash(network: str) -> Iterator[None]:
    """The only hash for `network`, and in this process, while the block lasts. Raises `TooMany` or `Unavailable`."""
    with _threads.taken_by(network), single_run(f"sign-in:{network}", wait=_ADDRESS_SECONDS) as alone:
        if not alone:
            raise _others_of_the_address()
        # Second, so that nobody waits for it whose address is at work elsewhere.
        if not _turn.acquire(timeout=_TURN_SECONDS):
            raise _others()
        try:
            yield
        finally:
            _turn.release()


def _limited_by(limit: Callable[[str], AbstractContextManager[None]]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with limit(client_network(request)) if request.method == "POST" else nullcontext():
                return view(request, *args, **kwargs)

        return limited

    return decorate


# For views that take a password or a code which says who somebody is, and for those that only store a password. What
# they raise becomes an answer in `config.common.accounts.sign_in.door`.
limit_tries = _limited_by(one_try)
limit_hashes = _limited_by(one_hash)


def _refuse_after_failures(network: str) -> None:
    limit: int = settings.SIGN_IN_FAILURES_PER_MINUTE
    if limit and _failures(network) >= limit:
        wait = math.ceil(WINDOW_SECONDS - time.time() % WINDOW_SECONDS)
        raise TooMany(_("Too many failed sign-ins from your address. Try again in a minute."), retry_after=wait)


def _failures(network: str, *, more: int = 0) -> int:
    return counters().add(f"sign-in:{network}", window=int(time.time()) // WINDOW_SECONDS, by=more)


class _Threads:
    """The threads of this process in which somebody tries: a quarter of them, and one less for each address.

    As many again are for addresses from which somebody has signed in: a flood from everywhere keeps nobody out there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken_by(self, network: str) -> Iterator[None]:
        threads = max(2, settings.WEB_THREADS // 4)
        of_address = threads - 1
        if not self._take(network, of_address, threads) and not (
            _has_signed_in(network) and self._take(network, of_address, 2 * threads)
        ):
            raise _others()
        try:
            yield
        finally:
            with self._lock:
                # Keeps no address whose count is 0.
                self._taken -= Counter([network])

    def _take(self, network: str, of_address: int, of_all: int) -> bool:
        with self._lock:
            if self._taken[network] >= of_address:
                raise _others_of_the_address()
            is_free = self._taken.total() < of_all
            if is_free:
                self._taken[network] += 1
            return is_free


def _has_signed_in(network: str) -> bool:
    """Whether anybody has, from there, while django-axes remembers it."""
    try:
        addresses = ip_network(network)
    except ValueError:
        return False
    found: bool = AccessLog.objects.filter(ip_address__range=(str(addresses[0]), str(addresses[-1]))).exists()
    return found


def _others_of_the_address() -> TooMany:
    return TooMany(_("Somebody else at your address is signing in. Try again in a moment."), retry_after=1)


def _others() -> Unavailable:
    return Unavailable(_("Many people are signing in. Try again in a moment."), retry_after=1)


_threads = _Threads()
_turn = threading.Lock()
