"""The API without the screens: ``uvicorn csr_assist.api.alone:app``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount

from csr_assist.api.application import PREFIX, create_api
from csr_assist.errors import CsrAssistError
from csr_assist.serving import serve
from csr_assist.shipped import Kit

_api = create_api(lambda: serve(Kit()))


@asynccontextmanager
async def _ready(_: Starlette) -> AsyncIterator[None]:
    """Load before the first request; what is broken or away is said to requests, and may be mended meanwhile."""
    with suppress(CsrAssistError):
        await run_in_threadpool(_api.state.serving)
    yield


app = Starlette(routes=[Mount(PREFIX, _api)], lifespan=_ready)
