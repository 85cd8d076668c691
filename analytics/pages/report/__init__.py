"""The report to hand on: what the page shows, on paper and as tables, for whoever may see it."""
