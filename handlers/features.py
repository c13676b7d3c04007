"""Every feature, in the order in which they look at a message."""

from handlers import (
    bind,
    concern,
    concern_draft,
    concern_guard,
    concern_list,
    concern_parents,
    concern_sending,
    concern_term,
    concern_threads,
    family,
    held,
    held_watch,
    me,
    name_rule,
    places,
    praise,
    roles,
    roster,
    rules,
    setup,
    start,
)
from handlers import help as help_
from handlers.feature import Feature

FEATURES: tuple[Feature, ...] = (
    concern_guard.feature,  # first: nothing may go wrong before a concern is out of the group
    start.feature,
    help_.feature,
    setup.feature,
    places.feature,
    rules.feature,
    name_rule.feature,
    roster.feature,
    roles.feature,
    bind.feature,
    family.feature,
    me.feature,
    praise.feature,
    held.feature,
    held_watch.feature,
    concern.feature,
    concern_draft.feature,
    concern_sending.feature,
    concern_list.feature,
    concern_term.feature,
    concern_threads.feature,
    concern_parents.feature,
)
