"""One suite that every platform passes."""
