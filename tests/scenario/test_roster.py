"""A teacher keeps the roster: by names, by files, and sees who is not reached yet."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from bot.platforms.web import Shown
from classroom.people import Role
from storage import classrooms, guardians, identity, rosters
from tests.ready import ReadyClass, ready_class
from tests.world import User, World

HEADER = ["姓名", "学号", "别名", "家长", "关系", "手机"]


def sheet(*rows: list[str | None], header: list[str] | None = None) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in [header or HEADER, *rows]:
        page.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


async def send(world: World, user: User, data: bytes, filename: str = "名单.xlsx") -> str:
    await user.in_private("", files=[world.platform.file(data, filename)])
    return user.last.text


def names(world: World, ready: ReadyClass) -> list[tuple[str, str | None]]:
    with world.database.transaction() as records:
        return [(row.name, row.number) for row in rosters.rows_of(records, ready.id)]


def phones(world: World, ready: ReadyClass, name: str) -> list[tuple[str | None, str | None, str | None]]:
    with world.database.transaction() as records:
        row = next(r for r in rosters.rows_of(records, ready.id) if r.name == name)
        return [(c.name, c.relation, c.phone) for c in guardians.contacts_of(records, row.id)]


def enclosed(world: World, shown: Shown) -> bytes:
    return world.platform.files[f"sent:{shown.ref}:{shown.files[0]}"]


# --- bare: the coverage ---------------------------------------------------------------------------


async def test_bare_roster_shows_who_is_not_reached_and_the_link(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/名册")
    assert "5 位同学，4 位" in ready.teacher.last.text
    assert "还没联系上的 1 位：赵一" in ready.teacher.last.text
    assert "https://web.example/class_bot?start=" in ready.teacher.last.text


async def test_a_parent_who_blocked_the_bot_is_not_reached(world: World) -> None:
    ready = await ready_class(world)
    world.platform.block(ready.mothers["王芳"].sender)
    await ready.teacher.in_private("/roster")
    assert "赵一" in ready.teacher.last.text and "王芳" in ready.teacher.last.text


async def test_the_link_stays_the_same(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/roster")
    await ready.teacher.in_private("/roster")
    links = [line for line in ready.teacher.heard.splitlines() if "start=" in line]
    assert len(links) == 2 and len(set(links)) == 1


async def test_typed_in_the_group_it_is_answered_in_private(world: World) -> None:
    ready = await ready_class(world)
    before = len(world.posted())
    await ready.teacher.in_group("/名册")
    assert "赵一" in ready.teacher.last.text
    assert len(world.posted()) == before


async def test_a_teacher_whose_door_is_shut_gets_a_pointer_and_later_the_answer(world: World) -> None:
    ready = await ready_class(world)
    newcomer = world.someone("13", "新来的老师")
    with world.database.transaction() as records:
        account = identity.meet_account(records, "web", newcomer.sender, world.now())
        classrooms.grant(records, ready.id, account.person_id, Role.TEACHER, world.now(), by=None)
    await newcomer.in_group("/名册")
    assert "私聊" in world.posted()[-1].text and "赵一" not in world.posted()[-1].text
    await newcomer.in_private("/help")
    assert any("赵一" in m.text for m in newcomer.inbox)


async def test_an_empty_roster_says_how_to_begin(world: World) -> None:
    ready = await ready_class(world)
    for name in ready.students:
        await ready.teacher.in_private(f"/名册 删除 {name}")
        await ready.teacher.press("删除")
    await ready.teacher.in_private("/名册")
    assert "/名册 添加" in ready.teacher.last.text
    await ready.teacher.in_private("/名册 导出")
    assert "/名册 添加" in ready.teacher.last.text


async def test_a_parent_may_not_see_the_roster(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/roster")
    assert "韩梅梅" not in ready.mothers["李雷"].last.text
    assert "/help" in ready.mothers["李雷"].last.text


# --- adding ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["/roster add 孙一 周二", "/名册添加孙一、周二", "/名单 加 孙一，周二", "、名册 添加 孙一\n周二"],
)
async def test_adding_names(world: World, typed: str) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private(typed)
    assert "已加入 2 位：孙一、周二" in ready.teacher.last.text
    assert [n for n, _ in names(world, ready)][-2:] == ["孙一", "周二"]


async def test_adding_with_numbers_and_twice(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/名册 添加 孙一(20230107) 周二 20230108")
    assert names(world, ready)[-2:] == [("孙一", "20230107"), ("周二", "20230108")]
    await ready.teacher.in_private("/名册 添加 孙一(20230107) 李雷")
    assert "已经在名册上：孙一、李雷" in ready.teacher.last.text and "学号" in ready.teacher.last.text
    assert len(names(world, ready)) == 7


async def test_two_students_of_one_name_need_a_number(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/名册 添加 李雷")
    assert len(names(world, ready)) == 5
    await ready.teacher.in_private("/名册 添加 李雷(01)")  # the one who is there gets the number
    assert "补上了学号：李雷 01" in ready.teacher.last.text
    await ready.teacher.in_private("/名册 添加 李雷(02)")
    assert [n for n in names(world, ready) if n[0] == "李雷"] == [("李雷", "01"), ("李雷", "02")]
    await ready.teacher.in_private("/名册 添加 李雷")
    assert "请带上学号" in ready.teacher.last.text


async def test_a_number_of_another_child_is_refused(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/名册 添加 孙一(07)")
    await ready.teacher.in_private("/名册 添加 周二(07) 吴三")
    assert "学号 07" in ready.teacher.last.text and "吴三" in ready.teacher.last.text
    assert [n for n, _ in names(world, ready)][-2:] == ["孙一", "吴三"]


@pytest.mark.parametrize(
    ("name", "word"), [("😀😀", "不像名字"), ("字" * 41, "太长"), ("孙\x07一", "看不见"), ("孙一😀", "表情")]
)
async def test_bad_names_are_refused_and_the_good_ones_stand(world: World, name: str, word: str) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private(f"/名册 添加 {name} 周二")
    assert "周二" in ready.teacher.last.text and "没有加上" in ready.teacher.last.text
    assert [n for n, _ in names(world, ready)][-1] == "周二" and len(names(world, ready)) == 6


async def test_markup_in_a_name_is_shown_as_typed(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/名册 添加 <b>孙一</b>")
    assert "<b>孙一</b>" in ready.teacher.last.text


async def test_too_many_names_at_once_add_none(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/名册 添加 " + " ".join(f"同学{chr(0x4E00 + i)}" for i in range(201)))
    assert "200" in ready.teacher.last.text and len(names(world, ready)) == 5


@pytest.mark.parametrize("typed", ["/名册 添加", "/名册 删除", "/名册 张小明", "/名册 导入"])
async def test_half_a_command_says_how_it_goes(world: World, typed: str) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private(typed)
    assert "名册" in ready.teacher.last.text or "Excel" in ready.teacher.last.text
    assert len(names(world, ready)) == 5


# --- removing -------------------------------------------------------------------------------------


async def test_removing_asks_first_and_ends_access(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/名册 删除 李雷")
    assert "2 位家长" in ready.teacher.last.text
    assert len(names(world, ready)) == 5
    await ready.teacher.press("删除")
    assert "已从名册上删除：李雷" in ready.teacher.last.text
    assert "李雷" not in [n for n, _ in names(world, ready)]
    with world.database.transaction() as records:
        assert guardians.active_of(records, ready.students["李雷"]) == []
        assert guardians.contacts_of(records, ready.students["李雷"]) == []


async def test_removing_may_be_thought_better_of(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/roster remove 李雷")
    await ready.teacher.press("取消")
    assert len(names(world, ready)) == 5 and "没有改动" in ready.teacher.last.text
    toast = await ready.teacher.press("删除") if "删除" in ready.teacher.buttons() else "gone"
    assert toast and len(names(world, ready)) == 5


async def test_removing_somebody_unknown_offers_the_closest(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/名册 删除 李蕾")
    assert "没有“李蕾”" in ready.teacher.last.text and ready.teacher.buttons() == ["李雷"]
    await ready.teacher.press("李雷")
    await ready.teacher.press("删除")
    assert "李雷" not in [n for n, _ in names(world, ready)]


async def test_removing_one_of_two_of_a_name_asks_which(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/名册 添加 李雷(01)")
    await ready.teacher.in_private("/名册 添加 李雷(02)")
    await ready.teacher.in_private("/名册 删除 李雷")
    assert ready.teacher.buttons() == ["李雷 01", "李雷 02"]
    await ready.teacher.press("李雷 02")
    await ready.teacher.press("删除")
    assert [n for n in names(world, ready) if n[0] == "李雷"] == [("李雷", "01")]


# --- files out ------------------------------------------------------------------------------------


async def test_export_comes_as_a_file_that_can_be_imported_again(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/名册 导出")
    assert ready.teacher.last.files == ("名册-三年级2班.xlsx",)
    data = enclosed(world, ready.teacher.last)
    cells = [[c.value for c in row] for row in load_workbook(io.BytesIO(data)).worksheets[0]]
    assert ["李雷", None, None, "李雷妈妈", "妈妈", "13800000000", "是"] in cells
    assert ["李雷", None, None, None, "爸爸", None, "是"] in cells
    text = await send(world, ready.teacher, data)
    assert "新加 0 位，更新 0 位，没有变化 5 位" in text


async def test_each_child_has_a_link_of_its_own(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/名册 链接")
    shown = ready.teacher.last
    assert shown.text.count("start=") == 5 and shown.files == ("学生链接-三年级2班.xlsx",)
    book = load_workbook(io.BytesIO(enclosed(world, shown)))
    links = [row[2].value for row in book.worksheets[0]][1:]
    assert len(set(links)) == 5
    await ready.teacher.in_private("/roster links")
    assert all(str(link) in ready.teacher.last.text for link in links)


async def test_the_buttons_under_the_coverage(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/名册")
    await ready.teacher.press("导出名册")
    assert ready.teacher.last.files
    await ready.teacher.press("每个孩子的链接")
    assert "start=" in ready.teacher.last.text


# --- files in -------------------------------------------------------------------------------------


async def test_a_spreadsheet_sent_in_private_is_an_import(world: World) -> None:
    ready = await ready_class(world)
    data = sheet(
        ["孙一", "20230107", "一一", "孙爸", "爸爸", "13911112222"],
        ["李雷", "20230108", None, "李妈", "妈妈", "13933334444"],
        ["张小明", None, None, None, None, None],
        [None, "20230109", None, None, None, None],
        ["周二", None, None, "周妈", "妈妈", "电话"],
    )
    text = await send(world, ready.teacher, data)
    assert "新加 1 位，更新 1 位，没有变化 1 位" in text
    assert "第 5 行" in text and "第 6 行" in text and "电话" in text
    assert names(world, ready)[-1] == ("孙一", "20230107")
    assert phones(world, ready, "孙一") == [("孙爸", "father", "13911112222")]
    again = await send(world, ready.teacher, data)
    assert "新加 0 位，更新 0 位，没有变化 3 位" in again
    assert len(phones(world, ready, "李雷")) == 2  # 李妈 and the 李雷妈妈 who was there


async def test_an_import_completes_what_is_known(world: World) -> None:
    ready = await ready_class(world)
    await send(world, ready.teacher, sheet(["孙一", None, None, None, "妈妈", "13911112222"]))
    await send(world, ready.teacher, sheet(["孙一", "07", None, "孙妈", "妈妈", "13955556666"]))
    assert phones(world, ready, "孙一") == [("孙妈", "mother", "13955556666")]
    assert ("孙一", "07") in names(world, ready)


async def test_several_contacts_of_one_child_and_again(world: World) -> None:
    ready = await ready_class(world)
    data = sheet(
        ["孙一", "07", None, "孙妈", "妈妈", "13911112222"],
        ["孙一", "07", None, "孙爸", "爸爸", "13911112222"],
    )
    assert "新加 1 位" in await send(world, ready.teacher, data)
    assert len(phones(world, ready, "孙一")) == 2
    assert "没有变化 1 位" in await send(world, ready.teacher, data)
    assert len(phones(world, ready, "孙一")) == 2


async def test_two_of_one_name_whose_families_are_bound_are_not_guessed(world: World) -> None:
    ready = await ready_class(world)
    data = sheet(["李雷", "01"] + [None] * 4, ["李雷", "02"] + [None] * 4)
    text = await send(world, ready.teacher, data)
    assert "有几位同学叫李雷" in text and "第 2 行" in text and "第 3 行" in text
    await ready.teacher.in_private("/名册 添加 李雷(01)")
    assert "新加 1 位，更新 0 位，没有变化 1 位" in await send(world, ready.teacher, data)


async def test_csv_works_too_and_a_photo_is_not_a_roster(world: World) -> None:
    ready = await ready_class(world)
    assert "新加 2 位" in await send(world, ready.teacher, "姓名\n孙一\n周二\n".encode("gb18030"), "名单.csv")
    photo = world.platform.file(b"\x89PNG", "photo.png", "photo")
    await ready.teacher.in_private("", files=[photo])
    assert "名册" not in ready.teacher.last.text


@pytest.mark.parametrize(
    ("data", "filename", "word"),
    [
        (b"\x00\x01\x02" * 50, "a.xlsx", "不是表格"),
        (b"", "a.xlsx", "什么都没有"),
        (sheet(["1", "2"], header=["a", "b"]), "a.xlsx", "姓名"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "xls"),
        (b"PK\x03\x04 broken", "a.xlsx", "坏了"),
        (b"x" * (5 * 1024 * 1024 + 1), "a.xlsx", "5 MB"),
    ],
)
async def test_files_that_cannot_be_read(world: World, data: bytes, filename: str, word: str) -> None:
    ready = await ready_class(world)
    assert word in await send(world, ready.teacher, data, filename)
    assert len(names(world, ready)) == 5


async def test_a_zip_bomb_is_refused(world: World) -> None:
    ready = await ready_class(world)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024 * 1024))
    assert "太大" in await send(world, ready.teacher, buffer.getvalue())


async def test_a_parents_spreadsheet_is_no_import(world: World) -> None:
    ready = await ready_class(world)
    await send(world, ready.mothers["李雷"], sheet(["孙一"] + [None] * 5))
    assert len(names(world, ready)) == 5


async def test_a_teacher_of_two_classes_is_asked_which(world: World) -> None:
    ready = await ready_class(world)
    with world.database.transaction() as records:
        other = classrooms.create(
            records,
            "四年级1班",
            world.now(),
            language="zh_CN",
            timezone="Asia/Shanghai",
            country="CN",
            by=None,
        )
        account = identity.meet_account(records, "web", ready.teacher.sender, world.now())
        classrooms.grant(records, other.id, account.person_id, Role.TEACHER, world.now(), by=None)
    await send(world, ready.teacher, sheet(["孙一"] + [None] * 5))
    assert ready.teacher.buttons() == ["三年级2班", "四年级1班"]
    await ready.teacher.press("四年级1班")
    assert "四年级1班" in ready.teacher.last.text and "新加 1 位" in ready.teacher.last.text
    with world.database.transaction() as records:
        assert [row.name for row in rosters.rows_of(records, other.id)] == ["孙一"]
    assert len(names(world, ready)) == 5


async def test_five_thousand_rows_take_three_seconds(world: World) -> None:
    ready = await ready_class(world)
    rows = "".join(f"学生{i:05d},{i},,家长{i},妈妈,139{i:08d}\n" for i in range(5000))
    data = (",".join(HEADER) + "\n" + rows).encode()
    started = time.process_time()  # what others do on this machine is not counted
    text = await send(world, ready.teacher, data, "名单.csv")
    assert "新加 5000 位" in text
    assert time.process_time() - started < 4


async def test_in_english(world: World) -> None:
    ready = await ready_class(world)
    with world.database.transaction() as records:
        found = classrooms.get(records, ready.id)
        assert found is not None
        found.language = "en"
    await ready.teacher.in_private("/roster add Tom Lee, Ann Smith (12)")
    assert "Added 2: Tom Lee, Ann Smith" in ready.teacher.last.text
    await ready.teacher.in_private("/roster")
    assert "7 students, and for 4" in ready.teacher.last.text
    assert "Added 1" in await send(world, ready.teacher, b"name\nJoe\n", "class.csv")
    await ready.teacher.in_private("/roster remove Tom Lee")
    await ready.teacher.press("Remove")
    assert "Removed from the roster: Tom Lee" in ready.teacher.last.text
