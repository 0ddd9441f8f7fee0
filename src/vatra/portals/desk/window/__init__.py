"""The window: find a family, see what could help and why, ask what is missing, register the request."""
