"""What words do: label a child, tell of harm, publish a mark, shame in public, name another child."""

from classroom.rules.wording.grave import GraveKind, GraveSign, grave_in
from classroom.rules.wording.labels import Label, labels_in
from classroom.rules.wording.marks import Mark, MarkKind, marks_in
from classroom.rules.wording.others import is_common_word, other_children, without_names
from classroom.rules.wording.parts import ConcernParts, parts
from classroom.rules.wording.shaming import Shaming, shaming

__all__ = [
    "ConcernParts",
    "GraveKind",
    "GraveSign",
    "Label",
    "Mark",
    "MarkKind",
    "Shaming",
    "grave_in",
    "is_common_word",
    "labels_in",
    "marks_in",
    "other_children",
    "parts",
    "shaming",
    "without_names",
]
