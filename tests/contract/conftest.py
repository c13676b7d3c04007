"""A platform for each test, once for every driver; a new platform is one line in STAGES."""

from collections.abc import AsyncIterator, Iterator

import pytest

from bot.ports import Platform
from tests.contract.driver import Driver, Opening, Stage
from tests.contract.kit import Bot
from tests.contract.official_account_driver import official_account
from tests.contract.telegram_driver import telegram
from tests.contract.web_driver import talks_only, web
from tests.contract.wecom_bot_driver import wecom_bot
from tests.contract.wecom_driver import wecom
from tests.contract.wecom_group_driver import wecom_group
from tests.contract.wecom_school_driver import wecom_school

STAGES: dict[str, Opening] = {
    "web": web,
    "telegram": telegram,
    "talks_only": talks_only,
    "wecom": wecom,
    "official_account": official_account,
    "wecom.bot": wecom_bot,
    "wecom.school": wecom_school,
    "wecom.group": wecom_group,
}


@pytest.fixture(scope="package", params=STAGES)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """What the tests of one platform share."""
    async with STAGES[request.param]() as stage:
        yield stage


@pytest.fixture(scope="package")
def platform(stage: Stage) -> Platform:
    """The platform alone, for what needs nobody."""
    return stage().platform


@pytest.fixture
def driver(stage: Stage, request: pytest.FixtureRequest) -> Iterator[Driver]:
    """The people of this test."""
    driver = stage()
    if why := driver.cannot.get(request.node.originalname):
        pytest.skip(why)
    yield driver
    driver.check()


@pytest.fixture
def bot(driver: Driver) -> Bot:
    """The bot's hands among them."""
    return Bot(driver)


@pytest.fixture
def teacher(driver: Driver) -> str:
    return driver.person("王老师")


@pytest.fixture
def mother(driver: Driver) -> str:
    return driver.person("张小明妈妈")


@pytest.fixture
def group(driver: Driver, teacher: str, mother: str) -> str:
    """三年级2班, with the bot as an administrator that may do everything."""
    return driver.group("三年级2班", teacher, mother)
