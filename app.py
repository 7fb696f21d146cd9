"""The application: ``streamlit run app.py``, or any ASGI server on ``app:app``. Screens and API in one process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import streamlit as st
from starlette.routing import Mount

import csr_assist.screens
from csr_assist.api import PREFIX, create_api
from csr_assist.errors import CsrAssistError
from csr_assist.screens.services import services


@asynccontextmanager
async def ready(_: st.App) -> AsyncIterator[None]:
    """Load detector and playbook before the first visit; what is broken is said on the page itself."""
    with suppress(CsrAssistError):
        services()
    yield


app = st.App(
    Path(csr_assist.screens.__file__).parent / "main.py",
    lifespan=ready,
    routes=[Mount(PREFIX, create_api(lambda: services().serving))],
)
