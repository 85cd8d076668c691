"""A real PostgreSQL and a real Redis from wheels, for trying, developing and testing without installing a service.

`layout` says where they are and starts nothing; `ensure` joins the running ones or starts them. Whoever uses the same
data folder shares one pair of servers; the last one to leave stops them. Production names its own servers instead.
"""

from config.embedded.errors import EmbeddedError
from config.embedded.layout import Layout, layout
from config.embedded.session import Session, ensure

__all__ = ["EmbeddedError", "Layout", "Session", "ensure", "layout"]
