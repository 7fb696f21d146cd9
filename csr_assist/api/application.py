"""The API as one ASGI application: alone under uvicorn, or mounted beside the screens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import cache
from threading import Lock
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount

import csr_assist
from csr_assist.api import problems, reviews, socket, streams, turns, webhooks
from csr_assist.api.guard import Guard
from csr_assist.api.state import Served
from csr_assist.errors import CsrAssistError
from csr_assist.serving import Serving

PREFIX = "/api/v1"
_ABOUT = """
Turns in, updates out: post what customer and agent say, read what was heard, where the call stands and what the
agent could say now. Keys are made by `csr-assist token add`; without any, the API answers this machine alone.

Turns can go in and updates come out on one web socket, too: `/stream`, with `?conversation_id=` for one conversation
alone. Browsers, which can give a stream no header, give it the key as `?token=`.
"""
_PROBLEM: dict[str, Any] = {
    "description": "A problem, as RFC 9457 has it: what was wrong, by field, and what is allowed.",
    "content": {
        problems.MEDIA_TYPE: {
            "example": {
                "type": "about:blank",
                "title": "Not as documented",
                "status": 422,
                "detail": "speaker is 'martian'; allowed: customer, agent, system",
                "errors": [{"field": "speaker", "given": "'martian'", "allowed": "customer, agent, system"}],
            }
        }
    },
}
_NO_CHECK_ELSEWHERE = {"validatorUrl": None}
"""The page would show the document to a service on the internet to have it checked."""


class Health(BaseModel):
    """That it works."""

    status: str
    version: str
    revision: int


_health = APIRouter(tags=["service"])


@_health.get("/health", summary="Whether it works")
def health(service: Served) -> Health:
    """Answers 503 while the store is away."""
    return Health(status="ok", version=csr_assist.__version__, revision=service.store.conversations.last_revision())


def create_api(serving: Callable[[], Serving]) -> FastAPI:
    """The application, to be mounted at ``PREFIX``.

    Args:
        serving: gives what is served; called when it is first needed, and again only if that fails.
    """
    api = FastAPIOffline(
        redoc_url=None,
        title="CSR Assist",
        version=csr_assist.__version__,
        description=_ABOUT,
        responses={"default": _PROBLEM},
        swagger_ui_parameters=_NO_CHECK_ELSEWHERE,
    )
    api.state.serving = _once(serving)
    api.add_middleware(Guard)
    problems.install(api)
    for module in (turns, reviews, streams, socket, webhooks):
        api.include_router(module.router)
    api.include_router(turns.single)
    api.include_router(_health)
    return api


def standalone(api: FastAPI) -> Starlette:
    """The API at ``PREFIX`` without the screens; it is loaded before the first request.

    What is broken or away is said to requests, and may be mended meanwhile.
    """

    @asynccontextmanager
    async def ready(_: Starlette) -> AsyncIterator[None]:
        with suppress(CsrAssistError):
            await run_in_threadpool(api.state.serving)
        yield

    return Starlette(routes=[Mount(PREFIX, api)], lifespan=ready)


def _once(serving: Callable[[], Serving]) -> Callable[[], Serving]:
    """Requests that come first come together: one of them makes what is served, the others wait."""
    made, lock = cache(serving), Lock()

    def given() -> Serving:
        with lock:
            return made()

    return given
