"""Every table, in one place to import from."""

from storage.tables.base import Table, metadata
from storage.tables.classes import Classroom, Code, Contact, Counter, Guardian, Guess, RoleGrant, StudentRow
from storage.tables.people import Account, Chat, Member, Person
from storage.tables.records import (
    Concern,
    ConcernLine,
    ConcernRecipient,
    Draft,
    Praise,
    PraisedStudent,
    RemovedRow,
    Violation,
)
from storage.tables.road import (
    ButtonRow,
    DeliveryRow,
    DialogueRow,
    EventRow,
    Instance,
    PostedRow,
    ScheduleRow,
)

__all__ = [
    "Account",
    "ButtonRow",
    "Chat",
    "Classroom",
    "Code",
    "Concern",
    "ConcernLine",
    "ConcernRecipient",
    "Contact",
    "Counter",
    "DeliveryRow",
    "DialogueRow",
    "Draft",
    "EventRow",
    "Guardian",
    "Guess",
    "Instance",
    "Member",
    "Person",
    "PostedRow",
    "Praise",
    "PraisedStudent",
    "RemovedRow",
    "RoleGrant",
    "ScheduleRow",
    "StudentRow",
    "Table",
    "Violation",
    "metadata",
]
