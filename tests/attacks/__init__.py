"""Attackers against a running product, and beside each an honest caller that must not notice: `make test-attacks`."""
