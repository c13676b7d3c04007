"""Phones with WeChat: what they show, and the page that opens from them while the class looks on."""

import re

from playwright.async_api import expect

from tests.browser.conftest import PHONE, OpenWindow
from tests.browser.test_looks import overflow

COUNT = re.compile(r"收到 (\d+)/12")


async def test_a_press_on_the_page_is_counted_in_the_group_at_once(opened: OpenWindow) -> None:
    wang, father = await opened("?as=wang"), await opened("?as=zhaoba")
    pinned = wang.pane("group").locator(".key").filter(has_text=COUNT).first
    before = COUNT.search(await pinned.inner_text())
    assert before
    link = father.messages("private", "下周四（秋游）").last.locator("a")
    async with father.page.context.expect_page() as opening:
        await link.click()
    page = await opening.value
    assert await page.evaluate("innerWidth") < 500  # as large as a phone, beside the class
    await page.get_by_role("button", name="收到").click()
    await expect(page.locator(".note")).to_contain_text("赵一诺")
    await expect(pinned).to_contain_text(f"收到 {int(before[1]) + 1}/12")


async def test_school_notices_are_read_and_not_answered(opened: OpenWindow) -> None:
    wang, mother = await opened("?as=wang"), await opened("?as=fangma#private", size=PHONE, touch=True)
    await wang.says("private", "/通知 [给 王芳] 明天带一张一寸照片。")
    await wang.presses("private", "发送")
    notice = await mother.sees("private", "明天带一张一寸照片。")
    await expect(mother.field("private")).to_be_hidden()
    await expect(mother.pane("private").locator(".barred")).to_contain_text("不能回话")
    foot = notice.locator(".card-foot")
    box = await foot.bounding_box()
    assert box and box["height"] >= 44 and await overflow(mother) == 0
    await foot.focus()
    async with mother.page.context.expect_page() as opening:
        await mother.page.keyboard.press("Enter")
    page = await opening.value
    await expect(page.locator(".words")).to_contain_text("一寸照片")
