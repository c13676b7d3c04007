"""What customer groups need to know: the app's own settings, and how often to look."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.platforms.tencent.line import Times

PLATFORM = "wecom.group"
PATH = "/wecom/post/"
"""Where the pages of prepared texts are."""


@dataclass(frozen=True, slots=True)
class GroupPhrases:
    """The few words of the platform's own, made by whoever has templates, in the server's language."""

    answer: str = "要回复的，请点您收到的私信；没有收到的，跟老师说一声就行。"
    page_title: str = "发到群里"
    page_how: str = "长按下面的文字复制，粘贴到群里发送。"
    page_copy: str = "复制"
    page_copied: str = "已复制"
    page_send: str = "发到这个群"
    page_done: str = "我发好了"
    page_noted: str = "好的，记下了，谢谢您。"
    page_waiting: str = "等您发到群里的："
    page_nothing: str = "现在没有等您发的内容。"
    page_tools: str = "请在企业微信里，从家长群的聊天工具栏打开这一页。"
    page_gone: str = "这一页打不开了：已经过期，或者地址不完整。需要的话，请在班务助手里重新发一次。"
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """[wecom] of the configuration, as far as customer groups go; `every` seconds between two looks."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    every: float = 1800.0
    api_root: str = "https://qyapi.weixin.qq.com"
    public_url: str = ""
    phrases: GroupPhrases = GroupPhrases()
    times: Times = field(default_factory=Times)
