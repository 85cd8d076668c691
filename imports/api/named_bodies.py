"""The shapes of sources and channels in bodies."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from config.common.http.documents import StrictText
from config.common.http.moments import moment
from config.common.http.pagination import PageQuery
from imports.models import Channel, Source
from imports.models.named import MAX_NAME
from imports.services.naming.change_named import MAX_ALIASES

_MAX_NOTE = 256
_MAX_USERNAME = 150
# What a PUT says with a field that it leaves out.
BLANK: Mapping[str, Any] = {"aliases": [], "contact": "", "sends": "", "uploaders": []}


def _note(help_text: str) -> StrictText:
    return StrictText(required=False, allow_blank=True, max_length=_MAX_NOTE, help_text=help_text)


class ChannelSerializer(serializers.Serializer[Any]):
    """An advertising channel, and the other names under which deliveries have it."""

    id = serializers.IntegerField(read_only=True)
    name = StrictText(
        max_length=MAX_NAME,
        trim_whitespace=False,
        help_text="1 to 64 characters, at least one of them a letter or a digit. No other has it in any spelling.",
    )
    aliases = serializers.ListField(
        child=StrictText(max_length=MAX_NAME, trim_whitespace=False),
        required=False,
        max_length=MAX_ALIASES,
        help_text="All its other names. One that was by itself is an alias from then on, until it is taken off.",
    )
    created_at = serializers.DateTimeField(read_only=True)


class SourceSerializer(ChannelSerializer):
    """A supplier of deliveries, and the other names under which it delivers."""

    contact = _note("Whom to ask about its deliveries.")
    sends = _note("What it usually sends, and when.")
    uploaders = serializers.ListField(
        child=StrictText(max_length=_MAX_USERNAME),
        required=False,
        help_text="User names of those who may load its deliveries, beside Managers. Nobody: whoever may load any; "
        "then a source that has somebody is no alias of it, 409.",
    )
    current_import = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Its part of the current picture: its last complete import."
    )


class StoredChannelSerializer(ChannelSerializer):
    """A channel in answers."""

    class Meta:
        ref_name = "Channel"

    def get_fields(self) -> dict[str, Any]:
        return _all_there(super().get_fields())


class StoredSourceSerializer(SourceSerializer):
    """A source in answers."""

    class Meta:
        ref_name = "Source"

    def get_fields(self) -> dict[str, Any]:
        return _all_there(super().get_fields())


class NamedListQuery(PageQuery):
    """The filter of the lists of sources and channels."""

    name = serializers.CharField(
        required=False,
        max_length=MAX_NAME,
        trim_whitespace=False,
        help_text="The one of which this is a name or an alias, in any spelling.",
    )


def channel_row(row: Channel | Source) -> dict[str, Any]:
    """A channel as the API shows it; what a source has in common with it too."""
    return {
        "id": row.pk,
        "name": row.name,
        "aliases": sorted(alias.name for alias in row.aliases.all()),
        "created_at": moment(row.created_at),
    }


def source_row(row: Source) -> dict[str, Any]:
    """A source of `named_for_reading` as the API shows it."""
    return channel_row(row) | {
        "contact": row.contact,
        "sends": row.sends,
        "uploaders": sorted(user.get_username() for user in row.uploaders.all()),
        "current_import": vars(row)["current_import"],
    }


def _all_there(fields: dict[str, Any]) -> dict[str, Any]:
    # An answer names every field, also one that a body may leave out.
    for field in fields.values():
        field.required = not field.read_only
    return fields
