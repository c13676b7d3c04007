"""Two windows are two people in the same class."""

import re

from playwright.async_api import expect

from tests.browser.conftest import OpenWindow


async def test_two_people_see_the_same_new_message(opened: OpenWindow) -> None:
    wang, lei = await opened("?as=wang"), await opened("?as=lei")
    await wang.says("group", "今天体育课改在下午第二节。")
    theirs = await lei.sees("group", "今天体育课改在下午第二节。")
    await expect(theirs).to_have_class(re.compile("theirs"))
    await expect(wang.last("group", "今天体育课改在下午第二节。")).to_have_class(re.compile("own"))


async def test_a_press_in_one_window_counts_in_the_other(opened: OpenWindow) -> None:
    wang, chen = await opened("?as=wang"), await opened("?as=chen")
    await wang.says("private", "/通知 周四交手工作业的材料。")
    await wang.presses("private", "发送")
    notice = await wang.sees("group", "周四交手工作业的材料。")
    await expect(notice).to_contain_text(re.compile(r"收到 0/1\d"))
    await chen.presses("group", re.compile(r"收到 0/1\d"))
    await expect(notice).to_contain_text(re.compile(r"收到 2/1\d"))  # both of her children
    await expect(chen.page.locator(".toast")).to_be_visible()


async def test_what_was_removed_keeps_its_words_for_the_author_alone(opened: OpenWindow) -> None:
    wang, han = await opened("?as=wang"), await opened("?as=han")
    await wang.types("group", "/私聊 李雷 今天又没有带尺子。")
    own = await wang.sees("group", "只有您看得到")
    await expect(own).to_contain_text("今天又没有带尺子。")
    await wang.sees("private", "给李雷家长的草稿")
    await expect(han.messages("group").last).to_contain_text("班务助手撤下了这条消息")
    assert "没有带尺子" not in await han.page.content()
    await wang.presses("private", "取消")


async def test_somebody_elses_private_message_is_told_by_a_badge_not_by_its_words(opened: OpenWindow) -> None:
    wang = await opened("?as=wang")
    await wang.says("private", "/私聊 张小明 今天借了同学的书，忘了还。")
    await wang.presses("private", "发送")
    await expect(wang.person("zhang").locator(".badge")).to_have_text(re.compile(r"\d"))
    await wang.becomes("zhang")
    await wang.sees("private", "老师给您的留言")
    await expect(wang.person("zhang").locator(".badge")).to_have_count(0)


async def test_reload_in_the_middle_of_a_dialogue(opened: OpenWindow) -> None:
    wang = await opened("?as=wang")
    await wang.says("private", "/私聊 孙悦")
    await wang.sees("private", "想和孙悦的家长说什么")
    await wang.field("private").fill("最近上课")
    await wang.page.reload()
    await wang.is_now("wang")
    await expect(wang.field("private")).to_have_value("最近上课")
    await wang.types("private", "最近上课常常走神，我们一起想想办法。")
    await wang.sees("private", re.compile("草稿.*常常走神", re.S))
    await wang.presses("private", "取消")


async def test_a_window_knows_who_it_is_by_its_address(opened: OpenWindow) -> None:
    window = await opened("?as=han#private")
    await window.is_now("han")
    await window.becomes("lei")
    await expect(window.page).to_have_url(re.compile("as=lei"))
    await window.page.reload()
    await window.is_now("lei")


async def test_the_classs_link_leads_whoever_presses_it_to_private(opened: OpenWindow) -> None:
    wang, wu = await opened("?as=wang"), await opened("?as=wu")
    await wang.says("private", "/名册")
    link = (await wang.sees("private", "全班家长的认领链接")).locator(".link")
    await wang.says("group", f"还没认领的家长请点：{await link.inner_text()}")
    await (await wu.sees("group", "还没认领的家长请点")).locator(".link").click()
    await wu.sees("private", "哪位同学的家人")
    invited = await opened("?as=wu&start=" + (await link.inner_text()).partition("start=")[2])
    await expect(invited.messages("private", "哪位同学的家人")).to_have_count(2)
    await expect(invited.page).not_to_have_url(re.compile("start="))
