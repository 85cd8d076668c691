"""Writes changes down, and reads the log."""
