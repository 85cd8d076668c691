"""What wraps every request, a module a subject."""
