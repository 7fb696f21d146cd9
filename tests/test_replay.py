from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from api_doubles import application, server, service
from commanding import store
from doubles import turns
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from storing import NOW

from csr_assist.conversation import Customer, Language, Turn
from csr_assist.errors import InputError
from csr_assist.playback import PACE
from csr_assist.replay import PATIENCE, TRIES, ReplayError, Server, Step, play, steps_of
from csr_assist.store import Store

__all__ = ["store"]

STORY = turns("C: I've been a customer for 6 years and I am very upset", "A: we can't", "C: third time, I'm leaving")


def timed(story: list[Turn], *seconds: float) -> list[Turn]:
    return [replace(turn, at=NOW + timedelta(seconds=at)) for turn, at in zip(story, seconds, strict=True)]


@pytest.mark.parametrize(
    ("story", "dues"),
    [
        (STORY, [0.0, PACE, 2 * PACE]),
        (timed(STORY, 0, 2.5, 7), [0.0, 2.5, 7.0]),
        (timed(STORY, 0, 0, 3600), [0.0, 0.5, 12.5]),
        (STORY[:1], [0.0]),
        ([], []),
    ],
)
def test_turns_are_due_with_the_pauses_of_the_recording(story: list[Turn], dues: list[float]) -> None:
    assert [step.due for step in steps_of(story, str)] == dues


def test_conversations_of_one_transcript_begin_together() -> None:
    other = timed(turns("C: hello", "A: good day", conversation="d"), 0, 4)
    steps = steps_of([*timed(STORY, 0, 3, 5), *other], lambda key: f"{key}-x")
    assert [(step.due, step.turn.conversation_id) for step in steps] == [
        (0.0, "c-x"), (0.0, "d-x"), (3.0, "c-x"), (4.0, "d-x"), (5.0, "c-x"),
    ]  # fmt: skip


@dataclass
class Clock:
    now: float = 100.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def address(store: Store) -> Iterator[str]:
    with server(application(service(store))) as url:
        yield url


@pytest.mark.parametrize("speed", [1.0, 4.0, 0.5])
def test_what_is_played_is_what_is_kept(store: Store, address: str, speed: float) -> None:
    clock = Clock()
    about = {"channel": "call", "language": Language.ENGLISH, "customer": Customer("C-1", "Mara", date(2019, 4, 1))}
    story = [replace(turn, **about) for turn in timed(STORY, 0, 3, 5)]  # type: ignore[arg-type]
    with Server(address) as there:
        took = list(play(steps_of(story, str), there, speed, clock=clock, sleep=clock.sleep))
    assert clock.waits == pytest.approx([3 / speed, 2 / speed])
    assert [one["taken"] for one in took] == ["new"] * 3
    assert took[0]["update"]["prompt"]["say"]
    _, kept = store.conversations.read("c")
    assert [one.heard.turn.text for one in kept] == [turn.text for turn in story]
    summary = store.conversations.summary("c")
    assert summary
    assert summary.ended_at
    assert (summary.channel, summary.customer) == ("call", about["customer"])


def test_it_can_be_left_open_and_played_again(store: Store, address: str) -> None:
    clock = Clock()
    steps = steps_of(STORY, lambda _: "a b/c")
    with Server(address.removesuffix("/api/v1") + "/") as there:
        list(play(steps, there, keep_open=True, clock=clock, sleep=clock.sleep))
        summary = store.conversations.summary("a b/c")
        assert summary
        assert summary.ended_at is None
        again = list(play(steps, there, clock=clock, sleep=clock.sleep))
    assert {one["taken"] for one in again} == {"repeated"}
    summary = store.conversations.summary("a b/c")
    assert summary
    assert summary.ended_at


@dataclass
class Platform:
    """A server that answers what it is told, in turn; the last answer stays."""

    answers: list[Response]
    asked: int = 0

    def application(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self.answer, methods=["GET", "POST"])])

    async def answer(self, _: Request) -> Response:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


def away(retry_after: str | None) -> Response:
    headers = {"retry-after": retry_after} if retry_after is not None else {}
    return JSONResponse({"detail": "the store is away"}, 503, headers=headers)


TAKEN = JSONResponse({"turns": [{"taken": "new"}]})
STEP = Step(0.0, STORY[0])


@pytest.mark.parametrize(
    ("answers", "waits"),
    [
        ([TAKEN], []),
        ([away("3"), TAKEN], [3.0]),
        ([away("0"), away("7"), TAKEN], [0.0, 7.0]),
        ([away("99999"), TAKEN], [60.0]),
        ([away("-1"), TAKEN], [PATIENCE]),
        ([away("Wed, 21 Oct 2026 07:28:00 GMT"), TAKEN], [PATIENCE]),
        ([away(None), TAKEN], [PATIENCE]),
    ],
)
def test_a_server_that_asks_for_patience_gets_it(answers: list[Response], waits: list[float]) -> None:
    clock = Clock()
    with server(Platform(answers).application()) as url, Server(url, sleep=clock.sleep) as there:
        assert there.post(STEP) == {"taken": "new"}
    assert clock.waits == waits


def test_patience_has_an_end() -> None:
    clock, platform = Clock(), Platform([away("1")])
    with (
        server(platform.application()) as url,
        Server(url, sleep=clock.sleep) as there,
        pytest.raises(ReplayError, match="503: the store is away"),
    ):
        there.post(STEP)
    assert platform.asked == TRIES
    assert len(clock.waits) == TRIES - 1


def test_a_server_that_goes_away_in_between_is_waited_for() -> None:
    clock = Clock()
    with server(Platform([TAKEN]).application()) as url:
        there = Server(url, sleep=clock.sleep)
        there.post(STEP)
    with there, pytest.raises(ReplayError, match="no server answers"):
        there.post(STEP)
    assert clock.waits == [PATIENCE] * (TRIES - 1)


@pytest.mark.parametrize(
    ("answer", "token", "said"),
    [
        (JSONResponse({"detail": "a key is needed"}, 401), None, "needs a key: give --token"),
        (JSONResponse({"detail": "this key opens nothing here"}, 401), "k", "401: this key opens nothing here"),
        (JSONResponse({"detail": "the key opens read"}, 403), "k", "403: the key opens read"),
        (JSONResponse({"detail": "text is too long"}, 422), None, "422: text is too long"),
        (PlainTextResponse("Not Found", 404), None, "404: and not as CSR Assist does"),
        (JSONResponse(["?"], 500), None, "500: and not as CSR Assist does"),
        (PlainTextResponse("<html>"), None, "answers, but not as CSR Assist"),
        (JSONResponse({"turns": []}), None, "answers, but not as CSR Assist"),
    ],
)
def test_a_refusal_is_one_sentence(answer: Response, token: str | None, said: str) -> None:
    platform = Platform([answer])
    with server(platform.application()) as url, Server(url, token) as there, pytest.raises(ReplayError, match=said):
        there.post(STEP)
    assert platform.asked == 1


@pytest.mark.parametrize("url", ["localhost:8501", "ftp://localhost", "http://", "", "http:///x", "http://:80"])
def test_an_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(InputError, match="no address of a server"):
        Server(url)


@pytest.mark.parametrize("token", ["schlüssel", "a\nb"])
def test_a_key_that_cannot_be_one_is_not_sent(token: str) -> None:
    with pytest.raises(InputError, match="no key"):
        Server("http://localhost:8501", token)


def test_a_key_is_sent_with_every_request() -> None:
    given: list[Any] = []

    async def keep(request: Request) -> Response:
        given.append(request.headers.get("authorization"))
        return TAKEN

    with server(Starlette(routes=[Route("/{path:path}", keep, methods=["POST"])])) as url, Server(url, "k") as there:
        list(play([STEP], there))
    assert given == ["Bearer k"] * 3
