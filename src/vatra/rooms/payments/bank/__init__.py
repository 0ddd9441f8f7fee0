"""Files to and from banks. Pure: nothing here knows the database."""
