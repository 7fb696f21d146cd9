"""Webhooks of the platforms.

A platform may drop a call's transcript when a webhook fails, so what cannot be read is told in the answer and let be.
Only who is not let in is refused, and while the store is away the platform is asked to try again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from csr_assist.api.access import caller
from csr_assist.api.asked import LONGEST_TEXT, Named
from csr_assist.api.problems import Problem, unknown
from csr_assist.api.state import Configured, Served
from csr_assist.privacy.keys import Scope
from csr_assist.service import Service
from csr_assist.settings import PlatformSettings
from csr_assist.sources import PLATFORMS
from csr_assist.sources.events import heard_in
from csr_assist.sources.platform import Platform
from csr_assist.sources.signatures import verify_twilio, verify_zendesk

router = APIRouter(tags=["webhooks"])
_MOST_TOLD = 20
"""Problems of one event."""
_PLATFORMS = {platform.name: platform for platform in PLATFORMS}
_SIGNING = ("twilio", "zendesk")
_EVENT = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "example": {
                    "EventType": "ADD_TRANSCRIPT_SEGMENT",
                    "CallId": "call-2041",
                    "SegmentId": "7",
                    "Channel": "CALLER",
                    "Transcript": "This is the third time I'm calling.",
                    "IsPartial": False,
                    "StartTime": 12.5,
                },
            },
            "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
        },
    }
}


class Received(BaseModel):
    """What was read of an event, and what could not be."""

    turns: int
    problems: list[str]


@router.post("/webhooks/{platform}", summary="Events of a platform", openapi_extra=_EVENT)
async def receive(
    platform: str,
    request: Request,
    service: Served,
    settings: Configured,
    conversation_id: Named = None,
) -> Received:
    """An event as the platform sends it, JSON or a form, under the platform's name as in `csr-assist scan --source`.

    Twilio's and Zendesk's signatures are verified where the settings give their secrets; else a key is needed.
    """
    if platform not in _PLATFORMS:
        raise unknown("platform", platform)
    own = settings.platforms.get(platform, PlatformSettings())
    body = await request.body()
    form = await _form(request)
    if platform in _SIGNING and own.secret:
        if not _signed(platform, request, body, form, own, own.secret.get_secret_value()):
            raise Problem(401, "Who is it?", f"the signature is not {platform}'s")
    else:
        await run_in_threadpool(caller, request, Scope.INGEST)
    return await run_in_threadpool(_received, service, _PLATFORMS[platform], form or body, own, conversation_id)


def _received(
    service: Service, platform: Platform, given: Mapping[str, str] | bytes, own: PlatformSettings, named: str | None
) -> Received:
    """What was read of an event, and is kept."""
    payload = _json(given) if isinstance(given, bytes) else given
    heard, problems = heard_in(platform, payload, own.named, named)
    short = [one for one in heard if len(one.turn.text) <= LONGEST_TEXT]
    problems += [f"text is too long; allowed: at most {LONGEST_TEXT:,} characters"] * (len(heard) - len(short))
    if short:
        service.take(short)
    return Received(turns=len(short), problems=problems[:_MOST_TOLD])


async def _form(request: Request) -> dict[str, str] | None:
    if not request.headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded"):
        return None
    return {key: value for key, value in (await request.form()).items() if isinstance(value, str)}


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return "no JSON"


def _signed(
    platform: str,
    request: Request,
    body: bytes,
    form: Mapping[str, str] | None,
    own: PlatformSettings,
    secret: str,
) -> bool:
    if platform == "twilio":
        url = f"{own.url}?{request.url.query}" if own.url and request.url.query else own.url or str(request.url)
        given = request.headers.get("x-twilio-signature", "")
        return verify_twilio(url, form if form is not None else body, given, secret)
    signature = request.headers.get("x-zendesk-webhook-signature", "")
    timestamp = request.headers.get("x-zendesk-webhook-signature-timestamp", "")
    return verify_zendesk(body, timestamp, signature, secret)
