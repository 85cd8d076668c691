"""Settings by environment: `local` (try and develop), `testing`, `production`; all start from `base`."""
