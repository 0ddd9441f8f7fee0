"""Applications, decisions, lists sent out, letters, and what waits for somebody today."""
