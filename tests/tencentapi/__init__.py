"""What the stand-ins for Tencent's servers share: real HTTP with faults, a postman, refusals, checks."""

from tests.tencentapi.refusal import RefusedError

__all__ = ["RefusedError"]
