"""The worker's sign of life, and the work that comes round."""
