"""Residents who go are not to stay in what was counted of them until somebody comes by and looks."""

# The task of whoever counts, by its name: who that is is not known here. A message that is lost is nobody's loss: what
# is out of date is swept up, a little later.
RECOUNT = "analytics.refresh"
