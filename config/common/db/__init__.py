"""The database: what feeds it, and what is done when it does not answer."""
