"""Every button that a class ever sees, pressed by those for whom it is not, or not any more.

The scenarios named here show every kind of button there is; after each of them all of theirs are tried.
"""

from __future__ import annotations

import importlib

import pytest

from bot.registry import Registry
from bot.routing import CHOOSE, UNMASK
from handlers.features import FEATURES
from tests.security.intruders import Intruders
from tests.world import World

SHOWN = {
    ("acks", "test_an_ad_behind_it_goes_all_the_same"): (
        "notice.change notice.correct notice.drop notice.send notice.withdraw receipts.got "
        "topics.confirm topics.mistake topics.restore"
    ),
    ("bind", "test_by_a_students_link_relation_and_consent_suffice"): (
        "bind.other bind.relation bind.revoke"
    ),
    ("bind", "test_the_list_comes_on_demand_from_the_coverage"): (
        "bind.agree bind.approve bind.ask_teacher bind.disagree bind.refuse bind.requests "
        "roster.export roster.links"
    ),
    ("bind", "test_the_name_in_the_group_is_proposed"): ("bind.another bind.yes"),
    ("bind", "test_the_teacher_agrees_from_one_list"): ("bind.approve_all"),
    ("concern", "test_a_name_that_came_onto_the_roster_meanwhile_is_not_sent"): ("concern.hide"),
    ("concern", "test_a_parent_of_two_children_is_asked_about_whom"): ("requests.child"),
    ("concern", "test_a_teacher_of_several_classes_is_asked_or_understood"): ("route.classroom"),
    ("concern", "test_nobody_reached_it_can_be_sent_again"): ("concern.again requests.to_teacher"),
    ("concern", "test_several_names_one_child_at_a_time"): ("concern.child concern.name"),
    ("concern", "test_the_list_shows_what_went_where"): ("concern.resume"),
    ("concern_in_group", "test_a_parent_who_types_it_may_tell_the_teacher_in_private"): (
        "concern.forget_it concern.to_teacher"
    ),
    ("concern_in_group", "test_an_anonymous_administrator_shows_by_a_press_and_goes_on_in_private"): (
        "concern.cancel concern.change concern.mine concern.send concern.tick"
    ),
    ("concern_in_group", "test_with_a_name_only_the_words_are_asked_for_in_private"): ("concern.write"),
    ("family", "test_a_new_account_of_the_same_person"): (
        "family.first family.join family.link family.new_account family.notices family.stay_apart "
        "family.stop_link family.unbind"
    ),
    ("family", "test_unbinding_asks_first_and_tells_the_guardian"): ("family.show family.unbind_yes"),
    ("held", "test_a_doubtful_one_stays_and_is_asked_about"): ("held.take_down"),
    ("held", "test_an_anonymous_one_that_cannot_be_deleted"): ("held.mine"),
    ("held", "test_of_two_children_of_one_name_only_one_family_is_meant"): ("held.which"),
    ("inbox", "test_everybody_exports_their_own"): (
        "leave.withdraw me.account me.erase me.export me.hours me.language me.public me.stop "
        "requests.add requests.approve requests.hand requests.known requests.reply requests.say"
    ),
    ("inbox", "test_who_may_look"): ("requests.done requests.hand_to requests.open"),
    ("leave", "test_a_bare_command_asks_by_buttons"): (
        "leave.day leave.no leave.other_day leave.other_reason leave.part leave.reason"
    ),
    ("calendar", "test_removed_and_brought_back"): "holiday.bring_back holiday.undo",
    ("calendar", "test_the_last_date_may_be_the_day_of_the_return"): "holiday.early",
    ("calendar", "test_the_points_are_the_classs_own_and_kept"): "holiday.points_reset",
    ("calendar", "test_what_is_held_at_school_is_no_day_off"): "calendar.link",
    ("holiday", "test_asked_once_more_the_draft_is_shown_again"): "holiday.again",
    ("holiday", "test_unanswered_nothing_of_it_is_ever_sent"): "holiday.fill holiday.leave",
    ("holiday", "test_what_comes_is_listed_with_buttons"): (
        "holiday.change holiday.draft holiday.send holiday.skip"
    ),
    ("leave", "test_it_is_offered_once_and_not_to_who_has_asked_already"): ("leave.ask_for_me"),
    ("leave", "test_of_several_children_it_is_asked_which_or_all"): ("leave.child"),
    ("me", "test_a_mother_stops_for_one_child"): ("me.keep me.stop_now"),
    ("me", "test_who_became_head_teacher_meanwhile_is_not_erased"): ("me.erase_now"),
    ("my_accounts", "test_it_goes_where_they_spoke_last_and_then_where_they_wish"): ("me.channel"),
    ("message", "test_a_thought_in_several_messages_is_one"): ("requests.go_on"),
    ("message", "test_words_that_ask_for_leave_are_offered_as_a_leave_too"): ("requests.as_leave"),
    ("notice", "test_shown_and_cancelled_by_schedule"): ("schedule.restore"),
    ("notice_form", "test_photos_a_time_and_chosen_families"): (
        "notice_form.back notice_form.drop notice_form.kind notice_form.next notice_form.reopen "
        "notice_form.time notice_form.whom"
    ),
    ("notice_form", "test_the_points_of_safety_are_written_for_the_teacher"): "notice_form.choice",
    ("notice_some", "test_once_more_by_the_button_under_the_list"): (
        "receipts.again receipts.again_drop receipts.again_now"
    ),
    ("notice_some", "test_typed_in_the_group_it_is_gone_before_it_is_read"): "receipts.letter",
    ("nudges", "test_only_who_is_missing_is_reminded_at_noon"): ("receipts.nudged"),
    ("poll", "test_bare_shows_the_open_ones"): ("poll.show"),
    ("poll", "test_delicate_questions_are_proposed_as_anonymous"): ("poll.anonymous"),
    ("poll", "test_who_is_missing_is_told_its_author_in_private_without_phones"): (
        "poll.close_now poll.missing"
    ),
    ("poll_more", "test_after_its_close_a_secret_poll_can_only_be_asked_anew"): "poll.again",
    ("poll_more", "test_an_option_is_taken_out_and_who_chose_it_chooses_again"): ("poll.fewer poll.remove"),
    ("poll_more", "test_the_teacher_gets_a_table_of_a_named_poll"): "poll.table",
    ("poll_more", "test_too_few_votes_are_said_and_one_press_lets_it_run_on"): "poll.extend",
    ("praise", "test_in_english"): ("praise.child praise.drop praise.meant"),
    ("paper", "test_the_button_under_the_list_prints_as_well"): "notice.print",
    ("praise_more", "test_a_draft_is_sent_with_one_press_exchanged_or_written_anew"): (
        "praise.even_child praise.even_off praise.even_send"
    ),
    ("praise_more", "test_the_honours_of_the_month_are_a_list_and_a_picture"): "praise.to_group",
    ("praise_more", "test_on_the_last_school_day_of_the_month_the_teacher_is_offered_the_honours"): (
        "praise.month_off"
    ),
    ("praise_more", "test_titles_are_offered_under_the_question_what_for"): "praise.titled",
    ("praise", "test_two_children_of_one_name_are_told_apart"): ("praise.which"),
    ("redelivery", "test_a_morning_redelivered_at_every_turn"): (
        "concern.answer concern.i_know concern.keep concern.meet concern.reply held.cancel "
        "held.change held.fine held.to_private praise.undo"
    ),
    ("roles", "test_by_name_it_is_confirmed"): ("roles.cancel roles.confirm"),
    ("roles", "test_the_class_is_handed_over"): ("roles.leave roles.take"),
    ("roster", "test_a_teacher_of_two_classes_is_asked_which"): ("roster.into"),
    ("roster", "test_removing_somebody_unknown_offers_the_closest"): (
        "roster.keep roster.remove roster.remove_which"
    ),
    ("schedule", "test_what_will_be_sent_when_with_date_and_weekday"): (
        "notice.now notice.unplan poll.drop poll.send poll.vote schedule.cancel"
    ),
    ("setup", "test_a_teacher_of_two_classes_says_which"): ("setup.which"),
    ("setup", "test_an_anonymous_administrator_shows_by_a_press"): ("route.unmask"),
    ("setup", "test_another_administrator_needs_the_teachers_word"): ("setup.keep_out setup.let_in"),
    ("setup", "test_on_behalf_of_the_teacher"): ("setup.accept setup.decline setup.for_teacher setup.mine"),
    ("signup", "test_it_can_be_called_off_and_everybody_hears"): (
        "signup.cancel signup.cancel_now signup.close_now signup.drop signup.join signup.leave signup.send"
    ),
    ("signup", "test_of_two_children_of_one_name_it_is_asked_which"): "signup.by_hand",
    ("signup", "test_the_committee_runs_its_own_only"): "signup.show",
    ("signup", "test_the_teachers_list_has_numbers_in_private_and_a_table"): "signup.table",
    ("slots", "test_a_question_that_was_withdrawn_or_overtaken_is_void"): (
        "slots.accept slots.ask slots.back slots.cancel slots.change slots.decline slots.offer slots.take "
        "slots.withdraw"
    ),
    ("slots", "test_it_is_given_back_after_a_question"): "slots.cancel_now slots.show",
    ("slots", "test_one_question_leads_to_the_line"): "slots.discard slots.new slots.send",
    ("slots", "test_the_teacher_books_for_a_family_that_rang_up"): (
        "slots.list slots.place slots.placing slots.print"
    ),
    ("slots", "test_the_teacher_takes_a_family_out"): "slots.drop slots.move slots.pick slots.picked",
    ("slots", "test_the_whole_is_called_off"): "slots.call_off slots.call_off_now",
    ("survey", "test_named_ones_are_proposed_as_anonymous"): "survey.anonymous",
    ("survey", "test_one_press_shows_the_group_shares_and_never_words"): "survey.publish",
    ("survey", "test_question_by_question_in_a_dialogue"): (
        "survey.add survey.built survey.discard survey.less survey.new survey.send survey.turn"
    ),
    ("survey", "test_satisfaction_is_a_share_per_term_against_the_goal"): "survey.trend",
    ("survey", "test_families_that_have_not_answered_are_reminded_once"): (
        "survey.again survey.before survey.begin survey.close_now survey.mark survey.missing survey.skip"
    ),
    ("survey", "test_the_teacher_sees_all_that_was_asked"): "survey.list",
    ("topics_after", "test_a_quarrel_is_told_to_the_teacher_who_lets_them_cool_down"): ("topics.calm"),
    ("topics_after", "test_after_a_week_the_teacher_is_asked_and_decides"): ("topics.switch"),
}
"""Scenarios by file and name, with the kinds of button that are taken from each."""

MORE = {"test_delicate_questions_are_proposed_as_anonymous": ("班费怎么用？ | 买书 | 买花",)}
"""What a scenario wants to be told besides the world."""

ANYBODYS = {
    "me.": "one's own data and wishes: a right that needs no role",
    "bind.": "claiming a child: whoever has the link may ask; the link or the teacher decides",
    "setup.mine": "setting up a class that has no teacher yet: the platform says who is an administrator",
    "setup.for_teacher": "the same",
    "topics.mistake": "objecting to what was done to one's own message",
}
"""Buttons that their own person may go on pressing, and why."""


async def play(world: World, module: str, name: str) -> None:
    """Let a scenario happen."""
    await getattr(importlib.import_module(f"tests.scenario.test_{module}"), name)(world, *MORE.get(name, ()))


@pytest.mark.parametrize(("module", "name"), SHOWN)
async def test_a_button_does_nothing_for_those_it_is_not_for(
    sqlite_world: World, module: str, name: str
) -> None:
    world = sqlite_world
    await play(world, module, name)
    intruders = Intruders(world)
    intruders.arrive()
    buttons = intruders.buttons()
    assert set(SHOWN[module, name].split()) <= {button.purpose for button in buttons}
    found: list[str] = []
    for who, sender in intruders.outsiders.items():
        found += await intruders.try_buttons(f"{who} presses", sender, buttons)
    for former in intruders.end_everything():
        theirs = [b for b in buttons if b.owner in (former, None) and not is_anybodys(b.purpose)]
        found += await intruders.try_buttons("a former one presses", former, theirs)
    intruders.revoke_links()
    found += await intruders.try_links("a stranger opens", intruders.outsiders["a stranger"])
    assert found == []


ELSEWHERE = {
    *("setup.alone", "setup.make_group", "groups.choose", "groups.let_go", "school.take"),
    *("school.same", "school.not_same", "school.unlink", "channel.apart"),
}
"""Shown on WeChat's channels only, to the teacher who asked: see tests/security/others.py. Those of the
second line are made for one person in the same way."""


def test_every_kind_of_button_is_tried() -> None:
    tried = {purpose for purposes in SHOWN.values() for purpose in purposes.split()} | ELSEWHERE
    assert {*Registry(FEATURES).buttons, CHOOSE, UNMASK} - tried == set(), "name a scenario that shows these"


def is_anybodys(purpose: str) -> bool:
    """True for what needs no authority."""
    return any(purpose == known or (known.endswith(".") and purpose.startswith(known)) for known in ANYBODYS)
