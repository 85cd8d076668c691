"""Reads that a copy of the database answers, which PostgreSQL keeps up to date by streaming.

A view declares itself a reader by `reading.from_replica`. What stands for the database while it works is `turning`'s
matter, whether a copy is fresh enough `freshness`', and what its caller has seen or written already `floors`'.
"""
