"""Answers that are sent while they are made: their work ends with the last byte, not when the view returns."""

from collections.abc import Callable, Iterator
from contextvars import Context, copy_context

from django.http import StreamingHttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

# An exception that broke the stream off, or None; whether the last byte was asked for.
Finish = Callable[[BaseException | None, bool], None]
_NO_MORE = object()


def follow(response: StreamingHttpResponse, finish: Finish) -> None:
    """Makes `response` in the unit of work and the log's context of this moment; at its end calls `finish`, once."""
    # Django closes what it is given here when the server has sent the answer, or has given it up.
    response.streaming_content = _Followed(iter(response.streaming_content), finish)  # type: ignore[arg-type]  # no async


class _Followed(Iterator[bytes]):
    def __init__(self, chunks: Iterator[bytes], finish: Finish) -> None:
        self._chunks, self._finish = chunks, finish
        self._context: Context = copy_context()
        self._whole, self._closed = False, False

    def __next__(self) -> bytes:
        try:
            chunk = self._context.run(next, self._chunks, _NO_MORE)
        except Exception as error:
            self._end(error)
            # Who reports it further out names the request too.
            bind_contextvars(**self._context.run(get_contextvars))
            raise
        if chunk is _NO_MORE:
            self._whole = True
            raise StopIteration
        return chunk  # type: ignore[return-value]  # the mark is gone by now

    def close(self) -> None:
        self._end(None)
        clear_contextvars()

    def _end(self, error: BaseException | None) -> None:
        if not self._closed:
            self._closed = True
            self._context.run(self._finish, error, self._whole)
