"""Reading CSV in the OpenFlights layout: pure Python, no Django.

- `lines` cuts a stream of bytes into numbered lines, in constant memory;
- `records` makes rows of cells from lines: quotes, escapes, line breaks in quotes;
- `layout` tells which column a cell belongs to, with a header row or without;
- `rows` checks the cells by the rules of `airports.fields` and writes the good
  rows as PostgreSQL's COPY reads them; what it refuses is listed by `rejections`.
"""
