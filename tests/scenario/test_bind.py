"""Parents say whose parents they are; the teacher and the other guardians keep an eye on it."""

from __future__ import annotations

from classroom.people import Role
from handlers.links import class_token
from handlers.room import Room
from storage import classrooms, codes, guardians, identity, links
from storage.tables import Classroom, Contact, StudentRow
from tests.ready import ReadyClass, ready_class
from tests.world import User, World


def student_token(world: World, ready: ReadyClass, name: str) -> str:
    with world.database.transaction() as records:
        student = ready.students[name]
        return links.student_tokens(records, world.database.keys.digest, ready.id, [student], world.now())[
            student
        ]


def classroom_token(world: World, ready: ReadyClass) -> str:
    with world.database.transaction() as records:
        room = Room(records, world.now(), world.app.instance, classroom=records.get(Classroom, ready.id))
        return class_token(room)


def bound(world: World, ready: ReadyClass, name: str) -> list[str]:
    with world.database.transaction() as records:
        return [g.relation for g in guardians.active_of(records, ready.students[name])]


def pending(world: World, ready: ReadyClass) -> int:
    with world.database.transaction() as records:
        return len(guardians.pending_in(records, ready.id))


def number(world: World, ready: ReadyClass, name: str, wanted: str) -> None:
    with world.database.transaction() as records:
        row = records.get(StudentRow, ready.students[name])
        assert row is not None
        row.number = wanted


async def newcomer(world: World, native: str = "61", name: str = "小雨") -> User:
    """Somebody new who has been seen in the group and has opened the private door."""
    user = world.someone(native, name)
    await user.in_group("大家好")
    await user.in_private("/help")
    return user


async def request(world: World, native: str, name: str, child: str, relation: str = "爷爷") -> User:
    user = await newcomer(world, native, name)
    await user.in_private(f"/认领 {child} {relation}")
    await user.press("没有，请老师确认")
    await user.press("同意")
    return user


# --- by the child's own link ----------------------------------------------------------------------


async def test_by_a_students_link_relation_and_consent_suffice(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["赵一"]
    await mother.in_private(f"/start {student_token(world, ready, '赵一')}")
    assert "三年级2班" in mother.last.text and "赵一" in mother.last.text
    assert mother.buttons() == ["妈妈", "爸爸", "爷爷", "奶奶", "外公", "外婆", "其他…"]
    await mother.press("妈妈")
    assert "会留下什么" in mother.last.text and bound(world, ready, "赵一") == []
    await mother.press("同意")
    assert bound(world, ready, "赵一") == ["mother"]
    assert "/我的" in mother.last.text
    await ready.teacher.in_private("/名册")
    assert "5 位的家长" in ready.teacher.last.text


async def test_without_consent_nothing_is_kept(world: World) -> None:
    ready = await ready_class(world)
    mother, token = ready.mothers["赵一"], student_token(world, ready, "赵一")
    await mother.in_private(f"/start {token}")
    await mother.press("妈妈")
    await mother.press("不同意")
    assert bound(world, ready, "赵一") == [] and pending(world, ready) == 0
    assert "没有留下" in mother.last.text
    with world.database.transaction() as records:
        code = codes.find(records, world.database.keys.digest, token, world.now())
        assert code is not None and code.uses_left == links.USES


async def test_another_relation_is_written(world: World) -> None:
    ready = await ready_class(world)
    uncle = world.someone("61", "老赵")
    await uncle.in_private(f"/start {student_token(world, ready, '赵一')}")
    await uncle.press("其他")
    await uncle.in_private("太师祖")
    assert "没认出来" in uncle.last.text
    await uncle.in_private("舅舅")
    await uncle.press("同意")
    assert bound(world, ready, "赵一") == ["maternal_uncle"]


async def test_a_brother_gets_notices_only(world: World) -> None:
    ready = await ready_class(world)
    brother = world.someone("61", "赵大")
    await brother.in_private(f"/start {student_token(world, ready, '赵一')}")
    await brother.press("其他")
    await brother.in_private("哥哥")
    await brother.press("同意")
    with world.database.transaction() as records:
        (linked,) = guardians.active_of(records, ready.students["赵一"])
        assert linked.notices_only


async def test_a_students_link_works_four_times(world: World) -> None:
    ready = await ready_class(world)
    token = student_token(world, ready, "赵一")
    for i in range(5):
        user = world.someone(f"6{i}", f"家人{i}")
        await user.in_private(f"/start {token}")
        if i < 4:
            await user.press("奶奶")
            await user.press("同意")
    assert len(bound(world, ready, "赵一")) == 4
    assert "链接" in user.last.text and not user.buttons()


async def test_a_revoked_link_stops_in_the_middle(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["赵一"]
    await mother.in_private(f"/start {student_token(world, ready, '赵一')}")
    await mother.press("妈妈")
    with world.database.transaction() as records:
        codes.revoke(records, ready.id, "student", world.now(), student=ready.students["赵一"])
    await mother.press("同意")
    assert bound(world, ready, "赵一") == [] and "链接" in mother.last.text


async def test_the_same_again_says_so(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private(f"/start {student_token(world, ready, '李雷')}")
    assert "已经是 李雷 的妈妈" in mother.last.text
    await mother.in_private("/认领 李雷 妈妈")
    assert "已经是 李雷 的妈妈" in mother.last.text
    assert bound(world, ready, "李雷") == ["mother", "father"]


async def test_agreeing_twice_binds_once(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["赵一"]
    await mother.in_private(f"/start {student_token(world, ready, '赵一')}")
    await mother.press("妈妈")
    shown = mother.last
    key = next(k for k in shown.keys if k.label == "同意")
    for _ in range(2):
        world.platform.press_token(mother.sender, mother.private, key.token or "", shown.ref)
    await world.settle()
    assert bound(world, ready, "赵一") == ["mother"]
    assert len([m for m in ready.teacher.inbox if "赵一妈妈" in m.text]) == 1


# --- by the class's link or by name ---------------------------------------------------------------


async def test_bare_in_the_group_leads_to_private(world: World) -> None:
    ready = await ready_class(world)
    user = world.someone("61", "小雨")
    await user.in_group("/认领")
    (key,) = world.posted()[-1].keys
    assert key.payload is not None and "赵一" not in world.posted()[-1].text
    await user.in_private(f"/start {key.payload}")
    assert "哪位同学" in user.last.text
    await user.in_private("赵一 奶奶 0000")
    await user.press("同意")
    assert bound(world, ready, "赵一") == ["paternal_grandmother"]


async def test_named_in_the_group_it_goes_on_in_private(world: World) -> None:
    ready = await ready_class(world)
    user = world.someone("61", "小雨")
    typed = await user.in_group("/我是 赵一奶奶")
    assert "赵一" not in world.posted()[-1].text and not typed.removed
    await user.in_private("/start hi")
    await user.press("没有，请老师确认")
    await user.press("同意")
    assert pending(world, ready) == 1


async def test_by_name_and_phone_bound_at_once(world: World) -> None:
    ready = await ready_class(world)
    user = await newcomer(world)
    await user.in_private("/绑定 赵一 妈妈 0000")
    await user.press("同意")
    assert bound(world, ready, "赵一") == ["mother"]


async def test_by_name_and_student_number_in_the_dialogue(world: World) -> None:
    ready = await ready_class(world)
    number(world, ready, "赵一", "20230105")
    user = await newcomer(world)
    await user.in_private("/我是赵一妈妈")
    assert "后四位" in user.last.text
    await user.in_private("20230199")
    assert "没有对上" in user.last.text
    await user.in_private("20230105")
    await user.press("同意")
    assert bound(world, ready, "赵一") == ["mother"]


async def test_an_unknown_name_learns_nothing(world: World) -> None:
    ready = await ready_class(world)
    user = await newcomer(world)
    await user.in_private("/认领 赵二 妈妈")
    assert "没有对上名册" in user.last.text
    assert all(name not in user.heard for name in ready.students)
    await user.in_private("赵一 妈妈")
    assert "后四位" in user.last.text


async def test_guessing_is_slowed_down(world: World) -> None:
    ready = await ready_class(world)
    user = await newcomer(world)
    await user.in_private("/认领 赵一 妈妈")
    for guess in range(1000, 1011):
        await user.in_private(str(guess))
    assert "一小时" in user.last.text
    await user.in_private("/认领 赵一 妈妈 0000")
    assert "一小时" in user.last.text and bound(world, ready, "赵一") == []
    await world.later(minutes=61)
    await user.in_private("/认领 赵一 妈妈 0000")
    await user.press("同意")
    assert bound(world, ready, "赵一") == ["mother"]


async def test_a_stranger_without_code_or_group_gets_no_further(world: World) -> None:
    ready = await ready_class(world)
    await ready.stranger.in_private("/认领 赵一 妈妈 0000")
    assert "群" in ready.stranger.last.text and not ready.stranger.buttons()
    assert bound(world, ready, "赵一") == []


async def test_by_the_classs_link_without_being_in_the_group(world: World) -> None:
    ready = await ready_class(world)
    await ready.stranger.in_private(f"/start {classroom_token(world, ready)}")
    await ready.stranger.in_private("赵一")
    await ready.stranger.press("外婆")
    await ready.stranger.in_private("0000")
    await ready.stranger.press("同意")
    assert bound(world, ready, "赵一") == ["maternal_grandmother"]


async def test_the_name_in_the_group_is_proposed(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["赵一"].in_group("老师好")
    await ready.mothers["赵一"].in_private("/认领")
    assert "是 赵一 的妈妈，对吗" in ready.mothers["赵一"].last.text
    await ready.mothers["赵一"].press("是")
    await ready.mothers["赵一"].in_private("0000")
    await ready.mothers["赵一"].press("同意")
    assert bound(world, ready, "赵一") == ["mother"]


async def test_the_proposal_may_be_wrong(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["赵一"].in_group("老师好")
    await ready.mothers["赵一"].in_private("/bind")
    await ready.mothers["赵一"].press("不是")
    await ready.mothers["赵一"].in_private("王芳 姑姑 0000")
    await ready.mothers["赵一"].press("同意")
    assert bound(world, ready, "王芳") == ["mother", "paternal_aunt"]


async def test_a_name_alone_proposes_nothing_to_a_stranger(world: World) -> None:
    ready = await ready_class(world)
    stranger = world.someone("98", "赵一妈妈")
    await stranger.in_private(f"/start {classroom_token(world, ready)}")
    assert "赵一" not in stranger.last.text


async def test_two_children_of_one_parent(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("/认领 赵一、王芳 妈妈")
    assert "一次写一个" in mother.last.text
    await mother.in_private("/认领 赵一 妈妈 0000")
    await mother.press("同意")
    assert bound(world, ready, "赵一") == ["mother"]


async def test_markup_and_control_characters_are_shown_as_typed(world: World) -> None:
    await ready_class(world)
    user = await newcomer(world)
    await user.in_private("/认领 <b>赵\x00六</b>*_")
    assert "<b>赵" in user.last.text and "没有对上" in user.last.text
    await user.in_private("很" * 4000)
    assert len(user.last.text) < 400


# --- the teacher decides --------------------------------------------------------------------------


async def test_the_teacher_agrees_from_one_list(world: World) -> None:
    ready = await ready_class(world)
    first = await request(world, "61", "小雨", "赵一")
    second = await request(world, "62", "老王", "王芳")
    lists = [m for m in ready.teacher.inbox if "等您确认" in m.text]
    assert len(lists) == 1  # kept up to date, not one message each
    assert "赵一爷爷" in lists[0].text and "王芳爷爷" in lists[0].text and "小雨" in lists[0].text
    assert ready.teacher.buttons() == [
        "同意 1 赵一爷爷", "拒绝 1", "同意 2 王芳爷爷", "拒绝 2", "全部同意",
    ]  # fmt: skip
    await ready.teacher.press("同意 2")
    assert bound(world, ready, "王芳") == ["mother", "paternal_grandfather"]
    assert "您是 三年级2班 王芳 的爷爷" in second.last.text and "请老师确认" in first.last.text
    assert ready.teacher.buttons() == ["同意 1 赵一爷爷", "拒绝 1"]


async def test_all_at_once(world: World) -> None:
    ready = await ready_class(world)
    await request(world, "61", "小雨", "赵一")
    await request(world, "62", "老王", "王芳")
    await ready.teacher.press("全部同意")
    assert pending(world, ready) == 0 and bound(world, ready, "赵一") == ["paternal_grandfather"]
    assert "处理完了" in [m for m in ready.teacher.inbox if "认领申请" in m.text][-1].text


async def test_all_means_those_that_were_seen(world: World) -> None:
    ready = await ready_class(world)
    await request(world, "61", "小雨", "赵一")
    await request(world, "62", "老王", "王芳")
    shown = next(m for m in ready.teacher.inbox if "等您确认" in m.text)
    seen = next(k.token for k in shown.keys if k.label == "全部同意")
    await request(world, "63", "老李", "李雷")
    world.platform.press_token(ready.teacher.sender, ready.teacher.private, seen or "", shown.ref)
    await world.settle()
    assert pending(world, ready) == 1


async def test_refused(world: World) -> None:
    ready = await ready_class(world)
    user = await request(world, "61", "小雨", "赵一")
    await ready.teacher.press("拒绝")
    assert bound(world, ready, "赵一") == [] and pending(world, ready) == 0
    assert "联系老师" in user.last.text


async def test_a_request_that_is_gone_is_decided_only_once(world: World) -> None:
    ready = await ready_class(world)
    await request(world, "61", "小雨", "赵一")
    shown = next(m for m in ready.teacher.inbox if "等您确认" in m.text)
    agree, refuse = (k.token or "" for k in shown.keys)
    await ready.teacher.press("同意")
    world.platform.press_token(ready.teacher.sender, ready.teacher.private, refuse, shown.ref)
    world.platform.press_token(ready.teacher.sender, ready.teacher.private, agree, shown.ref)
    await world.settle()
    assert bound(world, ready, "赵一") == ["paternal_grandfather"]
    assert world.platform.toasts[-1][1] == "已经处理过了。"


async def test_a_parent_cannot_press_the_teachers_buttons(world: World) -> None:
    ready = await ready_class(world)
    await request(world, "61", "小雨", "赵一")
    shown = next(m for m in ready.teacher.inbox if "等您确认" in m.text)
    thief = ready.mothers["李雷"]
    world.platform.press_token(thief.sender, thief.private, shown.keys[0].token or "", shown.ref)
    await world.settle()
    assert bound(world, ready, "赵一") == []


async def test_a_teacher_whose_role_has_ended_decides_nothing(world: World) -> None:
    ready = await ready_class(world)
    await request(world, "61", "小雨", "赵一")
    with world.database.transaction() as records:
        account = identity.meet_account(records, "web", ready.teacher.sender, world.now())
        classrooms.end_role(records, ready.id, account.person_id, world.now(), role=Role.TEACHER)
    await ready.teacher.press("同意")
    assert bound(world, ready, "赵一") == []


async def test_at_night_the_list_waits_for_the_teachers_morning(world: World) -> None:
    ready = await ready_class(world)
    await world.until(22)
    await request(world, "61", "小雨", "赵一")
    await request(world, "62", "老王", "王芳")
    assert not any("等您确认" in m.text for m in ready.teacher.inbox)
    await world.until(7, 1)
    (shown,) = [m for m in ready.teacher.inbox if "等您确认" in m.text]
    assert "赵一爷爷" in shown.text and "王芳爷爷" in shown.text


async def test_an_old_list_is_said_anew(world: World) -> None:
    ready = await ready_class(world)
    await request(world, "61", "小雨", "赵一")
    await world.later(hours=25)
    await request(world, "62", "老王", "王芳")
    (shown,) = [m for m in ready.teacher.inbox if "等您确认" in m.text]
    assert shown is ready.teacher.last and "赵一爷爷" in shown.text and "王芳爷爷" in shown.text


async def test_the_list_comes_on_demand_from_the_coverage(world: World) -> None:
    ready = await ready_class(world)
    await request(world, "61", "小雨", "赵一")
    await ready.teacher.in_private("/名册")
    assert "1 个认领申请" in ready.teacher.last.text
    await ready.teacher.press("看认领申请（1）")
    assert "赵一爷爷" in ready.teacher.last.text
    await ready.teacher.press("同意", on=ready.teacher.last)
    assert bound(world, ready, "赵一") == ["paternal_grandfather"]


async def test_asking_again_while_waiting(world: World) -> None:
    ready = await ready_class(world)
    user = await request(world, "61", "小雨", "赵一")
    await user.in_private("/认领 赵一 爷爷")
    await user.press("没有，请老师确认")
    assert "正在等老师确认" in user.last.text
    await user.in_private("/认领 赵一 爷爷 0000")  # the number settles it without the teacher
    await user.press("同意")
    assert bound(world, ready, "赵一") == ["paternal_grandfather"] and pending(world, ready) == 0
    assert not any("等您确认" in m.text for m in ready.teacher.inbox)


async def test_a_child_taken_off_the_roster_leaves_the_list(world: World) -> None:
    ready = await ready_class(world)
    user = await request(world, "61", "小雨", "赵一")
    await ready.teacher.in_private("/名册 删除 赵一")
    await ready.teacher.press("删除")
    assert pending(world, ready) == 0 and not any("赵一爷爷" in m.text for m in ready.teacher.inbox)
    await user.in_private("/认领 赵一 爷爷")
    assert "没有对上名册" in user.last.text


async def test_nothing_of_it_is_read_in_the_group(world: World) -> None:
    ready = await ready_class(world)
    typed = "/我是 赵一奶奶"
    await world.someone("61", "小雨").in_group(typed)
    await ready.mothers["李雷"].in_group("/bind 李雷 妈妈")
    await request(world, "62", "老王", "王芳")
    await ready.teacher.in_group("/名册")
    await ready.teacher.press("全部同意") if "全部同意" in ready.teacher.buttons() else None
    said = "\n".join(m.text for m in world.posted())
    assert not any(name in said for name in ready.students)


# --- two of one name ------------------------------------------------------------------------------


async def two_of_one_name(world: World, ready: ReadyClass) -> dict[str, int]:
    number(world, ready, "赵一", "01")
    with world.database.transaction() as records:
        row = StudentRow(classroom_id=ready.id, name="赵一", number="02", added_at=world.now())
        records.add(row)
        records.flush()
        records.add(Contact(student_id=row.id, relation="mother", phone="13912345678"))
        return {"01": ready.students["赵一"], "02": row.id}


async def test_the_number_says_which_of_two_of_one_name(world: World) -> None:
    ready = await ready_class(world)
    ids = await two_of_one_name(world, ready)
    user = await newcomer(world)
    await user.in_private("/认领 赵一 妈妈 5678")
    await user.press("同意")
    with world.database.transaction() as records:
        assert [g.student_id for g in guardians.active_of(records, ids["02"])] == [ids["02"]]
        assert guardians.active_of(records, ids["01"]) == []


async def test_without_a_number_the_teacher_says_which(world: World) -> None:
    ready = await ready_class(world)
    ids = await two_of_one_name(world, ready)
    await request(world, "61", "小雨", "赵一", "妈妈")
    assert ready.teacher.buttons() == ["同意 1 赵一 01妈妈", "同意 1 赵一 02妈妈", "拒绝 1"]
    await ready.teacher.press("同意 1 赵一 02")
    with world.database.transaction() as records:
        assert len(guardians.active_of(records, ids["02"])) == 1
        assert guardians.active_of(records, ids["01"]) == []


# --- who hears of it, and may take it back --------------------------------------------------------


async def bind_grandmother(world: World, ready: ReadyClass, child: str = "李雷") -> User:
    user = world.someone("61", "自称奶奶的人")
    await user.in_private(f"/start {student_token(world, ready, child)}")
    await user.press("奶奶")
    await user.press("同意")
    return user


async def test_the_other_guardians_and_the_teacher_hear_of_it(world: World) -> None:
    ready = await ready_class(world)
    await bind_grandmother(world, ready)
    for user in (ready.mothers["李雷"], ready.fathers["李雷"], ready.teacher):
        assert "李雷奶奶" in user.last.text and "自称奶奶的人" in user.last.text
        assert user.buttons() == ["撤销"]
    assert "李雷奶奶" not in ready.mothers["王芳"].heard
    assert "13800000000" not in ready.mothers["李雷"].heard


async def test_another_guardian_takes_it_back(world: World) -> None:
    ready = await ready_class(world)
    user = await bind_grandmother(world, ready)
    await ready.mothers["李雷"].press("撤销")
    assert bound(world, ready, "李雷") == ["mother", "father"]
    assert "李雷妈妈撤销了" in user.last.text
    assert "李雷妈妈撤销了李雷奶奶" in ready.teacher.last.text
    await ready.fathers["李雷"].press("撤销")
    assert "已经不在" in ready.fathers["李雷"].last.text


async def test_the_teacher_takes_it_back(world: World) -> None:
    ready = await ready_class(world)
    user = await bind_grandmother(world, ready)
    await ready.teacher.press("撤销")
    assert bound(world, ready, "李雷") == ["mother", "father"]
    assert "老师撤销了" in user.last.text


async def test_after_seven_days_it_stands(world: World) -> None:
    ready = await ready_class(world)
    await bind_grandmother(world, ready)
    await world.later(days=7, minutes=1)
    assert "过期" in await ready.mothers["李雷"].press("撤销")
    assert len(bound(world, ready, "李雷")) == 3


async def test_an_ended_guardian_takes_nothing_back(world: World) -> None:
    ready = await ready_class(world)
    await bind_grandmother(world, ready)
    with world.database.transaction() as records:
        for linked in guardians.active_of(records, ready.students["李雷"]):
            if linked.relation == "father":
                guardians.end(linked, world.now(), by=None)
    await ready.fathers["李雷"].press("撤销")
    assert "paternal_grandmother" in bound(world, ready, "李雷")
    assert "联系老师" in ready.fathers["李雷"].last.text


async def test_at_night_the_others_hear_of_it_in_the_morning(world: World) -> None:
    ready = await ready_class(world)
    await world.until(22)
    await bind_grandmother(world, ready)
    assert "李雷奶奶" not in ready.mothers["李雷"].heard
    await world.until(7, 1)
    assert "李雷奶奶" in ready.mothers["李雷"].heard


async def test_the_tag_beside_the_name(world: World) -> None:
    ready = await ready_class(world)
    user = await newcomer(world)
    await user.in_private("/认领 赵一 妈妈 0000")
    await user.press("同意")
    assert world.group.tags == {"61": "赵一妈妈"}
    await user.in_private("/认领 王芳 妈妈 0000")
    await user.press("同意")
    assert world.group.tags == {"61": "赵一王芳妈妈"}
    for word in ("撤销", "撤销"):
        await ready.teacher.press(word)
    assert world.group.tags["61"] in ("", "赵一妈妈", "王芳妈妈")


async def test_a_member_who_never_wrote_gets_the_tag_too(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["赵一"]
    await mother.in_private(f"/start {student_token(world, ready, '赵一')}")
    await mother.press("妈妈")
    await mother.press("同意")
    assert world.group.tags == {mother.sender.native: "赵一妈妈"}


async def test_no_tag_for_who_is_not_in_the_group_until_they_join(world: World) -> None:
    ready = await ready_class(world)
    user = await bind_grandmother(world, ready)
    assert world.group.tags == {}
    world.platform.join(user.sender, world.group)
    await world.settle()
    assert world.group.tags == {"61": "李雷奶奶"}
    world.platform.leave(user.sender, world.group)
    world.group.tags.clear()
    world.platform.join(user.sender, world.group)
    await world.settle()
    assert world.group.tags == {"61": "李雷奶奶"}


async def test_a_tag_that_is_refused_harms_nothing(world: World) -> None:
    ready = await ready_class(world)
    world.group.rights = frozenset()
    user = await newcomer(world)
    await user.in_private("/认领 赵一 妈妈 0000")
    await user.press("同意")
    assert bound(world, ready, "赵一") == ["mother"]


async def test_in_english(world: World) -> None:
    ready = await ready_class(world)
    with world.database.transaction() as records:
        found = classrooms.get(records, ready.id)
        row = records.get(StudentRow, ready.students["赵一"])
        assert found is not None and row is not None
        found.language, row.name = "en", "Li Na"
    user = world.someone("61", "Rain", language="en")
    await user.in_group("hello")
    await user.in_private("/bind mother of Li Na")
    await user.press("No, ask the teacher")
    assert "This is what is kept" in user.last.text
    await user.press("Accept")
    assert "Li Na's mother" in ready.teacher.last.text
    await ready.teacher.press("Accept 1")
    assert "you are Li Na's mother" in user.last.text


async def test_after_the_classs_link_the_command_does_as_well_as_the_bare_words(world: World) -> None:
    ready = await ready_class(world)
    new = world.someone("62", "不在群里的人")
    await new.in_private(f"/start {classroom_token(world, ready)}")
    await new.in_private("/认领 赵一 妈妈")
    await new.in_private("0000")
    assert "同意" in new.buttons()


async def test_without_the_link_the_command_of_a_stranger_says_nothing_of_any_child(world: World) -> None:
    await ready_class(world)
    new = world.someone("62", "不在群里的人")
    await new.in_private("/认领 赵一 妈妈")
    assert "同意" not in new.buttons() and "赵一" not in new.heard


async def test_the_question_that_waited_behind_the_door_goes_on(world: World) -> None:
    ready = await ready_class(world)
    number(world, ready, "赵一", "20230105")
    user = world.someone("62", "小赵")
    await user.in_group("/我是 赵一妈妈")
    await user.in_private("/start hi")
    assert len(user.inbox) == 1 and "学号" in user.last.text
    await user.in_private("20230105")
    await user.press("同意")
    assert bound(world, ready, "赵一") == ["mother"]


async def test_a_mothers_brother_is_no_fathers_brother(world: World) -> None:
    ready = await ready_class(world)
    user = await newcomer(world)
    await user.in_private(f"/start {student_token(world, ready, '赵一')}")
    await user.press("其他")
    await user.in_private("舅舅")
    await user.press("同意")
    assert "赵一 的舅舅" in user.last.text and "赵一舅舅" in ready.teacher.last.text


async def test_a_stranger_is_sent_to_the_group_or_a_link_only(world: World) -> None:
    stranger = world.someone("63", "路人")
    await stranger.in_private("/start")
    assert "“认领”按钮" in stranger.heard and "/认领" not in stranger.heard
    reader = world.someone("64", "Passer-by", "en")
    await reader.in_private("/start")
    assert "the button in the class group" in reader.heard and "/bind" not in reader.heard


# --- by just writing ------------------------------------------------------------------------------


async def test_who_just_writes_whose_parent_they_are_is_understood_days_later(world: World) -> None:
    ready = await ready_class(world)
    user = await newcomer(world)
    await world.later(days=4)
    await user.in_private("赵一 爷爷")
    await user.press("没有，请老师确认")
    await user.press("同意")
    assert pending(world, ready) == 1


async def test_any_other_words_are_answered_with_the_question(world: World) -> None:
    ready = await ready_class(world)
    user = await newcomer(world)
    await user.in_private("在吗")
    assert "哪位同学的家人" in user.last.text
    await user.in_private("赵一 爷爷")
    await user.press("没有，请老师确认")
    await user.press("同意")
    await user.in_private("什么时候能好？")
    assert "正在等老师确认" in user.last.text
    assert bound(world, ready, "赵一") == []


async def test_just_writing_is_no_way_to_try_names(world: World) -> None:
    await ready_class(world)
    user = await newcomer(world)
    for _ in range(codes.GUESSES):
        await user.in_private("钱多多 妈妈")
        await user.in_private("/help")
    await user.in_private("赵一 妈妈")
    assert "一小时" in user.last.text and not user.buttons()


async def test_who_is_outside_the_class_learns_nothing_by_writing(world: World) -> None:
    await ready_class(world)
    stranger = world.someone("77", "路人")
    await stranger.in_private("赵一 妈妈")
    assert "赵一" not in stranger.last.text
