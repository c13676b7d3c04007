"""Writing: commands offered, files, replies, edits, names; with the mouse and by keyboard alone."""

import re

from playwright.async_api import FilePayload, expect

from classroom.sheets.rosters import write_table
from tests.browser.conftest import OpenWindow

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def test_a_slash_offers_what_this_person_may_use_here(opened: OpenWindow) -> None:
    window = await opened("?as=wang")
    field = window.field("group")
    await field.press_sequentially("、表")
    await expect(window.options()).to_have_count(1)
    await expect(window.options()).to_contain_text("/表扬")
    await field.press("Tab")
    await expect(field).to_have_value("/表扬 ")
    await expect(window.options().first).to_be_hidden()
    await field.fill("/prai")
    await expect(window.options().first).to_contain_text("/表扬")
    await field.fill("/")
    offered = await window.options().count()
    await window.becomes("lei")
    await field.fill("")
    await field.fill("/")
    await expect(window.options().first).to_be_visible()
    assert await window.options().count() < offered
    await expect(window.pane("group").locator(".completion")).not_to_contain_text("/通知")
    await field.fill("")


async def test_english_names_come_first_on_an_english_page(opened: OpenWindow) -> None:
    window = await opened("?as=wang", locale="en-GB")
    await window.field("group").fill("/表")
    await expect(window.options().first).to_contain_text("/praise")
    await window.field("group").press("Enter")
    await expect(window.field("group")).to_have_value("/praise ")
    await window.field("group").fill("")


async def test_a_command_typed_to_its_end_is_sent_with_one_enter(opened: OpenWindow) -> None:
    window = await opened("?as=sun")
    await window.types("private", "/帮助")
    await window.settled("private", "/帮助")
    await window.sees("private", re.compile("/请假.*/留言", re.S))


async def test_enter_belongs_to_the_input_method_while_it_composes(opened: OpenWindow) -> None:
    window = await opened("?as=wang")
    field = window.field("group")
    await field.fill("ni hao")
    await field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    await expect(field).to_have_value("ni hao")
    await field.press("Shift+Enter")
    await field.press_sequentially("第二行")
    await expect(field).to_have_value("ni hao\n第二行")
    await field.press("Enter")
    await window.settled("group", "ni hao")


async def test_a_reply_shows_what_it_answers_and_leads_there(opened: OpenWindow) -> None:
    window = await opened("?as=zhou")
    asked = await window.says("group", "周五要带水彩笔吗？")
    await asked.hover()
    await asked.locator(".msg-more").click()
    await window.chooses("回复")
    await expect(window.pane("group").locator(".about")).to_contain_text("周五要带水彩笔吗？")
    answer = await window.says("group", "要带的，十二色就够。")
    quote = answer.locator(".quote")
    await expect(quote).to_contain_text("周五要带水彩笔吗？")
    await quote.click()
    await expect(window.messages("group", "周五要带水彩笔吗？").first).to_have_class(re.compile("found"))


async def test_ones_own_message_can_be_changed(opened: OpenWindow) -> None:
    window = await opened("?as=yang")
    await window.says("group", "我家七点五十到校门口")
    await window.field("group").press("ArrowUp")
    await expect(window.field("group")).to_have_value("我家七点五十到校门口")
    await window.types("group", "我家七点四十到校门口")
    changed = await window.sees("group", "我家七点四十到校门口")
    await expect(changed).to_contain_text("改过")
    await expect(window.messages("group", "我家七点五十到校门口")).to_have_count(0)


async def test_a_spreadsheet_becomes_the_roster(opened: OpenWindow) -> None:
    window = await opened("?as=wang")
    table = write_table(["姓名", "学号"], [["欧阳喆", "31"], ["堃堃", "32"]])
    await (
        window.pane("private")
        .locator("input[type=file]")
        .set_input_files({"name": "新生.xlsx", "mimeType": EXCEL, "buffer": table})
    )
    await expect(window.pane("private").locator(".chip[data-done='']")).to_contain_text("新生.xlsx")
    await window.pane("private").get_by_role("button", name="发送", exact=True).last.click()
    await window.sees("private", "新加 2 位")
    await expect(window.pane("private").locator(".document").last).to_contain_text("新生.xlsx")


async def test_more_files_than_one_message_takes(opened: OpenWindow) -> None:
    window = await opened("?as=wang")
    many: list[FilePayload] = [
        {"name": f"{n}.txt", "mimeType": "text/plain", "buffer": b"words"} for n in range(12)
    ]
    await window.pane("private").locator("input[type=file]").set_input_files(many)
    await expect(window.page.locator(".toast")).to_contain_text("最多 10 个")
    await expect(window.pane("private").locator(".chip[data-done='']")).to_have_count(10)
    await window.pane("private").locator(".chip button").first.click()
    await expect(window.pane("private").locator(".chip")).to_have_count(9)


async def test_a_photo_is_seen_by_the_others_and_opens_large(opened: OpenWindow) -> None:
    window, other = await opened("?as=wang"), await opened("?as=han")
    picture: FilePayload = {
        "name": "运动会.png",
        "mimeType": "image/png",
        "buffer": await window.page.screenshot(),
    }
    await window.pane("group").locator("input[type=file]").set_input_files(picture)
    await expect(window.pane("group").locator(".chip[data-done='']")).to_be_visible()
    await window.says("group", "运动会的一张照片")
    photo = (await other.sees("group", "运动会的一张照片")).locator(".photo")
    await photo.click()
    await expect(other.page.locator("dialog img")).to_be_visible()
    wide = await other.page.locator("dialog img").evaluate(
        "async img => { await img.decode(); return img.naturalWidth }"
    )
    assert wide == 1440
    await other.page.keyboard.press("Escape")
    await expect(other.page.locator("dialog")).to_have_count(0)


async def test_a_name_is_changed_the_group_left_and_joined_the_bot_blocked(opened: OpenWindow) -> None:
    window = await opened("?as=ad")
    await expect(window.pane("group").locator(".barred")).to_contain_text("不在群里")
    await window.pane("group").get_by_role("button", name="加入群").click()
    await expect(window.field("group")).to_be_focused()
    await window.page.locator(".person-more").click()
    await window.chooses("改名字")
    await window.page.locator("dialog input").fill("路过的人")
    await window.page.locator("dialog input").press("Enter")
    await expect(window.person("ad")).to_contain_text("路过的人")
    await window.pane("private").get_by_role("button", name="开始").click()
    await window.settled("private", "/start")
    await window.page.locator(".person-more").click()
    await window.chooses("屏蔽班务助手")
    await window.pane("private").get_by_role("button", name="解除屏蔽").click()
    await expect(window.field("private")).to_be_visible()
    await window.page.locator(".person-more").click()
    await window.chooses("退出群")
    await expect(window.pane("group").locator(".barred")).to_contain_text("不在群里")


async def test_by_keyboard_alone(opened: OpenWindow) -> None:
    window = await opened("?as=wang")
    keys = window.page.keyboard
    await keys.press("Control+4")
    await window.is_now("lei")
    await keys.press("Control+1")
    await window.is_now("wang")
    await keys.press("F6")
    await expect(window.field("group")).to_be_focused()
    await keys.press("F6")
    await expect(window.field("private")).to_be_focused()
    await keys.type("/tongzhi-no")
    await keys.press("Control+a")
    await keys.type("/通")
    await keys.press("Enter")
    await keys.type("周三带跳绳。")
    await keys.press("Enter")
    await window.sees("private", re.compile("周三带跳绳.*发送", re.S))
    await keys.press("Shift+ArrowUp")  # from the composer into the messages
    await keys.press("ArrowUp")
    await keys.press("Enter")
    await expect(window.page.locator(".key:focus")).to_have_text("发送")
    await keys.press("Enter")
    await window.sees("group", "周三带跳绳。")
    await keys.press("Escape")
    await expect(window.field("private")).to_be_focused()
    await keys.press("Control+k")
    await expect(window.page.locator(".try:focus")).to_have_count(1)


async def test_tab_reaches_everything_and_never_gets_stuck(opened: OpenWindow) -> None:
    window = await opened("?as=wang")
    reached: list[str] = []
    for _ in range(90):
        await window.page.keyboard.press("Tab")
        reached.append(
            await window.page.evaluate("document.activeElement.className || document.activeElement.tagName")
        )
    for wanted in ("person", "try", "turn", "log", "field", "pin-line"):
        assert any(wanted in one.split() for one in reached), wanted


async def test_what_goes_on_inside_is_shown_while_it_happens(opened: OpenWindow) -> None:
    window = await opened("?as=zhou")
    await window.page.keyboard.press("Control+.")
    hood = window.page.locator("#hood")
    await expect(hood).to_be_visible()
    await window.says("group", "明天谁去接送？")
    await expect(hood.locator("li[data-kind=event]").last).to_contain_text("handled")
    await hood.get_by_role("button", name="送出").click()
    await expect(hood.locator("li[data-kind=event]").first).to_be_hidden()
    await hood.locator("header").get_by_role("button", name="关闭").click()
    await expect(hood).to_be_hidden()
