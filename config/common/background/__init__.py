"""What tasks stand on: the policy, enqueueing after the commit, leases, chunks, limits, sweeping."""
