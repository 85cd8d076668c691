"""The columns of airports, as the statements over many of them list them."""

from airports.fields import FIELDS, NAMES
from airports.models import Airport

VALUES = ", ".join(NAMES)
# Of temporary tables and of records.
TYPED_VALUES = ", ".join(f"{name} {'text' if field.is_text else 'double precision'}" for name, field in FIELDS.items())
TRACKED = [field.column for field in Airport.history.model.tracked_fields]
