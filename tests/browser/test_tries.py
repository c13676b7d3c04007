"""Every thing to try, clicked in order as a school day; what it promises is seen by whom it concerns."""

import re
from datetime import datetime, timedelta

from playwright.async_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.window import Window

Seen = tuple[str, str, str]
"""Who looks, in which chat, and what is there (a regular expression)."""

CHINESE: dict[str, list[Seen]] = {
    "notice": [("wang", "group", "通知 2.*15:30.*收到 0/12"), ("wang", "private", "通知 2 已经发出")],
    "got": [("lei", "group", "通知 2.*收到 1/12")],
    "ack": [("zhang", "group", "收到.*👍"), ("zhang", "group", "通知 2.*收到 2/12")],
    "praise": [
        ("lei", "group", "为李雷、韩梅梅点赞"),
        ("han", "private", "表扬了韩梅梅"),
        ("lei", "private", "表扬了李雷"),
    ],
    "marks": [("han", "group", "撤下了这条消息"), ("wang", "private", "分数或名次.*改为私信")],
    "concern": [("wang", "private", "给李雷家长的草稿"), ("wang", "private", "发给谁.*发送.*修改.*取消")],
    "send_concern": [
        ("lei", "private", "老师给您的留言.*今天上课"),
        ("wang", "private", "李雷妈妈已经看到第 2 条留言"),
    ],
    "wrong_name": [("zhao", "group", "要带跳绳"), ("zhao", "private", "请认领孩子")],
    "bind": [
        ("zhao", "private", "您是 三年级2班 赵一诺 的妈妈"),
        ("wang", "private", "赵一诺妈妈刚刚认领了"),
    ],
    "ad": [("lei", "group", "优学教育小陈.*撤下了这条消息"), ("wang", "private", "像是广告.*恢复.*确认")],
    "fake": [("wang", "group", "撤下了这条消息"), ("lei", "private", "先打电话问老师本人")],
    "worry": [("wang", "group", "最近作业有点多")],
    "quarrel": [("wang", "private", "有点急了|歇"), ("wang", "group", "大家先歇一歇")],
    "leave": [("zhang", "private", "准假了"), ("wang", "private", "请假.*张小明.*去看牙")],
    "message": [("lei", "private", "老师的回复.*门卫"), ("wang", "private", "李雷.*孩子爷爷去接")],
    "poll": [("han", "group", "亲子运动会放在哪天？.*匿名投票.*已投 5/11 户")],
    "roster": [("wang", "private", "新加 1 位.*第 3 行")],
    "nudge": [("han", "private", "韩梅梅家长您好.*收到")],
    "receipts": [("wang", "private", "通知 2.*还没回的.*13800001003")],
    "quiet": [("wang", "private", "家长留言.*自己的书")],
    "close": [("han", "group", "投票结果：亲子运动会放在哪天？.*3 票 60%.*参与率")],
    "phones": [
        ("fangma", "private", "王芳家长您好.*接种本.*点这里"),
        ("zhaoba", "private", "学校消息提醒.*您有一条班级消息"),
        ("zhouba", "private", "周子涵家长您好.*接种本"),
    ],
    "school": [("wang", "private", "收到 1/3.*已经收到：王芳")],
    "card": [("zhouba", "private", "接种本.*已记为收到.*已处理")],
    "knock": [("zhaoba", "private", "学校消息提醒"), ("wang", "private", "关于赵一诺，发给：赵一诺爸爸")],
}

ENGLISH: dict[str, list[Seen]] = {
    "notice": [("wang", "group", "Notice 2.*15:30.*0/12")],
    "got": [("lei", "group", "Notice 2.*1/12")],
    "ack": [("zhang", "group", "Notice 2.*2/12")],
    "praise": [("lei", "group", "Liam Reed.*Olivia Hayes.*relay")],
    "concern": [("wang", "private", "reminded twice")],
    "send_concern": [("lei", "private", "reminded twice")],
    "poll": [("han", "group", "family sports day.*5/11")],
    "knock": [("zhaoba", "private", "A message from school")],
}

CRITICISM = ("被提醒了两次", "61 分", "有点犯困", "reminded twice", "sleepy in class")


async def holds(window: Window, seen: Seen) -> None:
    native, chat, text = seen
    await window.becomes(native)
    await window.sees(chat, re.compile(text, re.S))


async def lived_through(window: Window, bystander: Window, promised: dict[str, list[Seen]]) -> None:
    """Click one thing after the other; who has nothing to do with it must not read any criticism."""
    for step, wanted in promised.items():
        await window.tries(step)
        for seen in wanted:
            await holds(window, seen)
    spoken = await bystander.page.locator("body").inner_text()
    assert [words for words in CRITICISM if words in spoken] == []


async def test_a_school_day_click_by_click(fresh: str, opened: OpenWindow) -> None:
    window, bystander = await opened("?as=wang", home=fresh), await opened("?as=fang", home=fresh)
    await lived_through(window, bystander, CHINESE)
    await expect(window.page.locator(".try:not([data-done=yes])")).to_have_count(0)
    await expect(bystander.pane("group").locator(".bar")).to_have_count(
        12
    )  # two polls, each where it was and as a result
    await turned(window)


async def turned(window: Window) -> None:
    """An hour more, and then to what comes next, which is on the list."""
    clock = window.page.locator(".now-time")
    before = datetime.fromisoformat(await clock.get_attribute("datetime") or "")
    await window.page.get_by_role("button", name="过一小时").click()
    later = (before + timedelta(hours=1)).isoformat()[:13]  # its minutes go on meanwhile
    await expect(clock).to_have_attribute("datetime", re.compile(later))
    first = window.page.locator(".agenda li time").first
    await window.page.wait_for_function(  # the list is drawn a moment after the clock
        """() => new Date(document.querySelector(".agenda li time").dateTime)
                 > new Date(document.querySelector(".now-time").dateTime)"""
    )
    coming = await first.get_attribute("datetime")
    await window.page.get_by_role("button", name="到下一件").click()
    await expect(clock).to_have_attribute("datetime", re.compile((coming or "?")[:16]))


async def test_the_same_in_english_after_starting_over(fresh: str, opened: OpenWindow) -> None:
    window = await opened("?as=wang", locale="en-GB", home=fresh)
    await expect(window.pane("group").locator("h2")).to_have_text("三年级2班家长群")
    await window.starts_over()
    await expect(window.pane("group").locator("h2")).to_have_text("Class 3.2 parents")
    bystander = await opened("?as=fang", locale="en-GB", home=fresh)
    await lived_through(window, bystander, ENGLISH)
