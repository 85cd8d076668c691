"""Staff say what sources and channels there are, and which names are aliases of them. It acts on the past and the
future: deliveries keep what was sent, and every question finds a thing by its names as they are now."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

import pglock
import structlog
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F

from config.common.changes.services.record import Action, record_change
from config.common.problems import Conflict, FieldError, InvalidInput, NotFound, Stale
from config.common.spellings import fold
from config.common.texts import gettext as _
from imports.models import Named, Source, SourceSpelling
from imports.services.naming.read_named import has_deliveries
from imports.services.naming.resolve_source import is_name
from imports.services.refresh_demand import refresh_demand

MAX_ALIASES = 200
# Whoever changes names holds it until the commit, so that no alias becomes one of an alias.
_WRITER = "demanda:imports.names"
# No fold: none has capitals.
_ON_THE_WAY = "SWAP"

ThingT = TypeVar("ThingT", bound=Named)
logger = structlog.get_logger(__name__)


def find_named(model: type[ThingT], *, pk: int) -> ThingT:
    """The source or channel. Raises `NotFound`, also for an alias."""
    found = model.objects.things().with_aliases().filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such source.") if model is Source else _("There is no such channel."))
    return found


def create_named(model: type[ThingT], *, values: Mapping[str, Any], actor: User | None) -> ThingT:
    """A new one with `values`, as `change_named` takes them; `name` is among them. Raises as that."""
    _check(values)
    with transaction.atomic():
        pglock.advisory(_WRITER, xact=True).acquire()
        row = model(name=values["name"], fold=fold(values["name"]))
        if isinstance(row, Source):
            row.first_name = row.name
        _insert(row)
        made = _written(row, values, actor)
        record_change(made, Action.CREATED, actor=actor, after=_values_of(made))
        return made


def change_named(
    model: type[ThingT],
    *,
    pk: int,
    values: Mapping[str, Any],
    actor: User | None,
    versions: Collection[int] | None = None,
) -> ThingT:
    """It with the new `values`: `name`, `aliases` (all that it is to have), and of a source `contact`, `sends` and
    `uploaders`, user names. A name that it had stays as an alias unless `aliases` says otherwise.

    `versions` are the ones that the caller knows; None is any. Raises `InvalidInput`, `NotFound`, `Stale` for another
    version, and `Conflict` for a name of another one (`duplicate_name`), and for an alias that is a source for some
    people where this one is for everybody.
    """
    _check(values)
    with transaction.atomic():
        row = _held(model, pk, versions)
        before = _values_of(row)
        if "name" in values and values["name"] != row.name:
            _rename(row, values["name"])
        written = _written(row, values, actor)
        record_change(written, Action.CHANGED, actor=actor, before=before, after=_values_of(written))
        return written


def delete_named(model: type[ThingT], *, pk: int, actor: User | None, versions: Collection[int] | None = None) -> None:
    """Removes it; each alias is a name of its own again. Raises as `change_named`, and `Conflict` for a source with
    deliveries."""
    with transaction.atomic():
        row = _held(model, pk, versions)
        if isinstance(row, Source) and _has_deliveries(row):
            raise Conflict(_("There are deliveries of this source; as an alias of another one it is none of its own."))
        before = _values_of(row)
        _set_aliases(row, [])
        _log("name_deleted", row, actor)
        record_change(row, Action.DELETED, actor=actor, before=before)
        row.delete()
        refresh_demand()


def _values_of(row: Any) -> dict[str, str]:
    """What the change log compares."""
    values = {"name": row.name, "other names": ", ".join(sorted(alias.name for alias in row.aliases.all()))}
    if not isinstance(row, Source):
        return values
    uploaders = ", ".join(sorted(user.get_username() for user in row.uploaders.all()))
    return values | {"contact": row.contact, "sends": row.sends, "uploaders": uploaders}


def _log(event: str, row: Named, actor: User | None) -> None:
    about = {"model": row._meta.label_lower, "pk": row.pk, "user_id": actor and actor.pk}
    transaction.on_commit(lambda: logger.info(event, **about))


def _held(model: type[ThingT], pk: int, versions: Collection[int] | None) -> ThingT:
    pglock.advisory(_WRITER, xact=True).acquire()
    row = find_named(model, pk=pk)
    if versions is not None and row.version not in versions:
        raise Stale(
            _("It has changed since you read it: it is at version %(version)s now.") % {"version": str(row.version)}
        )
    return row


def _check(values: Mapping[str, Any]) -> None:
    named = [("/name", values["name"])] if "name" in values else []
    named += [(f"/aliases/{number}", alias) for number, alias in enumerate(values.get("aliases", ()))]
    detail = _("1 to 64 characters, at least one of them a letter or a digit, are a name.")
    errors = [FieldError(pointer, "invalid", detail) for pointer, text in named if not is_name(text)]
    if len(values.get("aliases", ())) > MAX_ALIASES:
        errors.append(FieldError("/aliases", "max_length", _("%(most)s at most.") % {"most": MAX_ALIASES}))
    if errors:
        raise InvalidInput(_("The names are not valid. Nothing was stored."), errors=errors)


def _written(row: ThingT, values: Mapping[str, Any], actor: User | None) -> ThingT:
    for name in values.keys() & {"contact", "sends"}:
        setattr(row, name, values[name])
    # First who may load it: an alias may not open what was closed.
    if "uploaders" in values and isinstance(row, Source):
        row.uploaders.set(_users(values["uploaders"]))
    if "aliases" in values:
        _set_aliases(row, values["aliases"])
    row.version += 1
    row.save()
    refresh_demand()
    _log("name_changed", row, actor)
    return find_named(type(row), pk=row.pk)


def _users(names: Sequence[str]) -> list[User]:
    found = {user.get_username(): user for user in User.objects.filter(username__in=names)}
    detail = _("There is no user of this name.")
    errors = [
        FieldError(f"/uploaders/{number}", "unknown_user", detail)
        for number, name in enumerate(names)
        if name not in found
    ]
    if errors:
        raise InvalidInput(_("The users are not valid. Nothing was stored."), errors=errors)
    return list(found.values())


def _rename(row: ThingT, name: str) -> None:
    """Gives it the name, which may be one of its aliases. Names keep their folds: the old one becomes an alias."""
    old, row.name = row.name, name
    if fold(name) == row.fold:
        return
    other = _named(type(row), name)
    if other is None:
        other = type(row)(name=old, alias_of=row)
        if isinstance(other, Source):
            other.first_name = old
    elif other.alias_of_id != row.pk:
        raise _taken("/name", other)
    else:
        type(row).objects.filter(pk=other.pk).update(fold=_ON_THE_WAY)
    other.name, other.fold, row.fold = old, row.fold, fold(name)
    row.save()
    other.save()
    if isinstance(row, Source) and isinstance(other, Source):
        ours, theirs = ([*one.spellings.values_list("pk", flat=True)] for one in (row, other))
        SourceSpelling.objects.filter(pk__in=ours).update(source=other)
        SourceSpelling.objects.filter(pk__in=theirs).update(source=row)


def _set_aliases(row: ThingT, names: Sequence[str]) -> None:
    wanted = {fold(name): (number, name) for number, name in reversed([*enumerate(names)])}
    wanted.pop(row.fold, None)
    # Before anything moves: with a thing its aliases go along, and the order of the names would matter.
    of_others = type(row).objects.filter(fold__in=wanted, alias_of__isnull=False).exclude(alias_of=row)
    if other := min(of_others, key=lambda other: wanted[other.fold], default=None):
        raise _taken(f"/aliases/{wanted[other.fold][0]}", other)
    for alias in type(row).objects.filter(alias_of=row).exclude(fold__in=wanted):
        _release(alias)
    for number, name in sorted(wanted.values()):
        _add_alias(row, name, f"/aliases/{number}")


def _add_alias(row: ThingT, name: str, pointer: str) -> None:
    other = _named(type(row), name)
    if other is None:
        other = type(row)(name=name, fold=fold(name), alias_of=row)
        if isinstance(other, Source):
            other.first_name = name
        return _insert(other, pointer)
    if other.alias_of_id is None:
        _expect_closed(row, other)
    # What were its own aliases are now the other one's: an alias has none.
    type(row).objects.filter(alias_of=other).update(alias_of=row)
    type(row).objects.filter(pk=other.pk).update(alias_of=row, name=name, version=F("version") + 1)
    return None


def _expect_closed(row: Named, other: Named) -> None:
    """Raises `Conflict` where `other` is for some people alone, and would be for everybody as an alias."""
    if not (isinstance(row, Source) and isinstance(other, Source)):
        return
    if other.uploaders.exists() and not row.uploaders.exists():
        told = _("Only some people may load %(alias)s: say who may load %(source)s first.")
        raise Conflict(told % {"alias": other.name, "source": row.name})


def _release(alias: Named) -> None:
    """Makes a name of its own of it: a source where there is anything of it, else nothing."""
    is_kept = isinstance(alias, Source) and (
        alias.contact or alias.sends or alias.uploaders.exists() or _has_deliveries(alias)
    )
    if is_kept:
        type(alias).objects.filter(pk=alias.pk).update(alias_of=None, version=F("version") + 1)
    else:
        alias.delete()


def _has_deliveries(source: Source) -> bool:
    # Whoever names it meanwhile refers to the row, and waits.
    Source.objects.select_for_update().get(pk=source.pk)
    return has_deliveries(source)


def _named(model: type[ThingT], name: str) -> ThingT | None:
    return model.objects.select_for_update().filter(fold=fold(name)).first()


def _insert(row: Named, pointer: str = "/name") -> None:
    try:
        # A savepoint: the unique index is the judge, also where a delivery makes the same source at this moment.
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise _taken(pointer, row) from error


def _taken(pointer: str, row: Named) -> Conflict:
    if isinstance(row, Source):
        reason = _("Another source has this name, or has it as an alias.")
    else:
        reason = _("Another channel has this name, or has it as an alias.")
    text = _("%(reason)s Nothing was stored.") % {"reason": reason}
    return Conflict(text, errors=[FieldError(pointer, "duplicate_name", reason)])
