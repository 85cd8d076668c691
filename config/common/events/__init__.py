"""What happened, told to whoever asked for it: an outbox, subscriptions, webhooks and mail."""
