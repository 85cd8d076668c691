"""What an operator sees of the running product: how long a request or a task took, what it asked of the database."""
