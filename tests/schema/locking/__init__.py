"""An app whose migration locks a big table."""
