"""/wecom/post/<code>: a prepared text, to be copied, or put into the group's conversation with one tap.

It works without any script. Only within WeCom is Tencent's own loaded, and nothing else from anywhere.
/wecom/post, opened out of a group's tools in WeCom, lists what waits for who opens it.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.platforms.wecom_group.settings import PATH, GroupPhrases
from classroom.errors import DatabaseError

CODE = re.compile(r"[A-Za-z0-9_-]{20,64}")
SDK = "https://wwcdn.weixin.qq.com/node/open/js/wecom-jssdk-2.3.4.js"
"""Tencent's script; it is asked for within WeCom only."""

WHO = "https://open.weixin.qq.com/connect/oauth2/authorize?appid={corp}&redirect_uri={back}"
WHO += "&response_type=code&scope=snsapi_base&state=post&agentid={agent}#wechat_redirect"
"""Where WeCom says who opens a page, and sends them back with a code."""

INSIDE = re.compile(r"wxwork", re.IGNORECASE)
OWN = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
STYLE = """
:root{color-scheme:light dark}
body{font:1.25rem/1.7 sans-serif;max-width:34rem;margin:2rem auto;padding:0 1.25rem}
h1{font-size:1.25rem}textarea{width:100%;box-sizing:border-box;font:inherit;padding:.75rem;min-height:14rem}
button{font:inherit;padding:.6rem 1.4rem;margin:.75rem .75rem 0 0;border-radius:.6rem;border:1px solid}
form{display:inline}li{margin:.75rem 0}
"""
PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style nonce="{nonce}">{style}</style><h1>{title}</h1>{body}</html>"""
BODY = """<p>{how}</p><textarea id="text" readonly rows="10">{text}</textarea>
<div><button id="copy" hidden>{copy}</button><button id="send" hidden>{send}</button>
<form method="post" id="done"><button>{done}</button></form></div>
<script nonce="{nonce}">{script}</script>"""
COPY = """
const box=document.getElementById("text"),copy=document.getElementById("copy");
copy.hidden=false;
copy.onclick=async()=>{box.select();
try{await navigator.clipboard.writeText(box.value)}catch(e){document.execCommand("copy")}
copy.textContent=%s};
"""
ONE_TAP = """
const sdk=document.createElement("script");sdk.src=%s;sdk.onload=async()=>{
ww.register({corpId:%s,agentId:%s,jsApiList:["getContext","sendChatMessage"],getAgentConfigSignature:()=>(%s)});
const at=await ww.getContext();if(at.entry!=="group_chat_tools")return;
const send=document.getElementById("send");send.hidden=false;
send.onclick=async()=>{await ww.sendChatMessage({msgtype:"text",text:{content:box.value}});
document.getElementById("done").submit()}};
document.head.append(sdk);
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages need of the platform: texts by their code, signatures, who somebody is, what waits."""

    text: Callable[[str], Awaitable[str | None]]
    done: Callable[[str], Awaitable[None]]
    signed: Callable[[str], Awaitable[Mapping[str, str]]]
    who: Callable[[str], Awaitable[str]]
    waiting: Callable[[str], Awaitable[Sequence[tuple[str, str]]]]


class Pages:
    """Shows prepared texts to whoever has the address of one: the teacher that was given it."""

    def __init__(self, public_url: str, corp: str, agent: int, phrases: GroupPhrases, desk: Desk) -> None:
        """`public_url` is where WeCom and teachers reach this server."""
        self._root, self._corp, self._agent = public_url.rstrip("/"), corp, agent
        self._phrases, self._desk = phrases, desk

    def routes(self) -> list[BaseRoute]:
        """The list, and the address of all pages."""
        return [
            Route(PATH.rstrip("/"), self._guarded(self._list), methods=["GET", "HEAD"]),
            Route(PATH + "{code}", self._guarded(self._one), methods=["GET", "HEAD", "POST"]),
        ]

    def _guarded(
        self, serve: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                return await serve(request)
            except DatabaseError:
                return Response(status_code=503, headers=OWN)

        return answer

    async def _list(self, request: Request) -> Response:
        """What waits for who opens this within WeCom; whoever else has come is told where to open it."""
        if INSIDE.search(request.headers.get("user-agent", "")) is None:
            return self._said(f"<p>{escape(self._phrases.page_tools)}</p>", 200)
        code = request.query_params.get("code", "")
        who = await self._desk.who(code) if code else ""
        if not who and not code:
            back = quote(f"{self._root}{PATH.rstrip('/')}", safe="")
            address = WHO.format(corp=quote(self._corp), back=back, agent=self._agent)
            return RedirectResponse(address, 302, headers=OWN)
        found = await self._desk.waiting(who) if who else []
        lines = "".join(f'<li><a href="{PATH}{page}">{escape(begin)}</a></li>' for page, begin in found)
        body = f"<p>{escape(self._phrases.page_waiting)}</p><ul>{lines}</ul>" if lines else ""
        return self._said(body or f"<p>{escape(self._phrases.page_nothing)}</p>", 200)

    async def _one(self, request: Request) -> Response:
        code = request.path_params["code"]
        text = await self._desk.text(code) if CODE.fullmatch(code) else None
        if text is None:
            return self._said(f"<p>{escape(self._phrases.page_gone)}</p>", 404)
        if request.method == "POST":
            await self._desk.done(code)
            return self._said(f"<p>{escape(self._phrases.page_noted)}</p>", 200)
        inside = INSIDE.search(request.headers.get("user-agent", "")) is not None
        query = f"?{request.url.query}" if request.url.query else ""
        signed = await self._desk.signed(f"{self._root}{PATH}{code}{query}") if inside else {}
        return self._shown(text, signed)

    def _shown(self, text: str, signed: Mapping[str, str]) -> Response:
        nonce, phrases = secrets.token_hex(8), self._phrases
        script = COPY % _literal(phrases.page_copied)
        if signed:
            values = (SDK, self._corp, self._agent, dict(signed))
            script += ONE_TAP % tuple(_literal(one) for one in values)
        body = BODY.format(
            how=escape(phrases.page_how),
            text=escape(text),
            copy=escape(phrases.page_copy),
            send=escape(phrases.page_send),
            done=escape(phrases.page_done),
            nonce=nonce,
            script=script,
        )
        return self._said(body, 200, nonce, sdk=bool(signed))

    def _said(self, body: str, status: int, nonce: str = "", *, sdk: bool = False) -> Response:
        nonce, title = nonce or secrets.token_hex(8), escape(self._phrases.page_title)
        page = PAGE.format(language=self._phrases.language, title=title, nonce=nonce, style=STYLE, body=body)
        return HTMLResponse(page, status, headers={**OWN, "Content-Security-Policy": _policy(nonce, sdk=sdk)})


def _policy(nonce: str, *, sdk: bool) -> str:
    """What the page may load: its own two pieces, and within WeCom what Tencent's script needs."""
    tencent = "https://*.weixin.qq.com https://*.wx.qq.com" if sdk else ""
    allowed = {
        "default-src": "'none'",
        "style-src": f"'nonce-{nonce}'",
        "script-src": f"'nonce-{nonce}' {tencent}".strip(),
        **({"connect-src": tencent, "img-src": tencent} if sdk else {}),
        "base-uri": "'none'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


def _literal(value: object) -> str:
    """A value within a script: nothing in it can end the script."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")
