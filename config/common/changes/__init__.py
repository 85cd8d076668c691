"""Who changed what: what services write down, and the log that reads it together with what apps record themselves."""
