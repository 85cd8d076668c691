"""Demanda set up from nothing in an empty Debian: by Ansible, and as README says."""
