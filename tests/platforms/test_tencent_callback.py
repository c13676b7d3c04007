"""Tencent calls us, and so does whoever finds the address: who is heard, and what the others get."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from bot.platforms.tencent import fields
from bot.platforms.tencent.callback import Call, Callback, Reply
from bot.platforms.tencent.crypto import Cipher, signed
from bot.platforms.tencent.fields import MalformedError
from classroom.errors import ConfigError, DatabaseError
from tests.platforms.tencent_kit import decrypt, encrypt, encrypt_raw, envelope, query, sign

TOKEN, CORP = "classbot-token", "ww0123456789abcdef"
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
NOW = 1760000000.0
PATH = "/wecom/callback"
HELP = (
    "<xml><FromUserName>张小明</FromUserName><MsgType>text</MsgType>"
    "<Content>/help</Content><MsgId>1</MsgId></xml>"
)
GOLDEN = {
    "8675309": (
        CORP,
        "4j/AuRx71kQlxVlzbpsMWMkRrUPpFWAS7iIkN4Yb8NP5Ml7mTnFfMZF1XUEsJ3hdqVqOMfxV1G/QK+sJKI8/cw==",
        "68095f7f24c27fc993577ab0c55b0d456d242b53",
    ),
    '{"msgid":"m1","msgtype":"text"}': (
        "",
        "4j/AuRx71kQlxVlzbpsMWJGAwIsR65oBPYZLJENyZg2wfe+UvaRVgcF5HArY5nlZjksabQ1tNaHLTaOPjG35ww==",
        "737145dcc4810e3300fa67859cc2b027649d056b",
    ),
    HELP: (
        CORP,
        "4j/AuRx71kQlxVlzbpsMWCm28eygiR0WrL2qWXdI+MMs2dUxGIrvzG5CVsYEi/YifOscqUqlECEnPU1FWJGzk+auNIjhoXuxJiuw4Ebk"
        "DcJyOug40kAZTSRZZJmR3CKwFguhi6ERfiThsoVxha8/esQZG6krwOFrbYCvotTMKpD4rOnQ8ggMHyikQ3l0lPoHfizY/3lKhUKCFls0"
        "DYSMHw==",
        "8963a3e15d1fa425c14d181e33a97c5700516860",
    ),
}


@dataclass
class Door:
    """What was let in, and the client that knocks."""

    callback: Callback
    calls: list[Call] = field(default_factory=list)
    answer: Reply | None = None
    fails: int = 0

    async def accept(self, call: Call) -> Reply | None:
        await asyncio.sleep(0)
        if self.fails:
            self.fails -= 1
            raise DatabaseError("the disk is full")
        self.calls.append(call)
        return self.answer

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(Starlette(routes=[self.callback.route(self.accept)]))
        return httpx.AsyncClient(transport=transport, base_url="http://class")

    async def post(self, asked: str, body: bytes) -> httpx.Response:
        async with self.client() as client:
            return await client.post(f"{PATH}?{asked}", content=body)

    async def get(self, asked: str) -> httpx.Response:
        async with self.client() as client:
            return await client.get(f"{PATH}?{asked}")

    async def say(self, words: str, **how: float) -> httpx.Response:
        encrypted = encrypt(KEY, words, CORP)
        return await self.post(query(TOKEN, encrypted, at=how.get("at", NOW)), envelope(encrypted, CORP))


@pytest.fixture
def door() -> Door:
    return Door(Callback(PATH, TOKEN, Cipher(KEY, CORP), lambda: datetime.fromtimestamp(NOW, UTC)))


def message(content: str, number: int = 1) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><FromUserName><![CDATA[wang]]></FromUserName>"
        f"<CreateTime>{NOW:.0f}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{content}]]></Content><MsgId>{number}</MsgId><AgentID>1000002</AgentID></xml>"
    )


# --- the lock itself ----------------------------------------------------------------------------


@pytest.mark.parametrize("words", GOLDEN, ids=["number", "ai_bot", "message"])
def test_golden_vectors(words: str) -> None:
    receiver, encrypted, right = GOLDEN[words]
    assert encrypt(KEY, words, receiver, b"0123456789abcdef") == encrypted
    assert Cipher(KEY, receiver).open(encrypted) == words
    assert signed(right, TOKEN, "1760000000", "n0nce42", encrypted)
    assert not signed(right[:-1] + "1", TOKEN, "1760000000", "n0nce42", encrypted)


def test_what_we_encrypt_can_be_read_by_others() -> None:
    assert decrypt(KEY, Cipher(KEY, CORP).seal("好的")) == ("好的", CORP)


@pytest.mark.parametrize("aes_key", ["", KEY[:-1], KEY + "=", "班" * 43])
def test_a_key_of_another_shape_is_refused_in_one_line(aes_key: str) -> None:
    with pytest.raises(ConfigError, match="aes_key"):
        Cipher(aes_key, CORP)


# --- the address is proved ----------------------------------------------------------------------


async def test_the_console_proves_the_address(door: Door) -> None:
    _, echo, right = GOLDEN["8675309"]
    asked = {"msg_signature": right, "timestamp": "1760000000", "nonce": "n0nce42"}
    assert "+" in echo
    for written in (quote(echo, safe=""), quote(echo, safe="+/=")):  # a careless proxy leaves the plus
        answer = await door.get(f"{urlencode(asked)}&echostr={written}")
        assert (answer.status_code, answer.text) == (200, "8675309")
    for wrong in ("", "x", right[:-1], right.upper(), "班"):
        answer = await door.get(urlencode({**asked, "msg_signature": wrong, "echostr": echo}))
        assert (answer.status_code, answer.content) == (403, b"")
    assert (await door.get(urlencode(asked))).status_code == 400
    assert (await door.get("")).status_code == 400


async def test_an_official_account_is_proved_in_plain() -> None:
    now = datetime.fromtimestamp(NOW, UTC)
    door = Door(Callback(PATH, TOKEN, Cipher(KEY, CORP), lambda: now, plain_echo=True))
    right = sign(TOKEN, "1760000000", "n")
    asked = {"timestamp": "1760000000", "nonce": "n", "echostr": "5837"}
    assert (await door.get(urlencode({**asked, "signature": right}))).text == "5837"
    assert (await door.get(urlencode({**asked, "signature": right[1:]}))).status_code == 403


# --- calls --------------------------------------------------------------------------------------


async def test_a_call_is_read_and_confirmed(door: Door) -> None:
    answer = await door.say(message("  /notice 明天\n<b>春游</b> ]] > & "))
    assert (answer.status_code, answer.content) == (200, b"success")
    [call] = door.calls
    assert fields.text(call.fields, "Content") == "  /notice 明天\n<b>春游</b> ]] > & "
    assert fields.number(call.fields, "AgentID") == 1000002
    assert door.callback.taken == 1 and not door.callback.refused


async def test_what_could_not_be_stored_is_called_for_again(door: Door) -> None:
    door.fails = 1
    encrypted = encrypt(KEY, message("您好"), CORP)
    statuses = [
        (await door.post(query(TOKEN, encrypted, at=NOW), envelope(encrypted))).status_code for _ in range(3)
    ]
    assert statuses == [503, 200, 200]
    assert len(door.calls) == 1  # the third was known to be stored


async def test_an_answer_is_encrypted_and_signed(door: Door) -> None:
    words = "<xml><Content>好</Content></xml>"
    door.answer = Reply(words)
    sealed = fields.parse((await door.say(message("您好"))).text)
    encrypted, timestamp, nonce = (fields.text(sealed, key) for key in ("Encrypt", "TimeStamp", "Nonce"))
    assert decrypt(KEY, encrypted) == (words, CORP)
    assert fields.text(sealed, "MsgSignature") == sign(TOKEN, timestamp, nonce, encrypted)


Knock = Callable[[str], tuple[str, bytes]]
RIGHT = message("您好")
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>'


def ordinary(words: str, receiver: str = CORP, at: float = NOW) -> tuple[str, bytes]:
    encrypted = encrypt(KEY, words, receiver)
    return query(TOKEN, encrypted, at=at), envelope(encrypted, receiver)


def raw(padded: bytes) -> tuple[str, bytes]:
    encrypted = encrypt_raw(KEY, padded)
    return query(TOKEN, encrypted, at=NOW), envelope(encrypted)


def signed_body(body: bytes) -> tuple[str, bytes]:
    return query(TOKEN, encrypt(KEY, RIGHT, CORP), at=NOW), body


def tampered() -> tuple[str, bytes]:
    asked, body = ordinary(RIGHT)
    return asked.replace("msg_signature=", "msg_signature=0"), body


def changed() -> tuple[str, bytes]:
    asked, body = ordinary(RIGHT)
    return asked, body.replace(b"CDATA[4", b"CDATA[5").replace(b"==", b"A=")


WRONG: dict[str, tuple[tuple[str, bytes], int, str]] = {
    "tampered": (tampered(), 403, "signature"),
    "old": (ordinary(RIGHT, at=NOW - 301), 403, "time"),
    "of_tomorrow": (ordinary(RIGHT, at=NOW + 301), 403, "time"),
    "unsigned": (("", envelope(encrypt(KEY, RIGHT, CORP))), 403, "signature"),
    "for_somebody_else": (ordinary(RIGHT, "ww_another"), 400, "encryption"),
    "wrong_padding": (
        raw(b"0123456789abcdef" + b"\0\0\0\2ab" + CORP.encode() + b"\0" * 24),
        400,
        "encryption",
    ),
    "wrong_length": (raw(b"0123456789abcdef" + b"\xff\xff\xff\xffab" + b"\x0a" * 10), 400, "encryption"),
    "half_a_block": (signed_body(envelope("QUJD")), 403, "signature"),
    "doctype_outside": (signed_body(BOMB.encode() + envelope("QUJD")), 400, "doctype"),
    "doctype_inside": (ordinary(BOMB), 400, "doctype"),
    "entity_inside": (ordinary("<xml>&nothing;</xml>"), 400, "xml"),
    "large": (signed_body(b"<xml>" + b"a" * (1 << 20) + b"</xml>"), 413, "size"),
    "empty": (signed_body(b""), 400, "envelope"),
    "no_xml": (signed_body(b"hello"), 400, "envelope"),
    "binary": (signed_body(bytes(range(256))), 400, "envelope"),
    "plain": (signed_body(RIGHT.encode()), 400, "envelope"),
    "inside_no_xml": (ordinary("hello"), 400, "xml"),
    "inside_half": (ordinary("<xml><Content>"), 400, "xml"),
    "inside_json": (ordinary('{"Content": 1}'), 400, "xml"),
    "inside_other": (ordinary("<html><Content>1</Content></html>"), 400, "xml"),
    "inside_empty": (ordinary(""), 400, "xml"),
    "inside_deep": (ordinary("<xml>" + "<a>" * 30000 + "</a>" * 30000 + "</xml>"), 400, "depth"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_whatever_is_wrong_is_refused_without_a_word_and_counted(door: Door, name: str) -> None:
    (asked, body), status, why = WRONG[name]
    answer = await door.post(asked, body)
    assert (answer.status_code, answer.content) == (status, b"")
    assert door.calls == [] and door.callback.refused[why] >= 1


@given(body=st.binary(max_size=300), asked=st.text(max_size=60))
async def test_any_bytes_at_all_are_turned_away(body: bytes, asked: str) -> None:
    door = Door(Callback(PATH, TOKEN, Cipher(KEY, CORP), lambda: datetime.fromtimestamp(NOW, UTC)))
    answer = await door.post(quote(asked, safe="=&"), body)
    assert answer.status_code in (400, 403, 413) and not answer.content and not door.calls


@given(words=st.text(max_size=200))
async def test_any_words_at_all_are_no_fault(words: str) -> None:
    door = Door(Callback(PATH, TOKEN, Cipher(KEY, CORP), lambda: datetime.fromtimestamp(NOW, UTC)))
    clean = words.encode("utf-8", "replace").decode()
    assert (await door.say(clean)).status_code in (200, 400)
    assert (await door.say(f"<xml><Content>{clean}</Content></xml>")).status_code in (200, 400)


# --- reading fields -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("<I><Q>a</Q><Os><O>1</O></Os></I>", [["1"]]),
        ("<I><Q>a</Q><Os><O>1</O><O>2</O></Os></I>", [["1", "2"]]),
        ("<I><Q>a</Q><Os><O>1</O></Os></I><I><Q>b</Q><Os><O>2</O></Os></I>", [["1"], ["2"]]),
        ("<I><Q>a</Q><Os></Os></I>", [[]]),
        ("", []),
    ],
)
def test_one_and_several_read_alike(items: str, expected: list[list[str]]) -> None:
    found = fields.parse(f"<xml><S>{items}</S></xml>")
    assert [fields.words(item, "Os", "O") for item in fields.several(found, "S", "I")] == expected


def test_odd_fields_are_empty_ones() -> None:
    found = fields.parse("<xml><a>1</a><a>2</a><b><c>3</c></b><d>x\n</d><e a='1'/></xml>")
    assert [fields.text(found, key) for key in "abdef"] == ["", "", "x\n", "", ""]
    assert fields.number({"n": "9" * 30}, "n") is None and fields.number({"n": " 7"}, "n") is None
    assert fields.when({"n": "99999999999999999"}, "n") == fields.EPOCH
    with pytest.raises(MalformedError):
        fields.parse("")
