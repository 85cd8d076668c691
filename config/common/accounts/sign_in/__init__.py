"""Signing in to the pages: the password, the second factor, and whose session it is."""
