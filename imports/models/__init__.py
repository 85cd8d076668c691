"""Deliveries of residents, and what they name: suppliers and advertising channels."""

from imports.models.arrivals import Arrival, SequencesField
from imports.models.deliveries import ArrayPosition, Citizen, Correction, Import, RawChunk
from imports.models.named import Channel, Named, Source, SourceSpelling
from imports.models.renames import Rename

__all__ = [
    # Named by a migration.
    "ArrayPosition",
    "Arrival",
    "Channel",
    "Citizen",
    "Correction",
    "Import",
    "Named",
    "RawChunk",
    "Rename",
    # Named by a migration.
    "SequencesField",
    "Source",
    "SourceSpelling",
]
