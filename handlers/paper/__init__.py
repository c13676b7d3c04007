"""What goes home on paper: a notice for whoever is not reached otherwise, and how a family comes in."""
