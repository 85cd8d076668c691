"""The product with a few views that fail, and production's log lines: for real servers of the tests."""
