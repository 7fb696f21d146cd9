"""What requests find in the application: the service and the settings, made when it starts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.requests import HTTPConnection

from csr_assist.service import Service
from csr_assist.serving import Serving
from csr_assist.settings import Settings


def serving_of(connection: HTTPConnection) -> Serving:
    """What this application serves; made at the first request where nothing has made it before."""
    serving: Serving = connection.app.state.serving()
    return serving


def service_of(connection: HTTPConnection) -> Service:
    """The one service of this process."""
    return serving_of(connection).service


def settings_of(connection: HTTPConnection) -> Settings:
    """The company's settings."""
    return serving_of(connection).settings


Served = Annotated[Service, Depends(service_of)]
Configured = Annotated[Settings, Depends(settings_of)]
