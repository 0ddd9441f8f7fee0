"""The household's file: who they are, what is known, what happened; and every change of it."""
