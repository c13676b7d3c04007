"""Calls our address with what followers do, and shows them what the call is answered with."""

from __future__ import annotations

import re

from tests.officialapi.account import TOUCH, WORD, Account, Shown
from tests.officialapi.methods import keep_file
from tests.platforms import tencent_kit as lock
from tests.tencentapi.postman import TencentPostman, cdata

ELEMENT = re.compile(r"<(\w+)>(.*?)</\1>", re.DOTALL)
PART = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


class Postman(TencentPostman):
    """Brings what happens to `url`."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.violations: list[str] = []
        """Answers at which a follower would read 该服务号暂时无法提供服务."""
        super().__init__("official-postman")

    # --- what followers do ----------------------------------------------------------------------

    def follows(self, who: str, url: str = "") -> None:
        """Somebody begins to follow, perhaps by scanning a code."""
        with self.account.lock:
            self.account.people[who].following = True
            self.account.opens(who, TOUCH)
        scene = self._scanned(url)
        more = {"EventKey": f"qrscene_{scene}", "Ticket": "gQticket"} if scene else {"EventKey": ""}
        self._event(who, "subscribe", **more)

    def scans(self, who: str, url: str) -> None:
        """Somebody scans a code: a follower is brought here, anybody else is asked to follow and does."""
        if not self.account.people[who].following:
            self.follows(who, url)
            return
        scene = self._scanned(url)
        with self.account.lock:
            self.account.opens(who, TOUCH)
        self._event(who, "SCAN", EventKey=scene, Ticket="gQticket")

    def leaves(self, who: str) -> None:
        """Somebody follows no more."""
        with self.account.lock:
            self.account.people[who].following = False
            self.account.people[who].windows.clear()
        self._event(who, "unsubscribe", EventKey="")

    def writes(self, who: str, words: str) -> str:
        """Somebody writes; gives the message's id."""
        return self._message(who, "text", words, {"Content": words})

    def sends(self, who: str, kind: str, data: bytes) -> str:
        """Somebody sends a picture or a voice."""
        media = keep_file(self.account, kind, data)
        return self._message(who, kind, "", {"MediaId": media, "PicUrl": "http://mmbiz.qpic.cn/x"})

    def picks(self, who: str, label: str) -> None:
        """Somebody picks an entry of the menu that they see."""
        with self.account.lock:
            menu = self.account.menu_of(who)
            key = next(found[label] for found in menu.values() if label in found)
            self.account.opens(who, TOUCH)
        self._event(who, "CLICK", EventKey=key)

    def tells(self, who: str, msgid: str, status: str) -> None:
        """WeChat itself says what has become of a template message."""
        if self.url:
            self._event(who, "TEMPLATESENDJOBFINISH", MsgID=msgid, Status=status)

    # --- calls ----------------------------------------------------------------------------------

    def sealed(self, words: str) -> tuple[str, bytes]:
        """The query and the body of a call with these words, in the account's mode."""
        account = self.account
        at, nonce = str(int(account.now())), "n0nce42"
        signature = lock.sign(account.token, at, nonce)
        if account.mode == "plain":
            return f"signature={signature}&timestamp={at}&nonce={nonce}", words.encode()
        encrypted = lock.encrypt(account.aes_key, words, account.app_id)
        asked = lock.query(
            account.token, encrypted, at=account.now(), signature=signature, encrypt_type="aes"
        )
        sealed = f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        if account.mode == "compatible":
            return asked, (words.removesuffix("</xml>") + sealed).encode()
        return asked, f"<xml><ToUserName><![CDATA[{account.original}]]></ToUserName>{sealed}".encode()

    def answered(self, words: str, answer: bytes) -> None:
        """Show the follower what a call was answered with."""
        if answer in (b"", b"success"):
            return
        said = self._fields(answer.decode())
        if "Encrypt" in said:
            signed = lock.sign(self.account.token, said["TimeStamp"], said["Nonce"], said["Encrypt"])
            opened, receiver = lock.decrypt(self.account.aes_key, said["Encrypt"])
            if signed != said["MsgSignature"] or receiver != self.account.app_id:
                self.violations.append("an answer with a wrong signature")
            said = self._fields(opened)
        if said.get("MsgType") != "text" or not 0 < len(said["Content"].encode()) <= 2048:
            self.violations.append("an answer that is no text")
            return
        who, by = said["ToUserName"], said["FromUserName"]
        if by != self.account.original or f"<![CDATA[{who}]]>" not in words:
            self.violations.append("an answer to somebody else")
        with self.account.lock:
            self.account.screen(who).append(Shown("text", said["Content"], passive=True))

    def _fields(self, xml: str) -> dict[str, str]:
        inside = xml.strip().removeprefix("<xml>").removesuffix("</xml>")
        found = dict(ELEMENT.findall(inside))
        return {key: "".join(PART.findall(value)) if "<" in value else value for key, value in found.items()}

    def _scanned(self, url: str) -> str:
        code = self.account.codes.get(url)
        assert not url or (code is not None and code.until > self.account.now()), "the code is over"
        return code.scene if code is not None else ""

    def _message(self, who: str, kind: str, shown: str, more: dict[str, str]) -> str:
        with self.account.lock:
            number = str(7_000_000_000_000_000_000 + self.account.number())
            self.account.screen(who).append(Shown(kind, shown, by=who, msgid=number))
            self.account.opens(who, WORD)
        self.call(self._xml(who, {"MsgType": kind, **more, "MsgId": number}))
        return number

    def _event(self, who: str, event: str, **more: str) -> str:
        words = self._xml(who, {"MsgType": "event", "Event": event, **more})
        self.call(words)
        return words

    def _xml(self, who: str, fields: dict[str, str]) -> str:
        every = {
            "ToUserName": self.account.original,
            "FromUserName": who,
            "CreateTime": str(int(self.account.now())),
            **fields,
        }
        inside = "".join(f"<{key}>{cdata(value)}</{key}>" for key, value in every.items())
        return f"<xml>{inside}</xml>"
