"""The front page of the admin and the pages of demand beside its lists."""
