"""The models of the admin: who may open which of their pages, how many queries a list makes, and rows of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client
from django_celery_beat.models import IntervalSchedule

from airports.models import Airport, PendingChange, QueuedCreate
from airports.services.delete_airport import delete_airport
from analytics.models import Alert, ChannelCost, DemandSettings, ImportDemand, Plan, TownAlias, TownPlace
from config.common.accounts.models import ApiToken
from config.common.accounts.services.tokens import issue_token
from config.common.background.models import Lease, Schedule
from config.common.changes.models import RecordedChange
from config.common.events.models import Notice, Subscription
from config.common.kafka.models import DeadLetter, Position
from config.common.privacy.models import ReadAudit
from imports.models import Channel, Citizen, Correction, Import, Source
from imports.services.naming.change_named import create_named
from tests.airports.builders import make_airport
from tests.analytics.counted import make
from tests.common.helpers import one_airport, one_alert, one_import, one_plan, one_webhook

HistoricalAirport: Any = Airport.history.model

# For each model: who may open its list, its form for a new row, the page of a row and with it its history, and Django's
# page to delete it. S is a superuser.
PAGES = {
    User: ("MS", "MS", "MS", "MS"),
    Group: ("MS", "", "MS", ""),
    ApiToken: ("MS", "MS", "MS", "MS"),
    Import: ("VEIMS", "", "VEIMS", ""),
    Citizen: ("EIMS", "", "EMS", ""),
    Source: ("VEIMS", "MS", "VEIMS", "MS"),
    Channel: ("VEIMS", "EMS", "VEIMS", "EMS"),
    Airport: ("VEIMS", "EMS", "VEIMS", "MS"),
    HistoricalAirport: ("VEIMS", "", "VEIMS", ""),
    PendingChange: ("EMS", "", "EMS", ""),
    QueuedCreate: ("MS", "", "MS", ""),
    TownPlace: ("VEIMS", "", "VEIMS", ""),
    TownAlias: ("EMS", "EMS", "EMS", "EMS"),
    ImportDemand: ("VEIMS", "", "VEIMS", ""),
    # Shared by somebody else, and kept where it was made.
    Plan: ("VEIMS", "", "VEIMS", "MS"),
    ChannelCost: ("VEIMS", "MS", "VEIMS", "MS"),
    Alert: ("EMS", "", "EMS", ""),
    # There is one row: adding is changing it.
    DemandSettings: ("MS", "MS", "MS", ""),
    Lease: ("MS", "", "MS", ""),
    ReadAudit: ("MS", "", "MS", ""),
    # A line leads to what it is about.
    RecordedChange: ("VEIMS", "", "", ""),
    Schedule: ("MS", "MS", "MS", "S"),
    Subscription: ("MS", "", "MS", "MS"),
    Notice: ("MS", "", "MS", ""),
    DeadLetter: ("EMS", "", "EMS", ""),
    Position: ("MS", "", "MS", ""),
}
# In the menu of superusers alone.
OPERATIONS = {Group, Lease, QueuedCreate}
# How many queries a list makes, at one row and at three: the session, the user, counts and the page, and of most the
# saved views; the filters of airports and of towns ask once for their values.
QUERIES = {
    User: 7,
    Group: 6,
    ApiToken: 6,
    Import: 5,
    # Without an import chosen it offers some: `tests/imports/admin/test_residents.py` counts the list of one.
    Citizen: 4,
    # Aliases, and of sources the users, and those who may be asked for.
    Source: 8,
    Channel: 6,
    Airport: 6,
    HistoricalAirport: 4,
    PendingChange: 4,
    QueuedCreate: 4,
    TownPlace: 6,
    TownAlias: 5,
    # Which ones are stale is asked once.
    ImportDemand: 7,
    # The filter asks once for its values.
    Alert: 5,
    DemandSettings: 4,
    Plan: 5,
    ChannelCost: 5,
    Lease: 4,
    ReadAudit: 5,
    # Each app is asked for its own.
    RecordedChange: 11,
    Schedule: 6,
    Subscription: 6,
    Notice: 5,
    # The filter by topic asks once for its values.
    DeadLetter: 5,
    # And the count, of few rows, is of all and of what is listed.
    Position: 6,
}
ROLES = {"V": "Viewers", "E": "Editors", "I": "Importers", "M": "Managers"}


NOW = datetime(2026, 11, 21, tzinfo=UTC)


def schedule(number: int) -> Schedule:
    """A schedule of its own interval, of a task that staff may set."""
    interval = IntervalSchedule.objects.create(every=1000 + number, period="days")
    made: Schedule = Schedule.objects.create(name=f"task{number}", task="analytics.refresh", interval=interval)
    return made


def counted(number: int) -> ImportDemand:
    """What was counted of an import of a source of its own."""
    made = make(f"source{number}", {("Kyiv", 1, "tv", "male"): (10, 20, 5)})
    return ImportDemand.objects.get(pk=made.import_id)


BACKGROUND: dict[type[Any], Callable[[int], Any]] = {
    Lease: lambda number: Lease.objects.create(name=f"lease{number}", fence=1, holder="h", expires_at=NOW),
    ReadAudit: lambda number: ReadAudit.objects.create(username=f"u{number}", via="session", what="resident"),
    Schedule: schedule,
    Subscription: lambda number: Subscription.objects.get(pk=one_webhook(f"owner{number}")["webhook"]),
    Notice: lambda number: Notice.objects.get(pk=one_webhook(f"owner{number}")["notice"]),
    DeadLetter: lambda number: DeadLetter.objects.create(
        topic="demanda.residents", partition=0, offset=number, reason="invalid", value=b"{"
    ),
    Position: lambda number: Position.objects.create(topic="demanda.residents", partition=number),
    TownPlace: lambda number: TownPlace.objects.create(town=f"town{number}", method="unplaced", placed_at=NOW),
    ImportDemand: counted,
    Alert: lambda number: Alert.objects.get(pk=one_alert(channel=f"channel{number}")["alert"]),
    Source: lambda number: create_named(Source, values={"name": f"source{number}"}, actor=None),
    Channel: lambda number: create_named(Channel, values={"name": f"channel{number}"}, actor=None),
    DemandSettings: lambda number: DemandSettings.objects.update_or_create(
        pk=1, defaults={"age_bounds": [0, 18], "small_segment": 5 + number}
    )[0],
    Plan: lambda _number: one_plan(),
    ChannelCost: lambda number: ChannelCost.objects.create(
        channel=f"channel{number}", fold=f"channel{number}", cost_per_thousand=number
    ),
    TownAlias: lambda number: TownAlias.objects.create(town=f"town{number}", name=f"town{number}", geoname_id=1),
}


def person(letter: str) -> User:
    """Somebody with a role, or a superuser."""
    if letter == "S":
        return User.objects.create_superuser("root")
    issue_token(username=letter, role=ROLES[letter])
    return User.objects.get(username=letter)


def signed_in(user: User) -> Client:
    """A browser in which `user` has signed in."""
    client = Client()
    client.force_login(user)
    return client


def row(model: type[Any], number: int = 0) -> Any:
    """A new row of `model`."""
    if model is User:
        return User.objects.create_user(f"user{number}")
    if model is Group:
        return Group.objects.create(name=f"group{number}")
    if model is ApiToken:
        return issue_token(username=f"user{number}", created_by=User.objects.first())[0]
    if model is HistoricalAirport:
        delete_airport(airport_id=make_airport().pk, actor=None)
        return model.objects.latest("history_id")
    if model in {Airport, PendingChange, QueuedCreate}:
        one_airport()
        return model._default_manager.latest("pk")
    if model in BACKGROUND:
        return BACKGROUND[model](number)
    found = one_import()
    if model is Import:
        return found
    if model is Citizen:
        return Citizen.objects.get(delivery=found)
    author = User.objects.first()
    Correction.objects.create(delivery=found, citizen_id=1, changes={}, corrected_by=author)
    return RecordedChange.objects.create(by=author, model="imports.channel", row_id=number, action="created", name="c")


def url(model: type[Any], page: str) -> str:
    """The address of a page of `model`'s."""
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{page}"
