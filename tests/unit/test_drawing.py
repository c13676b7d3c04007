"""Pictures and sheets: drawn off the road from what they say, and under the same locks as words."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image, ImageFont

from bot.drawing import DrawingError, as_files
from bot.drawing.press import press
from bot.performing import Hands, perform
from bot.platforms.web import WebPlatform
from bot.ports import Done, Failure, Refused
from bot.press.typesetting import FONTS, TEMPLATES, printable
from classroom.addresses import ChatKind, GroupAddress, PersonAddress
from classroom.drawings import (
    Bar,
    Bars,
    Coverage,
    Dots,
    Honour,
    Honours,
    InviteSlips,
    Line,
    NoticeSlips,
    Point,
    PrivateDrawing,
    PrivateScene,
    PublicDrawing,
    QrCode,
    Slip,
    Table,
)
from classroom.effects import Effect, Enclosed, Post, Tell
from classroom.errors import DatabaseError
from classroom.pictures import codes_in
from classroom.text import PrivateText as Own
from classroom.text import PublicText as Open
from storage import queue
from storage.database import open_database
from storage.queue.effects import dump
from storage.tables import Chat
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.scenario.conftest import KEY, migrate

GROUP, PERSON = GroupAddress(1, "web", "-1"), PersonAddress(2, "web", "7")
NAMES = ("王喆", "陈堃", "刘珺", "周玥", "𠮷田翔", "阿依古丽·买买提")
TRICKY = '#panic("x") $x^2$ *b* _i_ `c` @ref <a> \\u{41} ] } " \\'
CHART = Bars(
    Open("三年级2班"), Open("春游去哪里？"), (Bar(Open("植物园"), Open("12 票"), 0.48, lead=True),), Open("")
)
HONOURS = Honours(
    Open("三年级2班"),
    Open("十一月光荣榜"),
    (Honour(Open("三好学生"), (Open("张小明"),)), Honour(None, tuple(map(Open, NAMES)))),
    Open("排名不分先后。"),
)


def slips(words: str = TRICKY, *, code: bool = True) -> NoticeSlips:
    address = QrCode("https://class.example.org/f/" + "A1b2" * 8) if code else None
    every = tuple(Slip(Own(f"{name}的家长"), Own(name), address) for name in NAMES)
    head, title, signed, scan = Own("三年级2班"), Own("通知 12"), Own("王老师"), Own("请扫一扫")
    return NoticeSlips(head, title, Own(words), signed, scan, Own("回执"), Own("签名："), every)


SPRING = Point(Own("春"), Own("78%"), 0.78)
SCENES: tuple[PrivateScene, ...] = (
    CHART,
    HONOURS,
    Line(
        Own("a"), Own("b"), (Point(Own("春"), Own("78%"), 0.78), Point(Own("秋"), Own("91%"), 0.91)), Own("c")
    ),
    Line(Own("a"), Own("b"), (Point(Own("春"), Own("78%"), 0.78),), Own("c"), 0.85, Own("目标")),
    Coverage(Own("a"), Own("b"), Own("1/3"), 1 / 3, (Dots(Own("x"), 1), Dots(Own("y"), 2)), Own("c")),
    Table(Own("a"), Own("b"), (Own("时间"), Own("学生")), ((Own("14:00"), Own("张小明")),), Own("")),
    slips(),
    slips(code=False),
    slips("\n".join([TRICKY] * 60)),
    InviteSlips(Own("a"), Own("b"), (Own("1"), Own("2")), Own("c"), slips().slips),
)


def private(scene: PrivateScene) -> PrivateDrawing:
    return PrivateDrawing(scene, "x", "zh_CN")


# --- what becomes of it --------------------------------------------------------------------------


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.kind)
async def test_every_scene_becomes_a_file_whatever_its_words_look_like(scene: PrivateScene) -> None:
    (file,) = await as_files((private(scene),))
    assert file.private and file.data is not None
    data = base64.b64decode(file.data)
    if file.kind == "photo":
        picture = Image.open(BytesIO(data))
        assert picture.width == 1080 and 300 < picture.height < 2400
        assert file.filename == "x.png"
    else:
        assert data.startswith(b"%PDF-") and file.filename == "x.pdf"


def test_every_kind_of_scene_has_its_template() -> None:
    kinds = {path.stem for path in TEMPLATES.glob("*.typ")} - {"common"}
    assert kinds == {scene.kind for scene in SCENES}


async def test_the_code_on_paper_is_read_by_a_phone() -> None:
    sheet = await press().draw(private(replace(slips("放学提前"), slips=slips().slips[:1])), "png")
    assert codes_in(sheet) == ("https://class.example.org/f/" + "A1b2" * 8,)


def test_rare_characters_of_names_are_in_our_fonts() -> None:
    faces = [ImageFont.truetype(str(path), 20) for path in sorted(FONTS.glob("*.?tf"))]
    for char in {c for name in (*NAMES, "犇燚䶮𬭎𬍛祎赟") for c in name}:
        assert any(bytes(f.getmask(char)) != bytes(f.getmask("\U0010fffd")) for f in faces), char


def test_what_no_font_has_is_left_out_and_nothing_else() -> None:
    assert printable("📅 周五 ✅ 放学👨‍👩‍👧\u200b\x00\r\n★ ① 25℃") == "周五  放学\n★ ① 25℃"


async def test_a_picture_that_fails_is_left_out_a_sheet_is_not() -> None:
    more_than_a_code_holds = Slip(Own(""), Own(""), QrCode("x" * 5000))
    sheet = InviteSlips(Own(""), Own(""), (), Own(""), (more_than_a_code_holds,))
    with pytest.raises(DrawingError):
        await as_files((private(sheet),))
    nowhere = Bars(Open(""), Open(""), (Bar(Open(""), Open(""), float("nan")),), Open(""))
    assert await as_files((PublicDrawing(nowhere, "x", "en"),)) == ()


async def test_a_press_that_was_ended_begins_again() -> None:
    first = await as_files((private(CHART),))
    press().end()
    assert await as_files((private(CHART),)) == first


# --- the locks -----------------------------------------------------------------------------------


def test_a_stored_drawing_is_the_same_again() -> None:
    effects: list[Effect] = [
        Post(GROUP, Open("x"), files=(PublicDrawing(CHART, "a", "zh_CN"), PublicDrawing(HONOURS, "b", "en"))),
        *(Tell(PERSON, Own("x"), files=(private(scene),)) for scene in SCENES),
    ]
    assert [queue.load(dump(effect, []))[0] for effect in effects] == effects


def test_a_stored_post_with_anything_private_in_its_drawing_does_not_load() -> None:
    good = dump(Post(GROUP, Open("x"), files=(PublicDrawing(HONOURS, "a", "zh_CN"),)), [])
    public, private_ = '"audience":"public"', '"audience":"private"'
    pieces = good.split(public)
    assert len(pieces) > 10
    for place in range(1, len(pieces)):
        slipped = public.join(pieces[:place]) + private_ + public.join(pieces[place:])
        with pytest.raises(ValueError, match="public"):
            queue.load(slipped)


async def test_no_group_gets_a_private_picture_not_even_beside_public_words() -> None:
    platform = WebPlatform()
    group = platform.group("-1", "三年级2班")
    file = Enclosed("photo", "x.png", data="eA==", private=True)
    assert await platform.post(GROUP, Open("x"), (), None, (file,)) == Refused(Failure.LEAK)
    assert await perform(Hands(platform), Post(GROUP, Open("x"), files=(file,)), GROUP, (), ()) == Refused(
        Failure.LEAK
    )
    assert group.messages == []


async def test_a_picture_goes_along_with_the_words() -> None:
    platform = WebPlatform()
    group = platform.group("-1", "三年级2班")
    done = await perform(
        Hands(platform),
        Post(GROUP, Open("结果"), files=(PublicDrawing(CHART, "poll-3", "zh_CN"),)),
        GROUP,
        (),
        (),
    )
    assert isinstance(done, Done)
    assert group.messages[0].files == ("poll-3.png",)


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydantic sees it, too
def test_the_database_takes_no_private_drawing_for_a_group(
    database_kind: Kind, fresh_database: FreshDatabase
) -> None:
    database = open_database(fresh_database(database_kind, migrate), KEY)
    now, post = datetime.now(UTC), Post(GROUP, Open("x"))
    object.__setattr__(post, "files", (private(SCENES[0]),))  # as no type checker would let it
    with database.transaction() as records:
        records.add(Chat(id=1, platform="web", native="-1", kind=ChatKind.GROUP, created_at=now))
    with pytest.raises(DatabaseError), database.transaction() as records:
        queue.store_effects(records, [post], now, event_id=None, classroom_id=None)
    database.close()
