"""Deliveries of residents, and what they name: suppliers and advertising channels."""

from imports.models.deliveries import ArrayPosition, Citizen, Correction, Import, RawChunk
from imports.models.named import Channel, Named, Source, SourceSpelling
from imports.models.renames import Rename

__all__ = [
    # Named by a migration.
    "ArrayPosition",
    "Channel",
    "Citizen",
    "Correction",
    "Import",
    "Named",
    "RawChunk",
    "Rename",
    "Source",
    "SourceSpelling",
]
