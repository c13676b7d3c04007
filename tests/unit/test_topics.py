"""What stays, what is asked about, what goes: the judge of topics and its ladder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classroom.rules.topics import (
    Category,
    Consequence,
    Context,
    Mode,
    Past,
    Recent,
    Said,
    Speaker,
    Sureness,
    Verdict,
    consequence,
    judge,
    tight,
)

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
PLAIN = Context(NOW)

FINE = """
收到
收到，谢谢老师
好的，明天带去
👍👍
请问明天几点放学？
老师好，孩子今天发烧38.2度，想请假一天
孩子的水壶落在教室了，蓝色的，麻烦老师看一下
语文作业是第几页？孩子没抄全
老师，我换了手机号，新号码13800138000，请更新一下
我是张小明的妈妈，电话13900139000，有事请打给我
今天爷爷去接，他的手机是13700137000，穿灰色外套
老师方便的话加我微信聊聊孩子的情况
老师，我加您微信了，备注是李雷爸爸
微信群满了，新来的家长请联系我拉进群
家长群二维码过期了，麻烦老师再发一次
新家长请扫码进我们班的家长群，进群请改备注
春游拼车的家长扫码进群，名额有限
春游车费每人45元，交给家委会王妈妈
班费每人100元，家委会统一收取，明细公示
班费已转给家委李妈妈，请核对
门票团体价优惠，家委会统一买，多退少补
校服180元一套，自愿购买
校服促销吗？去年的打折了
请问校服可以下单补买一件吗？
运动会给孩子们加油助力！
感谢各位家长为班级助力，谢谢大家
请大家给孩子们点个赞👍
为老师点赞，辛苦了
值日的孩子记得给植物角浇水，拜托各位了
3号投篮比赛，5号跳绳，请大家来加油
班服投票：1号款还是2号款，链接 https://www.wjx.cn/vm/abc.aspx
请大家投票选一下运动会口号，今晚截止
班委竞选投票结果出来了，祝贺3号同学
六一节目大家投一下：A合唱 B舞蹈
学校公众号发了运动会照片，大家可以看看
学校组织的绘画比赛，孩子作品请大家帮忙投票，链接在班主任通知里
图书馆周末有免费的亲子阅读，名额有限，先到先得
博物馆有免费讲座，要提前在公众号预约
国家中小学智慧教育平台 https://basic.smartedu.cn 可以免费看课
今晚直播家长课堂：https://meeting.tencent.com/dm/8Xq2
作业文件在这里 https://docs.qq.com/doc/abc
这本书京东有卖 https://item.jd.com/1234.html 老师推荐的
《昆虫记》老师要求的版本哪里可以买？
孩子的旧自行车免费送，有需要的来拿
旧校服150码，免费送给需要的同学
二手钢琴有没有家长要转让的？
请问大家孩子都上什么兴趣班？求推荐
有没有家长知道靠谱的英语一对一？
想问下托管班哪家好？
孩子想学游泳，大家有推荐的教练吗
反诈提醒：不要相信刷单返利，不要点陌生链接
有骗子冒充老师收资料费，让扫收款码，大家别上当！
有人加我微信说是班主任让我转账，是真的吗？
老师不会在群里收费，看到收款码请举报
请大家不要在群里发拼多多砍一刀
请勿在群里发广告、拉票和集赞链接
禁止发布兼职刷单广告，违者请出群
不要给老师送红包，学校有规定
老师不收礼，请大家别送
教师节快乐，孩子亲手做了贺卡送给老师
孩子给老师画的礼物，一点心意
六一礼物从班费支出，每份18元
请勿把群里的聊天记录发到朋友圈
班级照片请不要外传
拍的照片我放到班级相册了
成绩单已经收到，谢谢老师
户口本复印件明天交
身份证复印件要几份？
家长通讯录请核对一下自己的电话
孩子的诊断书我明天带给老师
请假：张小明，明天看牙
请假条已经写好，请老师批准
孩子说午餐吃不饱，能不能反映一下
作业量有点大，孩子写到十点
对处理结果我不太同意，想和老师当面谈
孩子和同学闹矛盾了，我们两家已经沟通好
谁家孩子拿错外套了？我家是140码
捡到一个电话手表，请失主联系我
丢了一个红色书包，捡到请联系我13800138000
护学岗明天谁能换一下？可以联系我
明天志愿者名额还差两个，麻烦大家报名
接龙报名：1. 张小明妈妈 2. 李雷爸爸
已接龙
周末亲子植树，要参加的接龙
图书义卖，每本5元，钱捐给山区
研学报名今晚截止，名额有限，请家长抓紧
课后服务费请在缴费平台缴纳，不要转给个人
学平险自愿购买，官方渠道办理，老师不经手
疫苗接种自愿自费，128元，请接龙
兼职妈妈能参加护学岗吗
我做兼职，下午能来帮忙接孩子
孩子说长大要赚大钱，哈哈
孩子最近想减肥不吃晚饭，怎么办
妈妈面膜被孩子拿去做手工了
昨天去体验课，孩子挺喜欢的
孩子考级过了，感谢老师
这道题答案是不是错了，应该是48
老师，第三单元一共几个一对一的题？
讲了数字的对应，一对一对应
会议号 123-456-789，密码 1234
房间号302，周五下午四点
下次家长会改到12月5日
他妈妈的电话是多少？
他妈的手机没电了，让我转告老师
特别感谢加班的老师们
小心路滑，慢点走
孩子学了卫星和火箭，回来讲个不停
加油，信心最重要
孩子参加QQ阅读打卡第12天
加V形的标志是什么意思？数学题
二维码扫不出来，老师再发一下
扫码填写后显示没有提交
请问微信缴费在哪里？
微信支付付了两次，能退一次吗
我用支付宝交了午餐费，请查收
垫付的车费大家转我就行，班级拼车
谢谢李妈妈昨天帮忙带孩子，车费转给你了
今天谁能帮忙拍一下作业？拜托了
求各位帮忙找一下孩子的红领巾
My daughter is sick today, could you send the homework?
Is there a WeChat group for the class?
The WeChat message did not arrive, could you send it again?
The trip costs 45 yuan, please pay via the school app.
Can anyone share the link for the school trip form?
Please learn 10 words per day, thank you
The bus gets off at 8:30, wait at gate 2
Half of the class voted for the museum
Thank you for the free concert tickets, the kids loved it
Please don't click links from strangers, it's a scam
Could we get a discount for two children on the school uniform?
Happy Teachers' Day!
Got it, thanks
"""

GUILTY = """
ad | 3 | 刷单返利日结，加微信 abc12345
ad | 3 | 宝妈兼职，在家就能做，日结，有兴趣的私我
ad | 3 | 兼职日结，一单50，加我微信abc12345
ad | 3 | 在家副业月入过万，零投入，扫码进群
ad | 3 | 轻松赚钱项目，无需经验，需要的加我
ad | 3 | 内部股票群，带单荐股，日收益5%
ad | 3 | 网贷秒到账，不看征信，黑户可办
ad | 3 | 注册就送88彩金，大额提现
ad | 3 | 英语集训营开班啦，原价2980现在只要980，名额有限，需要的私我
ad | 3 | 一对一提分，不满意退，咨询电话 01012345678
ad | 3 | 代购面膜奶粉，正品保证，包邮，需要的私我
ad | 3 | 护眼台灯骨折价，直播间限时秒杀，点购物车
ad | 3 | 办信用卡额度高下款快，联系我13800138000
ad | 3 | 微商招代理，一件包邮
ad | 3 | 瘦身茶，瘦20斤，无效退款，招代理
ad | 3 | 小饭桌招生中，微信号 fan123456
ad | 3 | 兼职刷单，v信 abc12345
ad | 3 | 兼　职　日　结　加　薇　信　abc12345
ad | 3 | 刷.单.返.利.加.徽.信.abc12345
ad | 3 | ＶＸ：ａｂｃ１２３４５　优惠券大放送
ad | 3 | 𝐯𝐱：abc12345 代购正品保证
ad | 3 | 刷\u200b单\u200b日\u200b结，加 V❤ abc12345
ad | 3 | 團購價僅需99，包郵，正品保證，限時
contact_drop | 3 | 兼职 ➕V❤ abc12345
ad | 3 | 押题卷包邮，加q 123456789
scam | 3 | 我是班主任王老师，这是我的新微信，先转我2000
scam | 3 | 各位家长，我是李老师，资料费268元请扫下方收款码
ad | 3 | Work from home, earn $300 a day, click here http://bit.ly/abc
ad | 3 | Half price tablets for sale, inbox me
ad | 3 | Free trial lesson, today only, sign up here http://x.example/promo
ad | 3 | 代购包邮
ad | 3 | 体验课免费体验，先到先得
ad | 3 | 二手房诚心出售
ad | 3 | 全屋定制，免费量尺
ad | 3 | 网贷秒到账
scam | 2 | 本学期资料费268元，请扫下方收款码
scam | 2 | 保险每人150，转账到我支付宝
vote_begging | 3 | 帮忙砍一刀，就差一点了
vote_begging | 3 | 拼多多砍一刀，拜托各位
vote_begging | 3 | 麻烦大家帮我点个赞，集赞换礼品
vote_begging | 3 | 朋友圈集赞38个，求赞，拜托
vote_begging | 3 | 请投12号一票，链接在下面，每天可投三次
vote_begging | 3 | 我家宝贝参加萌娃比赛，请投28号
vote_begging | 3 | 帮外甥拉个票，扫码即可
vote_begging | 3 | 求助力抢红包，点一下链接
vote_begging | 3 | 帮我助力一下，免费拿空调
vote_begging | 3 | 支付宝搜吱口令帮我攒福气
vote_begging | 3 | 帮.忙.砍.一.刀，谢谢
vote_begging | 3 | 幫忙砍一刀
vote_begging | 3 | 求各位投个票，一人一天一票
vote_begging | 3 | 免费领水果，帮我点一下
vote_begging | 3 | Please vote for my niece, link below, one vote per day
vote_begging | 2 | 砍一刀
vote_begging | 2 | 集赞
contact_drop | 3 | 福利群，每天发红包，https://u.wechat.com/xYz12
contact_drop | 3 | 点击链接加入群聊【福利群】：https://qm.qq.com/q/Abc123
contact_drop | 3 | https://t.me/+AbCdEf12345 进来看看
contact_drop | 3 | 加微信 abc12345 免费领资料
contact_drop | 3 | 有兴趣的联系我 13800138000 细聊
contact_drop | 3 | 关注有惊喜，优选群扫码进群
contact_drop | 3 | 微信号abc12345，长期有效
contact_drop | 3 | 内购群，名额有限，扫码进群
contact_drop | 3 | VX：abc12345 先到先得
contact_drop | 3 | 家薇：abc12345 免费领取礼包
contact_drop | 2 | VX：mama_xuan99
contact_drop | 2 | 威❤️ 一三八零零零零六六六六
contact_drop | 2 | 徽亻言号 tt778899
contact_drop | 2 | 扣扣：2233445566
contact_drop | 2 | QQ群：123456789
contact_drop | 2 | https://chat.whatsapp.com/AbCd
contact_drop | 3 | 群号 826451937，进群领资料
contact_drop | 3 | Add me on WeChat: kidsdeal88
contact_drop | 2 | ＷｅＣｈａｔ：ｌｕｃｋｙ８８８
contact_drop | 2 | 𝑾𝒆𝑪𝒉𝒂𝒕：lucky888
leak | 2 | 我把群里的聊天记录发到朋友圈了
leak | 2 | 全班名单我导出给保险公司了
leak | 2 | 家长通讯录卖给培训机构了
leak | 2 | 群二维码发到业主群了
leak | 2 | 全班通讯录放网盘了，链接公开
leak | 3 | 王子豪，身份证号330106201501011234，家住阳光花园
gift | 2 | 教师节我们凑份子给老师买点东西
gift | 2 | 给班主任送张购物卡吧
gift | 2 | 老师的红包我们一起出
gift | 2 | 给王老师包个红包
gift | 2 | Let's buy a gift card for the teacher
chitchat | 2 | 不转不是中国人，转发三个群好运一整年
"""

HEARD = [
    "学校乱收费，我要投诉",
    "这是什么学校！太过分了",
    "老师这样对孩子，我会向教育局反映",
    "凭什么只批评我家孩子",
    "你们老师什么态度，不负责任",
    "傻逼规定",
    "This is unacceptable, I will make a complaint",
]


def _fine() -> list[str]:
    return FINE.strip().splitlines()


def _guilty() -> list[tuple[Category, Sureness, str]]:
    rows = (line.split("|", 2) for line in GUILTY.strip().splitlines())
    return [
        (Category(category.strip()), Sureness(int(sureness)), text.strip().replace("\\u200b", "\u200b"))
        for category, sureness, text in rows
    ]


def test_the_tables_are_long_enough() -> None:
    assert len(_fine()) >= 120
    assert len(_guilty()) >= 80


@pytest.mark.parametrize("text", _fine())
@pytest.mark.parametrize("speaker", [Speaker.GUARDIAN, Speaker.VISITOR])
def test_a_legitimate_message_has_no_consequence(text: str, speaker: Speaker) -> None:
    verdict = judge(Said(text, speaker), PLAIN)
    done = consequence(verdict, (), speaker=speaker, mode=Mode.DELETE, now=NOW)
    assert done.nothing, verdict


@pytest.mark.parametrize(("category", "sureness", "text"), _guilty())
def test_a_message_against_the_rules_is_seen(category: Category, sureness: Sureness, text: str) -> None:
    verdict = judge(Said(text, Speaker.GUARDIAN), PLAIN)
    assert (verdict.category, verdict.sureness) == (category, sureness), verdict.reasons
    assert verdict.reasons


@pytest.mark.parametrize(("category", "sureness", "text"), _guilty())
def test_a_teacher_is_never_judged(category: Category, sureness: Sureness, text: str) -> None:
    assert judge(Said(text, Speaker.TEACHER), PLAIN).ok, (category, sureness)


@pytest.mark.parametrize("text", HEARD)
@pytest.mark.parametrize("history", [0, 5])
def test_a_complaint_stays_and_the_teacher_is_told(text: str, history: int) -> None:
    past = tuple(Past(Category.AD, NOW - timedelta(days=1), deleted=True) for _ in range(history))
    verdict = judge(Said(text, Speaker.GUARDIAN), PLAIN)
    done = consequence(verdict, past, speaker=Speaker.GUARDIAN, mode=Mode.DELETE, now=NOW)
    assert done == Consequence(report=True)
    assert verdict.ok


def test_a_complaint_with_an_advertisement_is_not_deleted_either() -> None:
    verdict = judge(Said("什么学校！太过分了！补课加微信abc12345，免费领资料", Speaker.VISITOR), PLAIN)
    done = consequence(verdict, (), speaker=Speaker.VISITOR, mode=Mode.DELETE, now=NOW)
    assert done == Consequence(remind=True, report=True)


def test_the_committee_may_collect_money() -> None:
    text = "材料费每人20，请扫下方收款码"
    assert judge(Said(text, Speaker.COMMITTEE), PLAIN).ok
    assert judge(Said(text, Speaker.GUARDIAN), PLAIN).report


def test_a_stranger_who_presses_for_money_goes_at_once() -> None:
    text = "各位家长，本学期教辅资料费268元，请扫下方收款码，今天必须交齐"
    for speaker in (Speaker.VISITOR, Speaker.CHANNEL):
        verdict = judge(Said(text, speaker), PLAIN)
        assert verdict.sureness is Sureness.SURE
        assert verdict.report


def test_a_link_behind_a_word_counts() -> None:
    said = Said("免费领资料", Speaker.VISITOR, urls=("https://t.me/+abc",))
    assert judge(said, PLAIN).sureness is Sureness.SURE
    assert judge(Said("点这里", Speaker.VISITOR, urls=("https://www.wjx.cn/vm/abc",)), PLAIN).ok


def test_the_class_has_words_of_its_own() -> None:
    text = "今天的团圆饼真好吃"
    assert judge(Said(text, Speaker.GUARDIAN), PLAIN).ok
    own = judge(Said(text, Speaker.GUARDIAN), Context(NOW, added=("团圆饼",)))
    assert (own.category, own.sureness) == (Category.AD, Sureness.SURE)
    assert [(reason.code, reason.phrase) for reason in own.reasons] == [("word", "团圆饼")]
    spread = judge(Said("团.圆.餅", Speaker.GUARDIAN), Context(NOW, added=("团圆饼",)))
    assert spread.sureness is Sureness.SURE
    asked = judge(Said("请问团圆饼是什么？", Speaker.GUARDIAN), Context(NOW, added=("团圆饼",)))
    assert asked.sureness is Sureness.LIKELY


def test_the_class_takes_a_word_off_the_lists() -> None:
    text = "帮忙砍一刀"
    assert judge(Said(text, Speaker.GUARDIAN), PLAIN).sureness is Sureness.SURE
    assert judge(Said(text, Speaker.GUARDIAN), Context(NOW, removed=("砍一刀",))).ok


def test_an_empty_word_takes_nothing() -> None:
    context = Context(NOW, added=("", "。"), removed=("", "❗"))
    assert judge(Said("收到", Speaker.GUARDIAN), context).ok
    assert not judge(Said("帮忙砍一刀", Speaker.GUARDIAN), context).ok


def _said_before(text: str, times: int, apart: timedelta) -> tuple[Recent, ...]:
    return tuple(Recent(NOW - apart * (n + 1), tight(text)) for n in range(times))


@pytest.mark.parametrize(
    ("times", "sureness"), [(1, None), (2, Sureness.LIKELY), (3, Sureness.LIKELY), (4, Sureness.SURE)]
)
def test_a_text_said_again_and_again_is_a_flood(times: int, sureness: Sureness | None) -> None:
    text = "大家快来看看这个好消息"
    verdict = judge(
        Said(text, Speaker.GUARDIAN), Context(NOW, _said_before(text, times, timedelta(seconds=20)))
    )
    assert (verdict.category is Category.FLOOD) == (sureness is not None)
    assert sureness is None or verdict.sureness is sureness


def test_what_was_said_long_ago_is_no_flood() -> None:
    text = "大家快来看看这个好消息"
    context = Context(NOW, _said_before(text, 5, timedelta(minutes=11)))
    assert judge(Said(text, Speaker.GUARDIAN), context).ok


@pytest.mark.parametrize("text", ["收到", "好的", "1", "👍"])
def test_short_answers_are_no_flood(text: str) -> None:
    assert judge(Said(text, Speaker.GUARDIAN), Context(NOW, _said_before(text, 6, timedelta(seconds=5)))).ok


@pytest.mark.parametrize(
    "text",
    [
        "#接龙\n周六植树\n1. 张小明妈妈\n2. 李雷爸爸\n3. 韩梅梅妈妈",
        "接龙：1 张小明 2 李雷",
        "1、张小明妈妈参加\n2、李雷爸爸参加",
        "1. 张小明妈妈参加",
    ],
)
def test_a_growing_list_is_no_flood(text: str) -> None:
    context = Context(NOW, _said_before(text, 12, timedelta(seconds=5)))
    assert judge(Said(text, Speaker.GUARDIAN), context).ok


def test_ten_messages_in_two_minutes_are_asked_about_and_stay() -> None:
    recent = tuple(Recent(NOW - timedelta(seconds=10 * n), f"第{n}句话") for n in range(1, 10))
    verdict = judge(Said("还有一件事", Speaker.GUARDIAN), Context(NOW, recent))
    assert (verdict.category, verdict.sureness) == (Category.FLOOD, Sureness.LIKELY)
    assert judge(Said("还有一件事", Speaker.GUARDIAN), Context(NOW, recent[:8])).ok


def test_one_sign_over_and_over_is_a_flood() -> None:
    verdict = judge(Said("哈" * 200, Speaker.GUARDIAN), PLAIN)
    assert (verdict.category, verdict.sureness) == (Category.FLOOD, Sureness.LIKELY)
    assert judge(Said("哈" * 20, Speaker.GUARDIAN), PLAIN).ok


def test_in_quiet_hours_there_is_a_reminder_and_nothing_is_deleted() -> None:
    verdict = judge(Said("孩子发烧了，明天请假", Speaker.GUARDIAN), Context(NOW, quiet=True))
    assert verdict.category is Category.QUIET_HOURS
    done = consequence(verdict, (), speaker=Speaker.GUARDIAN, mode=Mode.DELETE, now=NOW)
    assert done == Consequence(remind=True)
    reminded = (Past(Category.QUIET_HOURS, NOW - timedelta(hours=1)),)
    assert consequence(verdict, reminded, speaker=Speaker.GUARDIAN, mode=Mode.DELETE, now=NOW).nothing


SURE = Verdict(Category.AD, Sureness.SURE)
LIKELY = Verdict(Category.AD, Sureness.LIKELY)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


def _deleted(times: int, days: int = 2) -> tuple[Past, ...]:
    return tuple(Past(Category.AD, NOW - timedelta(days=days), deleted=True) for _ in range(times))


@pytest.mark.parametrize(
    ("verdict", "before", "speaker", "mode", "expected"),
    [
        (SURE, 0, Speaker.GUARDIAN, Mode.OFF, Consequence()),
        (SURE, 9, Speaker.TEACHER, Mode.DELETE, Consequence()),
        (Verdict(Category.AD, Sureness.DOUBTFUL), 9, Speaker.VISITOR, Mode.DELETE, Consequence()),
        (LIKELY, 0, Speaker.GUARDIAN, Mode.DELETE, Consequence(remind=True)),
        (LIKELY, 2, Speaker.VISITOR, Mode.DELETE, Consequence(remind=True, report=True)),
        (SURE, 0, Speaker.GUARDIAN, Mode.REMIND, Consequence(remind=True)),
        (SURE, 0, Speaker.VISITOR, Mode.REMIND, Consequence(remind=True)),
        (SURE, 0, Speaker.GUARDIAN, Mode.DELETE, Consequence(remind=True, delete=True)),
        (SURE, 1, Speaker.GUARDIAN, Mode.DELETE, Consequence(remind=True, delete=True, report=True)),
        (SURE, 2, Speaker.GUARDIAN, Mode.DELETE, Consequence(True, True, HOUR, True)),
        (SURE, 3, Speaker.GUARDIAN, Mode.DELETE, Consequence(True, True, DAY, True)),
        (SURE, 9, Speaker.GUARDIAN, Mode.DELETE, Consequence(True, True, DAY, True)),
        (SURE, 9, Speaker.COMMITTEE, Mode.DELETE, Consequence(True, True, None, True)),
        (SURE, 0, Speaker.VISITOR, Mode.DELETE, Consequence(True, True, None, True)),
        (SURE, 1, Speaker.VISITOR, Mode.DELETE, Consequence(True, True, HOUR, True)),
        (SURE, 2, Speaker.CHANNEL, Mode.DELETE, Consequence(True, True, DAY, True)),
    ],
)
def test_the_ladder(
    verdict: Verdict, before: int, speaker: Speaker, mode: Mode, expected: Consequence
) -> None:
    assert consequence(verdict, _deleted(before), speaker=speaker, mode=mode, now=NOW) == expected


def test_what_is_older_than_a_month_is_forgotten() -> None:
    done = consequence(SURE, _deleted(9, days=31), speaker=Speaker.GUARDIAN, mode=Mode.DELETE, now=NOW)
    assert done == Consequence(remind=True, delete=True)


def test_what_was_restored_does_not_count() -> None:
    past = (Past(Category.AD, NOW - timedelta(days=1)),) * 5
    done = consequence(SURE, past, speaker=Speaker.GUARDIAN, mode=Mode.DELETE, now=NOW)
    assert done == Consequence(remind=True, delete=True)


def test_nobody_is_reminded_twice_a_day() -> None:
    past = (Past(Category.AD, NOW - timedelta(hours=2)),)
    assert consequence(LIKELY, past, speaker=Speaker.GUARDIAN, mode=Mode.REMIND, now=NOW).nothing


_PIECES = st.sampled_from(
    [text for _, _, text in _guilty()]
    + _fine()
    + HEARD
    + ["加我", "微信", "abc12345", "http://", "群", "？", "\n", "1."]
)
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=3).map("".join))
_PAST = st.builds(
    Past,
    st.sampled_from(Category),
    st.integers(0, 60 * 24).map(lambda hours: NOW - timedelta(hours=hours)),
    st.booleans(),
)


@example("帮砍一刀", Speaker.COMMITTEE, Mode.DELETE, [], False)
@example("身份证100000200001000000", Speaker.COMMITTEE, Mode.DELETE, [], False)
@given(_TEXTS, st.sampled_from(Speaker), st.sampled_from(Mode), st.lists(_PAST, max_size=6), st.booleans())
def test_what_is_promised_holds_for_every_message(
    text: str, speaker: Speaker, mode: Mode, past: list[Past], quiet: bool
) -> None:
    verdict = judge(Said(text, speaker), Context(NOW, quiet=quiet))
    done = consequence(verdict, tuple(past), speaker=speaker, mode=mode, now=NOW)
    kept = mode is Mode.DELETE or (mode is Mode.WATCH and verdict.certain)
    assert not done.delete or (verdict.sureness is Sureness.SURE and kept and done.remind)
    assert not done.delete or len({(r.code, r.phrase) for r in verdict.reasons}) >= 2
    assert verdict.category not in (Category.CHITCHAT, Category.GIFT, Category.QUIET_HOURS) or not done.delete
    assert done.mute is None or (done.delete and speaker not in (Speaker.COMMITTEE, Speaker.TEACHER))
    assert speaker is not Speaker.TEACHER or done.nothing
    assert not any(r.code in ("complaint", "outburst") for r in verdict.reasons) or not done.delete


@pytest.mark.parametrize(
    "text",
    [
        "加" * 4000,
        "微信" * 2000,
        "教师节" * 1500,
        "a" * 4000,
        "帮" * 4000,
        "1" * 4000,
        "不要" * 2000,
        "a." * 2000,
    ],
)
def test_long_messages_are_judged_at_once(text: str) -> None:
    judge(Said(text, Speaker.VISITOR), PLAIN)
