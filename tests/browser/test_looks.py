"""How it looks: a phone, a tablet, both languages, both themes; and the pictures of the README."""

import contextlib
import os
import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.browser.conftest import PHONE, OpenWindow
from tests.browser.window import Window

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


async def overflow(window: Window) -> int:
    wide: int = await window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wide


async def test_on_a_phone_one_place_at_a_time(opened: OpenWindow) -> None:
    window = await opened("?as=chen", size=PHONE, touch=True)
    tabs = window.page.locator(".tab")
    await expect(tabs).to_have_count(4)
    await expect(window.pane("group")).to_be_visible()
    await expect(window.pane("private")).to_be_hidden()
    for tab, shown in (("private", ".pane[data-chat=private]"), ("try", ".tries"), ("clock", ".clock")):
        await window.page.locator(f".tab[data-tab={tab}]").tap()
        await expect(window.page.locator(shown)).to_be_visible()
        assert await overflow(window) == 0
    await window.page.locator(".tab[data-tab=group]").tap()
    await window.says("group", "手机上也能说话")
    box = await window.field("group").bounding_box()
    assert box and box["y"] + box["height"] <= PHONE[1]


async def test_on_a_phone_everything_is_large_enough_for_a_thumb(opened: OpenWindow) -> None:
    window = await opened("?as=wang", size=PHONE, touch=True)
    small = []
    for tab in ("group", "private", "try", "clock"):
        await window.page.locator(f".tab[data-tab={tab}]").tap()
        small += await window.page.evaluate(
            """() => [...document.querySelectorAll('button, a[href], textarea, summary')]
                .filter(e => e.offsetParent && !e.closest('.text, .quote, .photo'))
                .map(e => [e.className || e.tagName, e.getBoundingClientRect()])
                .filter(([, box]) => box.width < 44 || box.height < 44)
                .map(([name, box]) => `${name} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
        )
    assert small == []


async def test_on_a_phone_a_badge_tells_of_what_is_elsewhere(opened: OpenWindow) -> None:
    phone = await opened("?as=fang#private", size=PHONE, touch=True)
    other = await opened("?as=sun")
    await other.says("group", "有人看到操场边的蓝色水壶吗？")
    badge = phone.page.locator(".tab[data-tab=group] .badge")
    await expect(badge).to_have_text(re.compile(r"[1-9]"))
    await phone.page.locator(".tab[data-tab=group]").tap()
    await phone.sees("group", "蓝色水壶")
    await expect(badge).to_have_count(0)


async def test_a_phone_is_somebody_else_with_two_taps(opened: OpenWindow) -> None:
    window = await opened("?as=wang", size=PHONE, touch=True)
    await window.pane("group").locator(".me").tap()
    await window.page.locator(".sheet-person").filter(has_text="李雷妈妈").tap()
    await expect(window.pane("group").locator(".me")).to_have_attribute("aria-label", re.compile("李雷妈妈"))


async def test_on_a_tablet_one_chat_beside_the_column(opened: OpenWindow) -> None:
    window = await opened("?as=wang", size=(820, 1100))
    await expect(window.page.locator(".side")).to_be_visible()
    await expect(window.pane("private")).to_be_hidden()
    await window.page.locator("#switch button").last.click()
    await expect(window.pane("private")).to_be_visible()
    assert await overflow(window) == 0


async def test_the_language_is_chosen_and_remembered(opened: OpenWindow) -> None:
    window = await opened("?as=wang")
    await expect(window.page.locator("html")).to_have_attribute("lang", "zh-CN")
    await window.page.get_by_role("button", name="Switch to English").click()
    await expect(window.page.locator("html")).to_have_attribute("lang", "en-GB")
    await expect(window.page.locator("#people-title")).to_have_text("Who you are")
    await expect(window.page.locator(".turns")).to_have_attribute("aria-label", "Turn the clock forward")
    await window.page.goto(window.home)
    await expect(window.page.locator("#people-title")).to_have_text("Who you are")
    await window.page.goto(window.home + "?lang=zh_CN")
    await expect(window.page.locator("#people-title")).to_have_text("您现在是谁")


async def test_light_and_dark_follow_the_system_or_a_choice(opened: OpenWindow) -> None:
    window = await opened("?as=wang", theme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = await window.page.evaluate(ground)
    toggle = window.page.get_by_role("button", name="外观：跟随系统")
    await toggle.click()
    light = await window.page.evaluate(ground)
    assert dark != light
    await window.page.reload()
    assert await window.page.evaluate(ground) == light


async def test_it_stays_where_one_reads_and_tells_of_what_is_new(opened: OpenWindow) -> None:
    window, other = await opened("?as=wang"), await opened("?as=han")
    log = window.pane("group").locator(".log")
    await log.hover()
    await window.page.mouse.wheel(0, -4000)
    await expect(log).to_have_js_property("scrollTop", 0)
    await other.says("group", "家委会周四晚上七点碰头。")
    pill = window.pane("group").locator(".pill")
    await expect(pill).to_contain_text("新消息")
    await expect(log).to_have_js_property("scrollTop", 0)
    await pill.click()
    await expect(window.last("group", "家委会周四晚上七点碰头。")).to_be_in_viewport()
    await expect(pill).to_be_hidden()


async def test_the_pinned_notice_leads_to_it(opened: OpenWindow) -> None:
    window = await opened("?as=zhang")
    found = window.pane("group").locator(".msg.found")
    for patience in (3000, 3000, 20_000):  # what is posted just then takes the page down again
        await window.pane("group").locator(".pin-line").click()
        with contextlib.suppress(AssertionError):
            await expect(found).to_be_in_viewport(timeout=patience)
            break
    await expect(found).to_be_in_viewport()
    await expect(found).to_contain_text("通知")


async def test_a_place_in_a_chat_has_an_address(opened: OpenWindow) -> None:
    window = await opened("?as=zhang")
    ref = await window.pane("group").locator(".msg").first.get_attribute("data-ref")
    await window.page.goto(f"{window.home}?as=zhang#group/{ref}")
    await window.page.reload()
    await expect(window.pane("group").locator(f".msg[data-ref='{ref}']")).to_be_in_viewport()


@pytest.mark.skipif(
    not os.environ.get("HOMEROOM_PICTURES"), reason="HOMEROOM_PICTURES=1 draws the README's pictures"
)
async def test_pictures_for_the_readme(fresh: str, opened: OpenWindow) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await _drawn(opened, fresh, "zh", "zh-CN")
    phone = await opened("?as=lei", home=fresh, size=PHONE, touch=True, scale=2)
    await phone.page.wait_for_timeout(800)
    await phone.page.screenshot(path=PICTURES / "playground-phone.png")
    await _three_phones(opened, fresh)
    await _drawn(opened, fresh, "en", "en-GB")
    dark = await opened("?as=wang", home=fresh, theme="dark", locale="en-GB", scale=1.5)
    await dark.page.wait_for_timeout(800)
    await dark.page.screenshot(path=PICTURES / "playground-dark.png")


async def _three_phones(opened: OpenWindow, home: str) -> None:
    wang = await opened("?as=wang", home=home)
    await wang.tries("phones")
    shots = []
    for native in ("fangma", "zhaoba", "zhouba"):
        window = await opened(f"?as={native}", home=home, scale=1.5)
        await window.page.wait_for_timeout(800)
        shots.append(Image.open(BytesIO(await window.pane("private").screenshot())))
    gap = 24
    width, height = sum(shot.width + gap for shot in shots) + gap, shots[0].height + 2 * gap
    sheet, left = Image.new("RGB", (width, height), "#f4f2ec"), gap
    for shot in shots:
        sheet.paste(shot, (left, gap))
        left += shot.width + gap
    sheet.save(PICTURES / "playground-wechat.png", optimize=True)


async def _drawn(opened: OpenWindow, home: str, name: str, locale: str) -> None:
    window = await opened("?as=wang", home=home, locale=locale, scale=1.5)
    await window.starts_over()
    for step in ("notice", "got", "ack", "praise", "concern"):
        await window.tries(step)
    await window.becomes("wang")
    await window.page.locator(".side-day").evaluate("side => side.scrollTo(0, 0)")
    await window.page.mouse.move(5, 5)
    await expect(window.page.locator(".toast")).to_have_count(0)
    await window.page.wait_for_timeout(1500)
    await window.page.screenshot(path=PICTURES / f"playground-{name}.png")
