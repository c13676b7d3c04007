"""The server: what is the service account's own beside what all of Tencent's stand-ins do."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from classroom.events import Json
from tests.officialapi.account import Account
from tests.officialapi.methods import METHODS, Asked, file_of
from tests.officialapi.postman import Postman
from tests.tencentapi.checks import text
from tests.tencentapi.refusal import RefusedError
from tests.tencentapi.server import TencentServer, as_json


class OfficialServer(TencentServer):
    """WeChat for one service account: drive `account` and `postman`, point the platform at `url`."""

    def __init__(self) -> None:
        super().__init__("officialapi")
        self.account = Account()
        self.postman = Postman(self.account)

    def closing(self) -> None:
        self.postman.close()
        self.violations += self.postman.violations

    def check(self, path: str, request: Request) -> None:
        if path == "stable_token" and request.method == "POST":
            return
        if path not in METHODS or METHODS[path][0] != request.method:
            self.violations.append(f"{request.method} {path}")
            raise RefusedError(40066, "invalid url")
        with self.account.lock:
            self.account.check_token(request.query_params.get("access_token", ""))

    def done(
        self, path: str, request: Request, body: dict[str, Json], upload: tuple[str, bytes] | None
    ) -> dict[str, Json]:
        with self.account.lock:
            if path == "stable_token":
                return self._token(body)
            asked = Asked(self.account, dict(request.query_params), body, upload, self.postman.tells)
            return METHODS[path][1](asked)

    def direct(self, path: str, request: Request) -> Response | None:
        return self._media(request) if path == "media/get" else None

    def _token(self, body: dict[str, Json]) -> dict[str, Json]:
        if body.get("grant_type") != "client_credential":
            raise RefusedError(40002, "invalid grant_type")
        force = body.get("force_refresh") is True
        token, life = self.account.give_token(text(body, "appid"), text(body, "secret"), force=force)
        return {"access_token": token, "expires_in": life}

    def _media(self, request: Request) -> Response:
        try:
            with self.account.lock:
                self.account.check_token(request.query_params.get("access_token", ""))
                found = file_of(self.account, request.query_params.get("media_id", ""))
        except RefusedError as refusal:
            return as_json({"errcode": refusal.code, "errmsg": refusal.message})
        return Response(found.data, media_type="image/jpeg")
