"""What was counted of the deliveries, where on the map their towns are, and plans that are made of both."""

from analytics.models.alerts import Alert, ComparedDelivery
from analytics.models.demand import (
    CurrentSegment,
    DemandSettings,
    ImportDemand,
    Perturbation,
    PublishedSegment,
    Segment,
)
from analytics.models.kept import KeptAnswer
from analytics.models.plans import ChannelCost, Plan
from analytics.models.ties import CurrentTie, SegmentTie
from analytics.models.towns import CountedAlias, DeliverySpelling, PublishedPlace, Spelling, TownAlias, TownPlace

__all__ = [
    "Alert",
    "ChannelCost",
    "ComparedDelivery",
    "CountedAlias",
    "CurrentSegment",
    "CurrentTie",
    "DeliverySpelling",
    "DemandSettings",
    "ImportDemand",
    "KeptAnswer",
    "Perturbation",
    "Plan",
    "PublishedPlace",
    "PublishedSegment",
    "Segment",
    "SegmentTie",
    "Spelling",
    "TownAlias",
    "TownPlace",
]
