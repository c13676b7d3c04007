"""What has a shape rather than a spelling: accounts, amounts, numbers, addresses, links."""

from __future__ import annotations

WECHAT = r"微信|(?<![a-z])(?:vx|wx|wechat)"
HANDLES = (
    r"微信(?:号|同号|号码|id|账号)?(?:是|为|搜|加|联系)?(?=[a-z0-9]*\d)[a-z0-9]{5,}",
    r"微信(?:号|号码|id)(?:是|为)?[a-z0-9]{5,}",
    r"(?<![a-z])(?:vx|wx|v|薇|卫星|微|徽|威)号?(?:是|为|加)?(?=[a-z0-9]{0,20}\d)[a-z0-9]{5,}",
    r"(?<![a-z])(?:vx|wx)号?[a-z]{5,}|家微[a-z]{2,}|(?:家微|家薇)[一-龥a-z0-9]{2,}\d{3}",
    r"微信号?(?:是|为)?DIGIT{6,}|[威微徽薇](?:号|号码)?DIGIT{8,}",
    r"(?:(?<![a-z])q{1,2}|扣扣|企鹅|叩叩|蔻蔻)(?:号|群)?(?:是|为)?DIGIT{6,}|群号?(?:是|为|码)?DIGIT{6,}",
    r"加(?:我|本人)?的?(?:v|q|微|卫星|飞机|tg|电报|line|纸飞机)?(?=[a-z0-9]{0,20}\d)[a-z0-9]{6,}",
    r"(?:电报|飞机|纸飞机|telegram|whatsapp|line|(?<![a-z])tg)(?:号|群)?(?:id)?(?=[a-z0-9]{0,20}\d)[a-z0-9]{5,}",
    r"(?:联系|咨询|找|加|致电|报名|热线|电话联系)(?:我|电话|热线|微信|方式)?(?:是|为)?(?:1[3-9]\d{9}|DIGIT{11})",
    r"(?:咨询|报名|订购|订餐|服务|加盟|联系)(?:电话|热线)DIGIT{7,}",
    r"(?:addmeon|contactmeon|findmeon|mymicro|my)(?:微信|whatsapp|line|telegram|instagram)(?:id|is)?[a-z0-9]{5,}",
    r"(?:获取|购买|代理|拿货|进货|订货|售后|客服)(?:方式|联系|找|群|q)?\d{6,}",
)
DIGIT = "[0-9零〇一二三四五六七八九两壹贰叁肆伍陆柒捌玖拾o幺]"
"""How an account or a number is given; `DIGIT` stands for a digit however it is written."""

AMOUNT = (
    r"\d{1,5}(?:\.\d)?(?:元|块|圆|rmb|yuan)|[一二两三四五六七八九][百千万][一二三四五六七八九]?十?(?!分|名|字|米|个|人|年|多年|一)"
    r"|[一二两三四五六七八九十]{1,3}(?:块|元)[一二三四五六七八九]?"
)
IDENTITY = r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dx]"
PHONE = r"(?<!\d)1[3-9]\d{9}(?!\d)"
PLACE = r"\d+(?:栋|幢|号楼|单元|室|号院|弄|街坊)|[一-龥]{2}(?:小区|花园|家园|公寓|新村|苑|府|庭|嘉园|佳苑|城)\d*|路\d+号|街\d+号|村\d*组"
MARKS = r"(?:^|[\s,，、;；。:：])[一-龥]{2,4}[\s:：,，]{0,2}\d{2,3}(?:\.\d)?分?(?=[\s,，、;；。]|$)"
MARKS_WORDS = r"成绩|分数|考|名次|排名|总分|平均|语文|数学|英语"
OWN = r"我家|我们家|我和|本人|我自己|我的|我老公|我老婆|我孩子|我是|我妈|我爸|我也|我儿子|我女儿|我娃|俺家"
TEACHING = r"老师|班主任|校长|主任|teacher|principal|^ms|^mr"

GROUP_LINKS = r"""t\.me/|telegram\.me/|qm\.qq\.com|jq\.qq\.com|qun\.qq\.com|u\.wechat\.com|weixin\.qq\.com/[gr]|chat\.whatsapp\.com|discord\.gg|discord\.com/invite|line\.me/(?:ti|r)|wxaurl\.cn|work\.weixin\.qq\.com/(?:ca|gm|u)"""
SHOP_LINKS = r"""yangkeduo|pinduoduo|taobao|tmall|tb\.cn|(?<!basic\.)jd\.com|3\.cn/|vip\.com|xianyu|goofish|kaola|bit\.ly|dwz\.|suo\.im|t\.cn/|url\.cn|shop|store|promo|sale|coupon|mall|deal|youzan|weidian|koudaitong|douyin\.com|kuaishou|xhslink|kfc|\bvip\b|\.(?:top|xyz|vip|shop|club|fun|icu|site|win|bet|cc)(?:/|:)"""
"""Links into groups and into shops; all other links are no sign."""
