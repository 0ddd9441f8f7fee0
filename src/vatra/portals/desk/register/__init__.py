"""Registering a household on one page."""
