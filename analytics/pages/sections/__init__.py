"""The parts of the page, one a module: answers of the services in, what a template writes out."""
