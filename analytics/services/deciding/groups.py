"""Numbers the groups that a question asks for, over all deliveries that it is of."""

import numpy as np

from analytics.arrays import Ints, combined
from analytics.services.asking.questions import SOURCE, Question
from analytics.services.asking.scopes import scope_of
from analytics.services.deciding.residents import Residents

Labels = tuple[str | None, ...]


class Groups:
    """The groups of residents by their labels, one for each of the question's `columns`."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._sources = {found.import_id: found.source for found in scope_of(question).imports}
        self._numbers: dict[Labels, int] = {}

    def of(self, residents: Residents) -> Ints:
        """Gives the number of each resident's group, 0 for the first that was met."""
        keys = [residents.keys[key] for key in self._question.keys]
        rows = combined(keys, rows=len(residents.ids))
        _, first = np.unique(rows, return_index=True)
        columns = [self._labels(residents, key, first) for key in self._question.columns]
        labels = list(zip(*columns, strict=True)) if columns else [()] * len(first)
        numbers = [self._numbers.setdefault(label, len(self._numbers)) for label in labels]
        return np.array(numbers, dtype=np.int64)[rows]

    @property
    def labels(self) -> list[Labels]:
        """Lists the groups by their numbers."""
        return list(self._numbers)

    def _labels(self, residents: Residents, key: str, rows: Ints) -> list[str | None]:
        if key == SOURCE:
            return [self._sources[residents.import_id]] * len(rows)
        names = residents.names[key]
        return [names[number] for number in residents.keys[key][rows].tolist()]
