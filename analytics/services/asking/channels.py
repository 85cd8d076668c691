"""Which channels are one: an alias that staff gave counts as its channel in every answer, as soon as it is given."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import models

from analytics.services.asking.questions import Question
from config.common.db.snapshots import once_in_snapshot
from config.common.spellings import fold
from imports.models import Channel

# Under the name of the table that it stands for, so that statements need not know.
_RENAMED = """(
    SELECT {columns}, coalesce(its_channel, of_table.channel) AS channel
    FROM {table} AS of_table
    LEFT JOIN unnest(%(aliases)s::text[], %(channels)s::text[]) AS alias (of_channel, its_channel)
        ON of_channel = of_table.channel
) AS {table}"""
_NO_COLUMNS = {"id", "channel"}


@dataclass(frozen=True, slots=True)
class Channels:
    """`names` of the channels that staff know, by their folds; `aliases`: other folds, and those of their channels."""

    names: dict[str, str]
    aliases: dict[str, str]

    def folds(self, spellings: Collection[str]) -> list[str]:
        """Those of the channels that these are names or aliases of."""
        return [self.aliases.get(folded, folded) for folded in map(fold, spellings)]

    def table(self, model: type[models.Model]) -> str:
        """The table of the model; where there are aliases, with the channels for them, by the parameters `values`."""
        table = model._meta.db_table
        columns = (str(field.column) for field in model._meta.concrete_fields if field.column not in _NO_COLUMNS)
        return _RENAMED.format(table=table, columns=", ".join(columns)) if self.aliases else table

    @property
    def values(self) -> dict[str, list[str]]:
        """The parameters of `table`."""
        return {"aliases": list(self.aliases), "channels": list(self.aliases.values())}


_UNASKED = Channels({}, {})


def channels_of(question: Question) -> Channels:
    """Those of the snapshot; none where the question does not ask of channels."""
    return _read() if "channel" in {*question.keys, *question.filters} else _UNASKED


@once_in_snapshot
def _read() -> Channels:
    rows = list(Channel.objects.values_list("fold", "name", "alias_of__fold"))
    return Channels(
        names={folded: name for folded, name, channel in rows if channel is None},
        aliases={folded: channel for folded, _, channel in rows if channel is not None},
    )
