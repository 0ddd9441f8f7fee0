"""Sending people to services, and following what becomes of it."""
