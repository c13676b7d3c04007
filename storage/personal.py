"""What is kept about one person, as the person gets it: never another guardian's contact details.

Every table is in EXPORTED or in NOT_EXPORTED with the reason; a test holds that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from classroom.events import Json
from classroom.people import ALL_TEACHERS
from storage import guardians, identity
from storage.database import Records
from storage.tables import (
    Account,
    Chat,
    Classroom,
    Concern,
    ConcernLine,
    ConcernRecipient,
    Draft,
    Guardian,
    Guess,
    Meeting,
    Member,
    NamedBallot,
    NameState,
    Notice,
    NoticeFamily,
    Nudge,
    Person,
    Poll,
    Praise,
    PraisedStudent,
    Receipt,
    Request,
    RequestLine,
    RoleGrant,
    Signup,
    SignupEntry,
    Slot,
    SlotSwap,
    StudentRow,
    Survey,
    SurveyAnswer,
    Violation,
)

Rows = list[Json]


@dataclass(frozen=True, slots=True)
class About:
    """Whom an export is about, and in which zone its times are written."""

    records: Records
    person: int
    zone: ZoneInfo
    today: date

    def time(self, moment: datetime | None) -> str | None:
        """A time as the file shows it."""
        return moment.astimezone(self.zone).isoformat(timespec="seconds") if moment else None

    def classroom(self, classroom: int) -> str:
        """A class by its name."""
        row = self.records.get(Classroom, classroom)
        return row.name if row else ""

    def accounts(self) -> list[int]:
        """The ids of the person's accounts."""
        return [account.id for account, _ in identity.accounts_of(self.records, self.person)]

    def links(self) -> list[Guardian]:
        """The person's links that are in force: an ended one shows nothing of the child any more."""
        return [g for g in links(self.records, self.person) if g.state == guardians.ACTIVE]


def export(records: Records, person: int, zone: ZoneInfo, now: datetime) -> dict[str, Json]:
    """All that is kept about a person, and what is shown to them of their children."""
    about = About(records, person, zone, now.astimezone(zone).date())
    return {"exported_at": about.time(now), **{name: rows(about) for name, rows in EXPORTED.items()}}


def wishes(records: Records, person: int) -> Person:
    """The row that keeps a person's own wishes: language and hours."""
    row = records.get(Person, person)
    if row is None:
        raise LookupError("there is no such person")
    return row


def accounts(records: Records, person: int) -> list[Account]:
    """A person's accounts, to be shown to that person."""
    return [account for account, _ in identity.accounts_of(records, person)]


def links(records: Records, person: int) -> list[Guardian]:
    """A person's links that are in force or wait for the teacher; none to a child who has left."""
    found = guardians.links_of_person(records, person)
    rows = {g.id: records.get(StudentRow, g.student_id) for g in found}
    return [g for g in found if (row := rows[g.id]) is not None and row.removed_at is None]


def tagged(records: Records, person: int, classroom: int) -> list[tuple[Member, Chat, Account]]:
    """Where in a class's groups a person wears a tag of ours."""
    found = records.exec(
        select(Member, Chat, Account)
        .join(Chat, col(Chat.id) == col(Member.chat_id))
        .join(Account, col(Account.id) == col(Member.account_id))
        .where(
            Account.person_id == person,
            Chat.classroom_id == classroom,
            col(Chat.present).is_(True),
            col(Member.tag).is_not(None),
        )
    ).all()
    return [(member, chat, account) for member, chat, account in found if member.tag]


def _people(about: About) -> Rows:
    row = about.records.get(Person, about.person)
    if row is None:
        return []
    theirs = identity.accounts_of(about.records, about.person)
    channel = next((chat.platform for _, chat in theirs if chat.id == row.channel), None)
    return [
        {
            "language": row.language,
            "quiet_hours": row.hours,
            "channel": channel,
            "known_since": about.time(row.created_at),
        }
    ]


def _accounts(about: About) -> Rows:
    return [
        {
            "platform": account.platform,
            "id": account.native,
            "name": account.name,
            "username": account.username,
            "language": account.language,
            "known_since": about.time(account.created_at),
        }
        for account, _ in identity.accounts_of(about.records, about.person)
    ]


def _chats(about: About) -> Rows:
    return [
        {"platform": chat.platform, "private_chat": chat.door}
        for _, chat in identity.accounts_of(about.records, about.person)
    ]


def _members(about: About) -> Rows:
    found = about.records.exec(
        select(Member, Chat)
        .join(Chat, col(Chat.id) == col(Member.chat_id))
        .where(col(Member.account_id).in_(about.accounts()))
        .order_by(col(Member.id))
    ).all()
    return [
        {
            "group": chat.title,
            "tag": member.tag,
            "present": member.present,
            "seen": about.time(member.seen_at),
        }
        for member, chat in found
    ]


def _name_states(about: About) -> Rows:
    found = about.records.exec(
        select(NameState, Chat)
        .join(Member, col(Member.id) == col(NameState.member_id))
        .join(Chat, col(Chat.id) == col(Member.chat_id))
        .where(col(Member.account_id).in_(about.accounts()))
        .order_by(col(NameState.id))
    ).all()
    return [
        {
            "group": chat.title,
            "name": state.state,
            "since": about.time(state.wrong_since),
            "reminded": about.time(state.reminded_at),
            "muted": about.time(state.muted_at),
        }
        for state, chat in found
    ]


def _roles(about: About) -> Rows:
    found = about.records.exec(
        select(RoleGrant).where(RoleGrant.person_id == about.person).order_by(col(RoleGrant.id))
    ).all()
    return [
        {
            "class": about.classroom(role.classroom_id),
            "role": role.role,
            "head": role.head,
            "until": role.until.isoformat() if role.until else None,
            "given": about.time(role.given_at),
            "ended": about.time(role.ended_at),
        }
        for role in found
    ]


def _guardians(about: About) -> Rows:
    found = about.records.exec(
        select(Guardian).where(Guardian.person_id == about.person).order_by(col(Guardian.id))
    ).all()
    return [
        {
            "class": about.classroom(link.classroom_id),
            "child": guardians.student_name(about.records, link.student_id),
            "relation": link.relation,
            "state": link.state,
            "how": link.how,
            "asked": about.time(link.asked_at),
            "consented": about.time(link.consented_at),
            "ended": about.time(link.ended_at),
            "notices_only": link.notices_only,
            "public_mention": link.public_mention,
        }
        for link in found
    ]


def _students(about: About) -> Rows:
    found = [about.records.get(StudentRow, link.student_id) for link in about.links()]
    return [
        {
            "class": about.classroom(row.classroom_id),
            "name": row.name,
            "student_id": row.number,
            "aliases": list(row.aliases or []),
            "public_mention": row.public_mention,
        }
        for row in found
        if row is not None
    ]


def _praises(about: About) -> Rows:
    children = [link.student_id for link in about.links()]
    found = about.records.exec(
        select(Praise, PraisedStudent)
        .join(PraisedStudent, col(PraisedStudent.praise_id) == col(Praise.id))
        .where(col(PraisedStudent.student_id).in_(children), col(Praise.undone_at).is_(None))
        .order_by(col(Praise.id), col(PraisedStudent.id))
    ).all()
    return [
        {
            "class": about.classroom(praise.classroom_id),
            "child": guardians.student_name(about.records, praised.student_id),
            "title": praise.title,
            "text": praise.text,
            "public": praised.public,
            "said": about.time(praise.said_at),
        }
        for praise, praised in found
    ]


def _concerns(about: About) -> Rows:
    mine = [link.id for link in about.links()]
    found = about.records.exec(
        select(Concern, ConcernRecipient)
        .join(ConcernRecipient, col(ConcernRecipient.concern_id) == col(Concern.id))
        .where(col(ConcernRecipient.guardian_id).in_(mine), ConcernRecipient.state == "sent")
        .order_by(col(Concern.id))
    ).all()
    return [
        {
            "class": about.classroom(concern.classroom_id),
            "number": concern.number,
            "child": guardians.student_name(about.records, concern.student_id),
            "text": concern.words.reveal() if concern.words else None,
            "sent": about.time(concern.sent_at),
            "read": about.time(recipient.read_at),
        }
        for concern, recipient in found
    ]


def _concern_lines(about: About) -> Rows:
    """The person's own threads whole; of other threads the own lines, while teaching there."""
    mine = {link.id for link in about.links()}
    found = about.records.exec(
        select(ConcernLine, Concern)
        .join(Concern, col(Concern.id) == col(ConcernLine.concern_id))
        .where(col(ConcernLine.guardian_id).in_(mine) | (col(ConcernLine.from_person) == about.person))
        .order_by(col(ConcernLine.id))
    ).all()
    return [
        {
            "class": about.classroom(concern.classroom_id),
            "number": concern.number,
            "by_me": line.from_person == about.person,
            "text": line.words.reveal() if line.words else None,
            "at": about.time(line.at),
        }
        for line, concern in found
        if line.guardian_id in mine or _own_thread(about, line) or _teaches(about, concern.classroom_id)
    ]


def _own_thread(about: About, line: ConcernLine) -> bool:
    link = about.records.get(Guardian, line.guardian_id)
    return link is not None and link.person_id == about.person and line.from_person == about.person


def _teaches(about: About, classroom: int) -> bool:
    roles = identity.roles_of(about.records, about.person, classroom, about.today)
    return any(role.role in ALL_TEACHERS for role in roles)


def _drafts(about: About) -> Rows:
    found = about.records.exec(
        select(Draft).where(Draft.person_id == about.person, Draft.state == "open").order_by(col(Draft.id))
    ).all()
    return [
        {
            "class": about.classroom(draft.classroom_id),
            "kind": draft.kind,
            "text": draft.words.reveal(),
            "made": about.time(draft.made_at),
        }
        for draft in found
        if identity.roles_of(about.records, about.person, draft.classroom_id, about.today)
        or identity.guardian_of(about.records, about.person, draft.classroom_id)
    ]


def _violations(about: About) -> Rows:
    found = about.records.exec(
        select(Violation).where(col(Violation.account_id).in_(about.accounts())).order_by(col(Violation.id))
    ).all()
    return [
        {
            "class": about.classroom(row.classroom_id),
            "rule": row.rule,
            "reason": row.reason,
            "done": row.done,
            "text": row.text,
            "at": about.time(row.at),
        }
        for row in found
    ]


def _guesses(about: About) -> Rows:
    found = about.records.exec(
        select(Guess).where(col(Guess.account_id).in_(about.accounts())).order_by(col(Guess.id))
    ).all()
    return [{"what": row.what, "at": about.time(row.at)} for row in found]


def _receipts(about: About) -> Rows:
    """What is noted of the person's children, by whichever guardian; and what the person confirmed."""
    children = [link.student_id for link in about.links()]
    found = about.records.exec(
        select(Receipt, Notice)
        .join(Notice, col(Notice.id) == col(Receipt.notice_id))
        .where(col(Receipt.student_id).in_(children) | (col(Receipt.person_id) == about.person))
        .order_by(col(Receipt.id))
    ).all()
    return [
        {
            "class": about.classroom(notice.classroom_id),
            "notice": notice.number,
            "child": guardians.student_name(about.records, receipt.student_id)
            if receipt.student_id in children
            else None,
            "by_me": receipt.person_id == about.person,
            "how": receipt.how,
            "at": about.time(receipt.at),
        }
        for receipt, notice in found
    ]


def _notice_families(about: About) -> Rows:
    """Notices that were for the person's family and not for the whole class, with their words."""
    children = [link.student_id for link in about.links()]
    found = about.records.exec(
        select(NoticeFamily, Notice)
        .join(Notice, col(Notice.id) == col(NoticeFamily.notice_id))
        .where(col(NoticeFamily.student_id).in_(children), col(Notice.sent_at).is_not(None))
        .order_by(col(NoticeFamily.id))
    ).all()
    return [
        {
            "class": about.classroom(notice.classroom_id),
            "notice": notice.number,
            "child": guardians.student_name(about.records, family.student_id),
            "text": notice.text,
            "sent": about.time(notice.sent_at),
        }
        for family, notice in found
    ]


def _nudges(about: About) -> Rows:
    children = [link.student_id for link in about.links()]
    found = about.records.exec(
        select(Nudge).where(col(Nudge.student_id).in_(children)).order_by(col(Nudge.id))
    ).all()
    return [
        {
            "class": about.classroom(nudge.classroom_id),
            "child": guardians.student_name(about.records, nudge.student_id),
            "day": nudge.day.isoformat(),
            "at": about.time(nudge.at),
        }
        for nudge in found
    ]


def _requests(about: About) -> Rows:
    """What this person has brought; the child's name only while the link holds."""
    mine = {link.student_id for link in about.links()}
    found = about.records.exec(
        select(Request).where(Request.person_id == about.person).order_by(col(Request.id))
    ).all()
    return [
        {
            "class": about.classroom(row.classroom_id),
            "number": row.number,
            "kind": row.kind,
            "child": guardians.student_name(about.records, row.student_id) if row.student_id in mine else "",
            "about": row.text,
            "first_day": row.first_day.isoformat() if row.first_day else None,
            "last_day": row.last_day.isoformat() if row.last_day else None,
            "part": row.part,
            "state": row.state,
            "decision": row.decision,
            "made": about.time(row.made_at),
        }
        for row in found
    ]


def _request_lines(about: About) -> Rows:
    """Threads of the person's children in which the person wrote, whole; else the own lines, if any teach."""
    mine = {link.student_id for link in about.links()}
    own = select(RequestLine.request_id).where(RequestLine.from_person == about.person)
    found = about.records.exec(
        select(RequestLine, Request)
        .join(Request, col(Request.id) == col(RequestLine.request_id))
        .where(col(RequestLine.request_id).in_(own))
        .order_by(col(RequestLine.id))
    ).all()
    return [
        {
            "class": about.classroom(request.classroom_id),
            "number": request.number,
            "by_me": line.from_person == about.person,
            "text": line.text,
            "files": len(line.files),
            "at": about.time(line.at),
        }
        for line, request in found
        if request.student_id in mine or _own_line(about, line, request)
    ]


def _own_line(about: About, line: RequestLine, request: Request) -> bool:
    wrote_as_family = request.person_id == about.person
    return line.from_person == about.person and (wrote_as_family or _teaches(about, request.classroom_id))


def _polls(about: About) -> Rows:
    """The polls that the person has begun."""
    found = about.records.exec(
        select(Poll).where(Poll.by_person == about.person).order_by(col(Poll.id))
    ).all()
    return [
        {
            "class": about.classroom(poll.classroom_id),
            "number": poll.number,
            "question": poll.question,
            "options": [*poll.options],
            "opened": about.time(poll.opened_at),
        }
        for poll in found
    ]


def _named_ballots(about: About) -> Rows:
    found = about.records.exec(
        select(NamedBallot, Poll)
        .join(Poll, col(Poll.id) == col(NamedBallot.poll_id))
        .where(NamedBallot.person_id == about.person)
        .order_by(col(NamedBallot.id))
    ).all()
    return [
        {
            "class": about.classroom(poll.classroom_id),
            "number": poll.number,
            "question": poll.question,
            "choice": [poll.options[i] for i in ballot.choice if i < len(poll.options)],
            "at": about.time(ballot.at),
        }
        for ballot, poll in found
    ]


def _signups(about: About) -> Rows:
    """The sign-ups that the person has begun."""
    found = about.records.exec(
        select(Signup).where(Signup.by_person == about.person).order_by(col(Signup.id))
    ).all()
    return [
        {
            "class": about.classroom(signup.classroom_id),
            "number": signup.number,
            "title": signup.title,
            "lines": [*signup.lines],
            "opened": about.time(signup.opened_at),
        }
        for signup in found
    ]


def _signup_entries(about: About) -> Rows:
    """What the person's children are down for, by whichever guardian; and what the person signed up for."""
    children = [link.student_id for link in about.links()]
    found = about.records.exec(
        select(SignupEntry, Signup)
        .join(Signup, col(Signup.id) == col(SignupEntry.signup_id))
        .where(col(SignupEntry.student_id).in_(children) | (col(SignupEntry.person_id) == about.person))
        .order_by(col(SignupEntry.id))
    ).all()
    return [
        {
            "class": about.classroom(signup.classroom_id),
            "number": signup.number,
            "title": signup.title,
            "line": signup.lines[entry.line] if entry.line < len(signup.lines) else "",
            "child": guardians.student_name(about.records, entry.student_id)
            if entry.student_id in children
            else None,
            "by_me": entry.person_id == about.person,
            "waiting": entry.waiting,
            "at": about.time(entry.at),
        }
        for entry, signup in found
    ]


def _meetings(about: About) -> Rows:
    """The appointments that the person has offered."""
    found = about.records.exec(
        select(Meeting).where(Meeting.by_person == about.person).order_by(col(Meeting.id))
    ).all()
    return [
        {
            "class": about.classroom(meeting.classroom_id),
            "number": meeting.number,
            "title": meeting.title,
            "place": meeting.place,
            "offered": about.time(meeting.opened_at),
        }
        for meeting in found
    ]


def _slots(about: About) -> Rows:
    children = [link.student_id for link in about.links()]
    found = about.records.exec(
        select(Slot, Meeting)
        .join(Meeting, col(Meeting.id) == col(Slot.meeting_id))
        .where(col(Slot.student_id).in_(children) | (col(Slot.person_id) == about.person))
        .order_by(col(Slot.id))
    ).all()
    return [
        {
            "class": about.classroom(meeting.classroom_id),
            "number": meeting.number,
            "title": meeting.title,
            "starts": about.time(slot.starts_at),
            "by_me": slot.person_id == about.person,
            "chosen": about.time(slot.taken_at),
        }
        for slot, meeting in found
    ]


def _slot_swaps(about: About) -> Rows:
    """Offers to change places that the person has made; whom they reached is not theirs to know."""
    found = about.records.exec(
        select(SlotSwap, Slot)
        .join(Slot, col(Slot.id) == col(SlotSwap.wanted_id))
        .where(SlotSwap.person_id == about.person)
        .order_by(col(SlotSwap.id))
    ).all()
    return [
        {"wanted": about.time(slot.starts_at), "state": swap.state, "at": about.time(swap.at)}
        for swap, slot in found
    ]


def _surveys(about: About) -> Rows:
    """The surveys that the person has begun."""
    found = about.records.exec(
        select(Survey).where(Survey.by_person == about.person).order_by(col(Survey.id))
    ).all()
    return [
        {
            "class": about.classroom(survey.classroom_id),
            "number": survey.number,
            "title": survey.title,
            "questions": [*survey.questions],
            "opened": about.time(survey.opened_at),
        }
        for survey in found
    ]


def _survey_answers(about: About) -> Rows:
    found = about.records.exec(
        select(SurveyAnswer, Survey)
        .join(Survey, col(Survey.id) == col(SurveyAnswer.survey_id))
        .where(SurveyAnswer.person_id == about.person, col(SurveyAnswer.question) >= 0)
        .order_by(col(SurveyAnswer.id))
    ).all()
    return [
        {
            "class": about.classroom(survey.classroom_id),
            "number": survey.number,
            "title": survey.title,
            "question": answer.question + 1,
            "choice": answer.choice + 1 if answer.choice is not None else None,
            "text": answer.words.reveal() if answer.words else None,
            "at": about.time(answer.at),
        }
        for answer, survey in found
    ]


EXPORTED: dict[str, Callable[[About], Rows]] = {
    "people": _people,
    "accounts": _accounts,
    "chats": _chats,
    "members": _members,
    "name_states": _name_states,
    "roles": _roles,
    "guardians": _guardians,
    "students": _students,
    "praises": _praises,
    "concerns": _concerns,
    "concern_lines": _concern_lines,
    "drafts": _drafts,
    "violations": _violations,
    "guesses": _guesses,
    "polls": _polls,
    "named_ballots": _named_ballots,
    "meetings": _meetings,
    "slots": _slots,
    "slot_swaps": _slot_swaps,
    "surveys": _surveys,
    "survey_answers": _survey_answers,
    "signups": _signups,
    "signup_entries": _signup_entries,
    "notice_families": _notice_families,
    "receipts": _receipts,
    "nudges": _nudges,
    "requests": _requests,
    "request_lines": _request_lines,
}
"""Tables by name, each with what a person gets of it."""

NOT_EXPORTED: dict[str, str] = {
    "webhooks": "the secret addresses of a class's groups",
    "vault": "tokens and codes of platforms, for hours or days: keys, and no words",
    "classrooms": "the class itself; its name stands beside every row",
    "counters": "numbers of a class",
    "instance": "the proof of the key",
    "erasures": "says only that an empty row was once somebody's",
    "codes": "secrets that open doors; a file with them would be a key",
    "contacts": "the teacher's roster with phone numbers, other guardians' among them",
    "praised_students": "joined into praises",
    "concern_recipients": "joined into concerns",
    "events": "erased once handled; a failed one is kept for its repair and erased with the person",
    "deliveries": "copies of what stands in the other tables or in the chat itself; erased after 7 days",
    "posted": "ids of messages",
    "tried_ways": "ids of chats where a message could not be told; dropped with the delivery",
    "removed": "ids of messages that were taken out of a group, without their words",
    "buttons": "random tokens of what may be pressed",
    "dialogues": "half an hour of what is being asked",
    "schedules": "what a class has planned",
    "notices": "the class's announcements, which stand in its group",
    "school_classes": "which class of the school's address book a class is",
    "school_students": "what the school's address book calls a child, which the school tells",
    "secret_ballots": "nobody can tell whose it is",
    "family_links": "keyed hashes of codes on paper; that a notice was confirmed stands in receipts",
    "turnouts": "says only which households have voted; dropped at the close",
    "secret_answers": "nobody can tell whose they are",
    "secret_words": "nobody can tell whose they are",
    "survey_turnouts": "says only which households have answered; dropped at the close",
    "heard": "an hour of times and keyed hashes, without words",
    "turns": "an hour of times, and who chatted or grew heated in a group",
    "calendar_days": "the class's calendar, which its families may read",
    "calendar_feeds": "the same calendar, and the secret address at which phones find it",
    "holidays": "what has become of each of the class's holidays",
    "holiday_points": "what the class's holiday notices end with",
    "remembered": "keyed hashes of messages that the teachers decided about: no words, nobody's",
}
"""Tables of which a person gets nothing, and why."""
