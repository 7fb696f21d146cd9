"""Errors as RFC 9457 has them: ``application/problem+json``, naming the field, what was given and what is allowed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from csr_assist.api.fields import fields_of
from csr_assist.errors import CsrAssistError, StoreError
from csr_assist.sources.rows import shown

log = logging.getLogger(__name__)
RETRY_AFTER = 5
"""Seconds after which to try again when the database is away."""
MOST_BYTES = 5_000_000
"""Bytes of one request."""
MEDIA_TYPE = "application/problem+json"
_MOST_NAMED, _MOST_TOLD = 20, 3
_TITLES = {
    400: ("No JSON", "the body cannot be read; allowed: JSON as documented, UTF-8, or a form where one is taken"),
    404: ("Not found", "there is nothing at this address; the page /docs lists what there is"),
    405: ("Not so", "this address does not take this method; the header Allow says which it takes"),
    413: ("Too long", f"a request has at most {MOST_BYTES:,} bytes"),
}


class Problem(Exception):  # noqa: N818 - the word of the standard
    """Ends a request with a problem; ``detail`` is one clear sentence."""

    def __init__(self, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.headers = status, title, detail, headers


def unknown(what: str, name: object) -> Problem:
    """Nothing of that name is there."""
    return Problem(404, "Not found", f"there is no {what} {shown(name)}")


def answer(status: int, title: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> JSONResponse:
    """A problem as it is sent."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def install(api: FastAPI) -> None:
    """Let every error of the API leave it as a problem."""
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(StoreError, _unavailable)
    api.add_exception_handler(CsrAssistError, _unready)
    api.add_exception_handler(HTTPException, _http)


async def _problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return answer(error.status, error.title, error.detail, error.headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = fields_of(error.errors())
    detail = "; ".join(f"{one['field']} is {one['given']}; allowed: {one['allowed']}" for one in wrong[:_MOST_TOLD])
    return answer(422, "Not as documented", detail, errors=wrong[:_MOST_NAMED])


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    log.warning("the store is away: %s", error)
    again = f"nothing was acknowledged; try again in {RETRY_AFTER} seconds"
    return answer(503, "The store is away", again, {"Retry-After": str(RETRY_AFTER)})


async def _unready(_: Request, error: Exception) -> JSONResponse:
    """Detector, playbook or settings are broken; callers are told no paths of this machine."""
    log.error("cannot serve: %s", error)
    return answer(503, "Not set up", "detector, playbook or settings are broken here; the server's log says how")


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    title, detail = _TITLES.get(error.status_code, (str(error.detail), str(error.detail)))
    return answer(error.status_code, title, detail, error.headers)
