"""Calls the app's address with what members do, one call after the other, and again where nobody confirms."""

from __future__ import annotations

from html import escape

from tests.platforms import tencent_kit as lock
from tests.tencentapi.postman import TencentPostman, cdata
from tests.wecomapi.corp import Corp, Shown
from tests.wecomapi.methods import keep_file


class Postman(TencentPostman):
    """Brings what happens in the corp to `url`."""

    def __init__(self, corp: Corp) -> None:
        self.corp = corp
        super().__init__("wecom-postman")

    # --- what members do ------------------------------------------------------------------------

    def opens(self, who: str) -> None:
        """Somebody opens the conversation with the app."""
        self._event(who, "enter_agent")

    def leaves(self, who: str) -> None:
        """Somebody is taken out of those who see the app."""
        self.corp.visible.discard(who)
        self._event(who, "unsubscribe")

    def returns(self, who: str) -> None:
        """Somebody sees the app again."""
        self.corp.visible.add(who)
        self._event(who, "subscribe")

    def writes(self, who: str, words: str) -> str:
        """Somebody writes to the app; gives the message's id."""
        return self._message(who, "text", words, {"Content": words})

    def sends(self, who: str, kind: str, name: str, data: bytes) -> str:
        """Somebody sends a file or a picture."""
        media = keep_file(self.corp, kind, name, data)
        more = {"PicUrl": "https://wework.qpic.cn/x"} if kind == "image" else {"FileName": name}
        size = {} if kind == "image" else {"FileSize": str(len(data))}
        return self._message(who, kind, name, {"MediaId": media, **more, **size})

    def presses(self, who: str, shown: Shown, label: str) -> str:
        """Somebody presses a button, or chooses and submits; gives the words of the call."""
        with self.corp.lock:
            key, code = shown.buttons[label], self.corp.make_code(shown.task)
        chosen = ""
        if shown.card_type == "vote_interaction":
            option = f"<OptionIds><OptionId>{escape(key)}</OptionId></OptionIds>"
            item = f"<SelectedItem><QuestionKey>q</QuestionKey>{option}</SelectedItem>"
            key, chosen = "submit", f"<SelectedItems>{item}</SelectedItems>"
        return self._event(
            who,
            "template_card_event",
            EventKey=key,
            TaskId=shown.task,
            CardType=shown.card_type,
            ResponseCode=code,
            raw=chosen,
        )

    def calls_a_button(self, who: str, token: str) -> None:
        """Somebody's phone claims that a button was pressed, whether they were ever shown it or not."""
        self._event(
            who,
            "template_card_event",
            EventKey=token,
            TaskId="task",
            CardType="button_interaction",
            ResponseCode=self.corp.make_code("task"),
        )

    def sealed(self, words: str, receiver: str | None = None) -> tuple[str, bytes]:
        """The query and the body of a call with these words."""
        corp = self.corp
        encrypted = lock.encrypt(corp.aes_key, words, corp.corp_id if receiver is None else receiver)
        asked = lock.query(corp.token, encrypted, at=corp.now())
        return asked, lock.envelope(encrypted, corp.corp_id, str(corp.agent_id))

    def answered(self, words: str, answer: bytes) -> None:
        """WeCom's app answers by messages of its own."""
        assert answer == b""

    def _message(self, who: str, kind: str, shown: str, more: dict[str, str]) -> str:
        with self.corp.lock:
            number = str(7_000_000_000_000_000_000 + self.corp.number())
            self.corp.screen(who).append(Shown(number, kind, shown, by=who, at=self.corp.now()))
        self.call(self._xml(who, {"MsgType": kind, **more, "MsgId": number}))
        return number

    def _event(self, who: str, event: str, *, raw: str = "", **more: str) -> str:
        words = self._xml(who, {"MsgType": "event", "Event": event, **more}, raw)
        self.call(words)
        return words

    def _xml(self, who: str, fields: dict[str, str], raw: str = "") -> str:
        every = {
            "ToUserName": self.corp.corp_id,
            "FromUserName": who,
            "CreateTime": str(int(self.corp.now())),
            **fields,
            "AgentID": str(self.corp.agent_id),
        }
        inside = "".join(f"<{key}>{cdata(value)}</{key}>" for key, value in every.items())
        return f"<xml>{inside}{raw}</xml>"
