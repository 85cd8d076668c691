"""Wiring: the environment, settings, URLs, the embedded services, and the ground that the apps stand on."""
