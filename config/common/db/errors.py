"""What a failure of the database means to the caller."""

from django.db import Error, InterfaceError, OperationalError

from config.common.db.disk import is_full
from config.common.db.watched import InDoubt
from config.common.problems import AccountGone, NoSpace, Problem, Unavailable
from config.common.texts import gettext as _

# Of PostgreSQL's error codes (appendix A of its manual): a full disk, and its neighbours out of memory and locks.
_DISK_FULL = {"53100"}
_FOREIGN_KEY = "23503"
# How Django names every foreign key to the users.
_TO_USERS = "_fk_auth_user_id"


def as_problem(error: Error, *, writes: bool = True) -> Problem | None:
    """`Unavailable` while the database is away or cannot finish now, `NoSpace` when its disk is full, else None.

    A PostgreSQL without room for its log stops in the middle of a word: where the disk is full, what `writes` and lost
    its connection is told so too. `AccountGone` where a row names a user who was removed after the request was let in.

    Django wraps the driver's error; the five-character code of PostgreSQL hangs on the cause.
    """
    if _code(error) in _DISK_FULL:
        return _no_space()
    if _code(error) == _FOREIGN_KEY and _constraint(error).endswith(_TO_USERS):
        return AccountGone(_("This account was removed. Nothing was stored."))
    if isinstance(error, OperationalError | InterfaceError):
        if writes and is_full():
            return _no_space()
        outcome = (
            _("Look whether this was stored before you send it again.")
            if _in_doubt(error)
            else _("Nothing was stored.")
        )
        return Unavailable(_("The database does not answer at the moment. %(outcome)s") % {"outcome": outcome})
    return None


def _in_doubt(error: BaseException | None) -> bool:
    """Whether the connection was lost over a change; what is tidied up afterwards may have failed as well."""
    while error is not None and not isinstance(error, InDoubt):
        error = error.__cause__ or error.__context__
    return error is not None


def _no_space() -> NoSpace:
    return NoSpace(_("The database has no room left. Nothing was stored."))


def _code(error: Error) -> str | None:
    code = getattr(error.__cause__, "pgcode", None)
    return code if isinstance(code, str) else None


def _constraint(error: Error) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
