"""A window on the playground as a person uses it: who one is, what one types and presses, what one sees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.async_api import Locator, Page, expect

PATIENCE = 20_000
"""Milliseconds until a thing that has not come is missing."""

expect.set_options(timeout=PATIENCE)


@dataclass
class Window:
    """One page, and what it asked for from where."""

    page: Page
    home: str
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def pane(self, chat: str) -> Locator:
        return self.page.locator(f".pane[data-chat={chat}]")

    def field(self, chat: str) -> Locator:
        return self.pane(chat).locator(".field")

    def messages(self, chat: str, text: str | re.Pattern[str] = "") -> Locator:
        return self.pane(chat).locator(".msg").filter(has_text=text)

    def last(self, chat: str, text: str | re.Pattern[str]) -> Locator:
        return self.messages(chat, text).last

    def options(self, chat: str = "group") -> Locator:
        return self.pane(chat).locator(".option")

    async def sees(self, chat: str, text: str | re.Pattern[str]) -> Locator:
        found = self.last(chat, text)
        await expect(found).to_be_visible()
        return found

    async def types(self, chat: str, text: str) -> None:
        await self.field(chat).fill(text)
        await self.field(chat).press("Enter")

    async def says(self, chat: str, text: str) -> Locator:
        await self.types(chat, text)
        return await self.settled(chat, text)

    async def settled(self, chat: str, text: str) -> Locator:
        """Wait until the server has shown it, once."""
        arrived = self.messages(chat, text).and_(self.page.locator('.msg.own[data-state=""]'))
        await expect(arrived).to_have_count(1)
        return arrived

    async def presses(self, chat: str, label: str | re.Pattern[str]) -> None:
        await self.pane(chat).locator(".key").filter(has_text=label).last.click()

    def person(self, native: str) -> Locator:
        return self.page.locator(f".person[data-id={native}]")

    async def becomes(self, native: str) -> None:
        await self.person(native).click()
        await self.is_now(native)

    async def is_now(self, native: str) -> None:
        await expect(self.person(native)).to_have_attribute("aria-current", "true")
        await expect(self.pane("private").locator(".log")).not_to_have_attribute("aria-busy", "true")

    async def chooses(self, label: str) -> None:
        await self.page.get_by_role("menuitem", name=label, exact=True).click()

    async def starts_over(self) -> None:
        """Begin the class anew, in the language of this window."""
        tools = self.page.locator(".brand-tools .icon-button")
        await tools.last.click()
        await self.page.locator(".menu-item").last.click()
        await self.page.locator("dialog .primary").click()
        await expect(
            self.page.locator(".toast").filter(has_text=re.compile("^重新开始了|^Started"))
        ).to_be_visible()
        await expect(self.page.locator(".try[data-done=yes]")).to_have_count(0)
        await expect(self.page.locator(".now-time")).to_have_text("07:20")

    async def tries(self, name: str) -> None:
        step = self.page.locator(f".try[data-id={name}]")
        await step.click()
        await expect(step).to_have_attribute("data-done", "yes")
