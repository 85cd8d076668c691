"""What an attacker does with one of its connections, over and over: a function for each kind of attack."""
