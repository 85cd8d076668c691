"""Airports in the admin."""
