"""Deliveries of invented residents, for trying the product.

The towns are real: cities of the package airportsdata, in several spellings.
Nobody in them is. Families share a home and are each other's relatives, circles
of friends belong to one town and one age group, and some towns, ages and
channels have clearly more of them, so that an analysis has something to find.

`data/` holds names, streets, weights and reach; `deliveries` is the way in. The
same seed gives the same bytes on every Python: chance comes from
`random.Random.random` alone, and nothing follows the order of a set or a hash.
"""
