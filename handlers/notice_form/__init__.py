"""The dialogue in which a notice is put together, for whoever sends /notice alone."""
