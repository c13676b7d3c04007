"""The server: what is WeCom's own beside what all of Tencent's stand-ins do."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from classroom.events import Json
from tests.tencentapi.refusal import RefusedError
from tests.tencentapi.server import WELL, Served, TencentServer, as_json
from tests.wecomapi import customers, methods, school
from tests.wecomapi.corp import Corp
from tests.wecomapi.methods import Asked, file_of
from tests.wecomapi.postman import Postman

__all__ = ["WELL", "Served", "WeComServer"]

METHODS = methods.METHODS | school.METHODS | customers.METHODS


class WeComServer(TencentServer):
    """WeCom for one corp: drive `corp` and `postman`, point the app at `url`."""

    def __init__(self) -> None:
        super().__init__("wecomapi")
        self.corp = Corp()
        self.postman = Postman(self.corp)

    def closing(self) -> None:
        self.postman.close()

    def check(self, path: str, request: Request) -> None:
        if path == "gettoken":
            return
        if path not in METHODS or METHODS[path][0] != request.method:
            self.violations.append(f"{request.method} {path}")
            raise RefusedError(40066, "invalid url")
        with self.corp.lock:
            self.corp.check_token(request.query_params.get("access_token", ""))

    def done(
        self, path: str, request: Request, body: dict[str, Json], upload: tuple[str, bytes] | None
    ) -> dict[str, Json]:
        with self.corp.lock:
            if path == "gettoken":
                return self._token(request)
            return METHODS[path][1](Asked(self.corp, dict(request.query_params), body, upload))

    def direct(self, path: str, request: Request) -> Response | None:
        return self._media(request) if path == "media/get" else None

    def _token(self, request: Request) -> dict[str, Json]:
        asked = request.query_params
        token = self.corp.give_token(asked.get("corpid", ""), asked.get("corpsecret", ""))
        return {"access_token": token, "expires_in": 7200}

    def _media(self, request: Request) -> Response:
        try:
            with self.corp.lock:
                self.corp.check_token(request.query_params.get("access_token", ""))
                found = file_of(self.corp, request.query_params.get("media_id", ""))
        except RefusedError as refusal:
            return as_json({"errcode": refusal.code, "errmsg": refusal.message})
        return Response(found.data, media_type="application/octet-stream")
