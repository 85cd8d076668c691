"""What the letters M, F and H mean, which is known when all of them were seen.

With F, M is male; where H stands (*hombre*), M is female (*mujer*). Until one of the two comes M counts as male, and
who that was said of is remembered, at eight bytes each.
"""

from array import array
from collections.abc import Iterable, Sequence

from imports.documents.words import folded, gender_words

MALE, FEMALE = "male", "female"
_LETTERS = frozenset("mfh")


class Genders:
    """Reads the genders of one table, some rows after the other.

    `late` are the numbers of the residents who were called male and are female.
    """

    def __init__(self, letters: str = "") -> None:
        """`letters` are those that will be seen, where it is known: with all three M means nothing."""
        self._seen: set[str] = set(letters)
        self._is_ambiguous = self._seen == _LETTERS
        self._meanings: dict[str, str] = {}
        self._undecided = array("q")
        self.late = array("q")

    @property
    def letters(self) -> str:
        """Those of the letters that were seen."""
        return "".join(sorted(self._seen))

    def see(self, cells: Sequence[str], *, first: int) -> int | None:
        """Takes note of the next cells, of the residents from number `first` on.

        The position of the one by which H, M and F are together for the first time, else None.
        """
        before = set(self._seen)
        letters = {cell: letter for cell in set(cells) if (letter := folded(cell)) in _LETTERS}
        self._seen.update(letters.values())
        self._decide(letters, cells, first)
        if self._seen != _LETTERS or before == _LETTERS:
            return None
        return max(next(i for i, cell in enumerate(cells) if letters.get(cell) == one) for one in _LETTERS - before)

    def meaning(self, cell: str) -> str | None:
        """`male`, `female`, or None for another word."""
        if cell not in self._meanings:
            word = folded(cell)
            if word not in gender_words() and (word not in _LETTERS or (self._is_ambiguous and word == "m")):
                return None
            self._meanings[cell] = gender_words().get(word) or self._of_letter(word)
        return self._meanings[cell]

    def letter_meaning(self, cell: str) -> str | None:
        """What `meaning` says of one of the letters; None for whatever else stands there."""
        return self.meaning(cell) if folded(cell) in _LETTERS else None

    def _of_letter(self, letter: str) -> str:
        if letter == "m":
            return FEMALE if "h" in self._seen else MALE
        return FEMALE if letter == "f" else MALE

    def _decide(self, letters: dict[str, str], cells: Sequence[str], first: int) -> None:
        # What a letter means may have changed.
        self._meanings = {}
        if not self._seen & {"f", "h"}:
            self._undecided.extend(_places(letters, cells, first))
        elif self._undecided:
            if "h" in self._seen:
                self.late.extend(self._undecided)
            self._undecided = array("q")


def _places(letters: dict[str, str], cells: Sequence[str], first: int) -> Iterable[int]:
    return (number for number, cell in enumerate(cells, start=first) if cell in letters)
