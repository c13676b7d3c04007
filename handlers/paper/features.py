"""The features of paper; that a notice can be printed is known to /notice by then."""

from handlers.feature import Feature
from handlers.paper import invites, notices, page

FEATURES: tuple[Feature, ...] = (invites.feature, page.feature)
PRINTED = notices.print_slips
"""Declared as a word behind /notice."""
