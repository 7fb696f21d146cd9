"""Playing a transcript into a running server as a platform would: turn by turn, with the pauses of the recording."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from csr_assist.conversation import Turn
from csr_assist.errors import CsrAssistError, InputError
from csr_assist.playback import playback_of

TRIES = 10
"""How often a request is sent while the server asks for patience."""
PATIENCE = 5.0
"""Seconds between tries where the server does not say how long."""
LONGEST_WAIT = 60.0
_API = "/api/v1"
_TIMEOUT = 30.0


class ReplayError(CsrAssistError):
    """A server that is not there, or that does not take what it is sent."""


@dataclass(frozen=True, slots=True)
class Step:
    """A turn, and when it is due: seconds from the start of the recording."""

    due: float
    turn: Turn


def steps_of(turns: Iterable[Turn], name: Callable[[str], str]) -> tuple[Step, ...]:
    """Turns of any conversations by the time they are due; all conversations begin together.

    Args:
        turns: in the order of the transcript.
        name: what a conversation is called on the server, given its id in the transcript.
    """
    conversations: dict[str, list[Turn]] = {}
    for turn in turns:
        conversations.setdefault(turn.conversation_id, []).append(turn)
    steps = [
        Step(due, replace(turn, conversation_id=name(key)))
        for key, some in conversations.items()
        for due, turn in zip(playback_of(some, 0.0).starts, some, strict=True)
    ]
    return tuple(sorted(steps, key=lambda step: step.due))


class Server:
    """A running server's API; a context manager.

    Args:
        url: of the server, as ``http://localhost:8501``.
        token: a key that may post turns; without it only a server on this machine that has no keys lets us in.
        sleep: waits for seconds.

    Raises:
        InputError: the address is none.
        ReplayError: from every call: the server is not there, or does not take what it is sent.
    """

    def __init__(self, url: str, token: str | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        self._url = _address(url)
        self._token = token
        self._sleep = sleep
        self._reached = False
        if token and not (token.isascii() and token.isprintable()):
            raise InputError("the key holds characters that no key has")
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(headers=headers, timeout=_TIMEOUT)

    def desk_of(self, conversation_id: str) -> str:
        """Address of the desk of a conversation."""
        return f"{self._url}/?conversation={quote(conversation_id, safe='')}"

    def begin(self, turn: Turn) -> None:
        """Say what is known of the conversation that begins with ``turn``."""
        customer = turn.customer and {
            "id": turn.customer.id,
            "name": turn.customer.name,
            "since": turn.customer.since and turn.customer.since.isoformat(),
        }
        about = {"channel": turn.channel, "language": turn.language, "customer": customer}
        self._send("conversations", {"conversation_id": turn.conversation_id, **about})

    def post(self, step: Step) -> dict[str, Any]:
        """Post a turn as said now; gives what became of it, as the API documents it."""
        turn = step.turn
        said = {
            "conversation_id": turn.conversation_id,
            "turn_id": turn.turn_id,
            "speaker": turn.speaker,
            "text": turn.text,
            "language": turn.language,
            "order": step.due,
        }
        try:
            took: dict[str, Any] = self._send("turns", said).json()["turns"][0]
        except (ValueError, LookupError, TypeError):
            raise ReplayError(f"{self._url} answers, but not as CSR Assist") from None
        return took

    def end(self, conversation_id: str) -> None:
        """Say that a conversation has ended."""
        self._send(f"conversations/{quote(conversation_id, safe='')}/end", {})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def _send(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """Post until it is taken or refused; a turn that comes twice is taken once, so to repeat it does no harm."""
        for left in reversed(range(TRIES)):
            try:
                answer = self._client.post(f"{self._url}{_API}/{path}", json=body)
            except httpx.TransportError as error:
                if not left or not self._reached:
                    raise ReplayError(
                        f"no server answers at {self._url} ({type(error).__name__}); csr-assist run starts one"
                    ) from None
                self._sleep(PATIENCE)
                continue
            self._reached = True
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and left:
                self._sleep(_wait(answer.headers.get("retry-after", "")))
                continue
            break
        if not answer.is_success:
            raise ReplayError(self._refusal(answer))
        return answer

    def _refusal(self, answer: httpx.Response) -> str:
        if answer.status_code == httpx.codes.UNAUTHORIZED and not self._token:
            return f"{self._url} needs a key: give --token, or set CSR_ASSIST_TOKEN"
        try:
            detail = answer.json()["detail"]
        except (ValueError, LookupError, TypeError):
            detail = "and not as CSR Assist does"
        return f"{self._url} answered {answer.status_code}: {detail}"


def play(
    steps: Sequence[Step],
    server: Server,
    speed: float = 1.0,
    keep_open: bool = False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[dict[str, Any]]:
    """Post every turn when it is due; gives what became of each, as the API documents it.

    Args:
        steps: what to play.
        server: where to.
        speed: how many times faster than the recording.
        keep_open: whether the conversations are left without an end.
        clock: seconds on a steady clock.
        sleep: waits for seconds.

    Raises:
        ReplayError: the server is not there, or does not take what it is sent.
    """
    began = clock()
    last = {step.turn.conversation_id: step for step in steps}
    begun: set[str] = set()
    for step in steps:
        if (early := began + step.due / speed - clock()) > 0:
            sleep(early)
        conversation = step.turn.conversation_id
        if conversation not in begun:
            server.begin(step.turn)
            begun.add(conversation)
        yield server.post(step)
        if step is last[conversation] and not keep_open:
            server.end(conversation)


def _address(url: str) -> str:
    address = url.rstrip("/").removesuffix(_API)
    with suppress(httpx.InvalidURL, UnicodeError):
        parsed = httpx.URL(address)
        if parsed.scheme in ("http", "https") and parsed.host:
            return address
    raise InputError(f"'{url}' is no address of a server; expected one as http://localhost:8501")


def _wait(retry_after: str) -> float:
    return min(float(retry_after), LONGEST_WAIT) if retry_after.isdecimal() else PATIENCE
