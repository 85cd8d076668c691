"""What apps share that take tables from people: which column is which, and how wrong rows are shown."""
