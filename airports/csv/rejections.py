"""What is wrong with a file, and where."""

from dataclasses import dataclass

from config.common.problems import MAX_ERRORS, TooLarge
from config.common.tabular.workbook import MAX_ROWS
from config.common.texts import gettext as _
from config.common.texts import said


@dataclass(frozen=True, slots=True)
class Rejection:
    """One offending value: the line where its row begins, and its column unless the row as a whole is wrong.

    `text` never repeats the value; people read it as `detail` in their language.
    """

    line: int
    column: str | None
    code: str
    text: str

    @property
    def detail(self) -> str:
        """The text in the language that is active."""
        return said(self.text)


class Rejections:
    """The first `MAX_ERRORS` rejections by line, and the number of all of them."""

    def __init__(self) -> None:
        self._listed: list[Rejection] = []
        self.count = 0

    def add(self, rejection: Rejection) -> None:
        """Lists `rejection`, unless there are many before it already."""
        self.count += 1
        self._listed.append(rejection)
        # Two passes find them, each in the order of the lines: trimmed now and then, the first ones of both remain.
        if len(self._listed) >= 2 * MAX_ERRORS:
            self._listed = self.listed()

    def listed(self) -> list[Rejection]:
        """The first ones, in the order of their lines."""
        return sorted(self._listed, key=lambda rejection: rejection.line)[:MAX_ERRORS]

    @property
    def more(self) -> int:
        """How many are not listed."""
        return max(0, self.count - MAX_ERRORS)


class AllRejections(Rejections):
    """Keeps every one, by line, for as many lines as a workbook has rows. Raises `TooLarge` beyond."""

    def __init__(self) -> None:
        super().__init__()
        self.by_line: dict[int, list[Rejection]] = {}

    def add(self, rejection: Rejection) -> None:
        super().add(rejection)
        self.by_line.setdefault(rejection.line, []).append(rejection)
        if len(self.by_line) > MAX_ROWS:
            told = _("More than %(most)s rows are wrong: it is the file as a whole that has to be mended.")
            raise TooLarge(told % {"most": MAX_ROWS})
