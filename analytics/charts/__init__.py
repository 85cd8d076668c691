"""Charts drawn on the server: typed figures in, SVG out. Knows no Django and no JavaScript."""
