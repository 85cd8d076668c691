"""What is done with events and subscriptions."""
