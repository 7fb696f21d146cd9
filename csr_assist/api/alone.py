"""The API without the screens: ``uvicorn csr_assist.api.alone:app``."""

from __future__ import annotations

from csr_assist.api.application import create_api, standalone
from csr_assist.serving import serve
from csr_assist.shipped import Kit

app = standalone(create_api(lambda: serve(Kit())))
