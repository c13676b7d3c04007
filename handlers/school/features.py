"""The features of the school's address book."""

from handlers.school import doubles, looking, reviewing
from handlers.school.asking import feature

looking.attach(feature)
reviewing.attach(feature)
doubles.attach(feature)

FEATURES = (feature,)
