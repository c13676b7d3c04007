"""A whole term, lived through by the clock alone."""
