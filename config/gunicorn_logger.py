"""The web server's log, which quotes nobody."""

import sys
from typing import Any

from gunicorn.glogging import Logger

from config.common.observe.errors import traceback_text


class WithholdingLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's, with tracebacks that do not hold the messages of exceptions, which may quote anything."""

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """The exception that is being handled; gunicorn calls this when an answer fails after its first bytes."""
        error = sys.exc_info()[1]
        if error is None:
            self.error(msg, *args, **kwargs)
        else:
            self.error(f"{msg}\n%s", *args, traceback_text(error), **kwargs)
