"""What was counted of the deliveries, and where on the map their towns are."""

from analytics.models.demand import (
    CurrentSegment,
    DemandSettings,
    ImportDemand,
    Perturbation,
    PublishedSegment,
    Segment,
)
from analytics.models.ties import CurrentTie, SegmentTie
from analytics.models.towns import DeliverySpelling, PublishedPlace, Spelling, TownAlias, TownPlace

__all__ = [
    "CurrentSegment",
    "CurrentTie",
    "DeliverySpelling",
    "DemandSettings",
    "ImportDemand",
    "Perturbation",
    "PublishedPlace",
    "PublishedSegment",
    "Segment",
    "SegmentTie",
    "Spelling",
    "TownAlias",
    "TownPlace",
]
