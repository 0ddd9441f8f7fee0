"""Search by name over millions of persons, on SQLite and PostgreSQL, with the visibility predicate; beside pg_trgm."""
