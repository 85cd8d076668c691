"""`make bench`: what the product costs against raw PostgreSQL, measured in one run on one machine.

Each part measures its pairs in turn, A B A B …, and compares medians, so that a machine that drifts drifts for both.
Ours is always a whole HTTP request over loopback to a gunicorn process; theirs is psql, or a bare connection where a
process start would hide what is compared.
"""
