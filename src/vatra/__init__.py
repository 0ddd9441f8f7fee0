"""Vatra: the information system of a social welfare service."""

__version__ = "0.1.0"
