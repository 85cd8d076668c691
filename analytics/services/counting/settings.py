"""How demand is counted: what staff set, or the product's defaults."""

from dataclasses import dataclass

from django.conf import settings

from analytics.dimensions import AgeGroups
from analytics.models import DemandSettings, ImportDemand


@dataclass(frozen=True)
class Counting:
    """The age groups, and the size below which a segment is small."""

    age_groups: AgeGroups
    small_segment: int

    @property
    def scheme(self) -> str:
        """Writes both as a text: what was counted by another one is stale."""
        return f"{self.age_groups};{self.small_segment}"

    @classmethod
    def of_scheme(cls, scheme: str) -> "Counting":
        """Reads the one that `scheme` is the text of."""
        bounds, _, small = scheme.partition(";")
        return cls(AgeGroups(map(int, bounds.split(","))), int(small))


def counting() -> Counting:
    """Reads the settings that hold now."""
    stored = DemandSettings.objects.first()
    if stored is None:
        return Counting(AgeGroups(settings.AGE_BOUNDS), settings.SMALL_SEGMENT)
    return Counting(AgeGroups(stored.age_bounds), stored.small_segment)


def counting_of_picture() -> Counting:
    """Reads the settings that the current picture was counted by: until all of it is recounted, those before a change.

    Read it in the snapshot of the segments whose age groups it names.
    """
    scheme = ImportDemand.objects.current().values_list("scheme", flat=True).first()
    return counting() if scheme is None else Counting.of_scheme(scheme)
