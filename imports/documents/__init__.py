"""Documents of residents: reading, validating, and writing them for PostgreSQL.

Pure Python and msgspec, no Django. Two validators accept the same documents:

- the quick one decodes straight into structs and checks whole columns at once;
  it only says yes or no (`quick`, `relations.relations_hold`);
- the exhaustive one runs after a no. It is plain Python, finds every offending
  value and names it by JSON Pointer (`fields`, `exhaustive`,
  `relations.check_relations`). Where it finds nothing wrong (msgspec stops at
  the earlier value of a repeated key, though the last one counts), its result
  is the document.

`reader` is the way in, `copy` the way out, `codes` lists what an error can be.
"""
