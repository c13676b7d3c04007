"""Every table, in one place to import from."""

from storage.tables.appointments import Meeting, Slot, SlotSwap
from storage.tables.base import Table, metadata
from storage.tables.calendar import CalendarDay, CalendarFeed, HolidayPoint, HolidayRow
from storage.tables.classes import Classroom, Code, Contact, Counter, Guardian, Guess, RoleGrant, StudentRow
from storage.tables.daily import (
    Heard,
    NamedBallot,
    NameState,
    Notice,
    Nudge,
    Poll,
    Receipt,
    Remembered,
    Request,
    RequestLine,
    SaidTurn,
    SecretBallot,
    Turnout,
)
from storage.tables.families import FamilyLink
from storage.tables.notices import NoticeFamily
from storage.tables.people import Account, Chat, Erasure, Member, Person
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
    TriedWay,
)
from storage.tables.school import SchoolClass, SchoolStudent
from storage.tables.signups import Signup, SignupEntry
from storage.tables.surveys import SecretAnswers, SecretWords, Survey, SurveyAnswer, SurveyTurnout
from storage.tables.vault import VaultRow
from storage.tables.webhooks import Webhook

__all__ = [
    "Account",
    "ButtonRow",
    "CalendarDay",
    "CalendarFeed",
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
    "Erasure",
    "EventRow",
    "FamilyLink",
    "Guardian",
    "Guess",
    "Heard",
    "HolidayPoint",
    "HolidayRow",
    "Instance",
    "Meeting",
    "Member",
    "NameState",
    "NamedBallot",
    "Notice",
    "NoticeFamily",
    "Nudge",
    "Person",
    "Poll",
    "PostedRow",
    "Praise",
    "PraisedStudent",
    "Receipt",
    "Remembered",
    "RemovedRow",
    "Request",
    "RequestLine",
    "RoleGrant",
    "SaidTurn",
    "ScheduleRow",
    "SchoolClass",
    "SchoolStudent",
    "SecretAnswers",
    "SecretBallot",
    "SecretWords",
    "Signup",
    "SignupEntry",
    "Slot",
    "SlotSwap",
    "StudentRow",
    "Survey",
    "SurveyAnswer",
    "SurveyTurnout",
    "Table",
    "TriedWay",
    "Turnout",
    "VaultRow",
    "Violation",
    "Webhook",
    "metadata",
]
