"""Lists and pages as somebody filtered them, kept under a name."""
