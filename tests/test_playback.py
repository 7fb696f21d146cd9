from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_assist.conversation import Speaker, Turn
from csr_assist.playback import Playback, playback_of

BEGIN = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)


def turns(*seconds: float | None) -> list[Turn]:
    """Turns that began so many seconds into the call, or nobody knows when."""
    return [
        Turn("c", str(place), Speaker.AGENT, "hello", None if at is None else BEGIN + timedelta(seconds=at))
        for place, at in enumerate(seconds)
    ]


@pytest.mark.parametrize(
    ("seconds", "starts"),
    [
        pytest.param([], [], id="no turn"),
        pytest.param([30], [0], id="the first is due at once"),
        pytest.param([0, 3, 10], [0, 3, 10], id="the pauses of the recording"),
        pytest.param([100, 103], [0, 3], id="from the first turn on"),
        pytest.param([0, 60, 65], [0, 12, 17], id="a long silence is cut"),
        pytest.param([0, 12, 24.1], [0, 12, 24], id="twelve seconds are not"),
        pytest.param([0, 0, 0], [0, 0.5, 1], id="turns of one moment follow each other"),
        pytest.param([0, 5, 3], [0, 5, 5.5], id="a clock that goes back"),
        pytest.param([None, None, None], [0, 6, 12], id="no times"),
        pytest.param([0, None, 4], [0, 6, 12], id="a time is missing"),
    ],
)
def test_turns_start_with_the_pauses_of_the_recording(seconds: list[float | None], starts: list[float]) -> None:
    assert list(playback_of(turns(*seconds), now=1000.0).starts) == starts


PLAYED = Playback(starts=(0.0, 4.0, 10.0), since=100.0)


@pytest.mark.parametrize(
    ("now", "due", "ended"),
    [(100.0, 1, False), (103.9, 1, False), (104.0, 2, False), (109.9, 2, False), (110.0, 3, True), (999.0, 3, True)],
)
def test_turns_fall_due_by_the_clock(now: float, due: int, ended: bool) -> None:
    assert PLAYED.due(now) == due
    assert PLAYED.ended(now) is ended


@pytest.mark.parametrize(("speed", "now", "due"), [(2.0, 101.9, 1), (2.0, 102.0, 2), (0.5, 107.9, 1), (0.5, 108.0, 2)])
def test_speed_shortens_and_lengthens_the_pauses(speed: float, now: float, due: int) -> None:
    assert Playback((0.0, 4.0, 10.0), speed=speed, since=100.0).due(now) == due


def test_a_pause_stops_the_clock() -> None:
    still = PLAYED.paused(103.0)
    assert still.due(9999.0) == 1
    on = still.resumed(9999.0)
    assert (on.due(9999.9), on.due(10000.0)) == (1, 2)


def test_pausing_twice_loses_no_time() -> None:
    still = PLAYED.paused(103.0).paused(200.0)
    assert still.position(300.0) == 3.0


def test_resuming_what_runs_changes_nothing() -> None:
    assert PLAYED.resumed(103.0).position(105.0) == PLAYED.position(105.0) == 5.0


def test_another_speed_counts_from_here_on() -> None:
    fast = PLAYED.at_speed(2.0, 103.0)
    assert fast.position(103.0) == 3.0
    assert (fast.due(103.4), fast.due(103.5)) == (1, 2)


def test_another_speed_in_a_pause_does_not_start_it() -> None:
    still = PLAYED.paused(103.0).at_speed(2.0, 150.0)
    assert still.due(999.0) == 1
    assert still.resumed(200.0).position(200.25) == 3.5


def test_a_step_stops_right_at_the_next_turn() -> None:
    stepped = PLAYED.stepped(101.0)
    assert (stepped.position(101.0), stepped.due(999.0), stepped.playing) == (4.0, 2, False)
    assert stepped.resumed(200.0).due(206.0) == 3


def test_a_step_at_the_end_stays_there() -> None:
    assert PLAYED.stepped(500.0).due(500.0) == 3


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(lambda p: p.stepped(5.0), id="step"),
        pytest.param(lambda p: p.paused(5.0), id="pause"),
        pytest.param(lambda p: p.resumed(5.0), id="resume"),
        pytest.param(lambda p: p.at_speed(2.0, 5.0), id="speed"),
    ],
)
def test_without_turns_there_is_nothing_to_play(command: Callable[[Playback], Playback]) -> None:
    empty = command(playback_of([], now=0.0))
    assert empty.due(10.0) == 0
    assert empty.ended(10.0)
    assert empty.length == 0.0


STARTS = st.lists(st.floats(0.5, 12.0), max_size=8).map(lambda gaps: tuple(sum(gaps[:i]) for i in range(len(gaps) + 1)))
COMMANDS = st.lists(
    st.tuples(
        st.floats(0, 20),
        st.sampled_from(["wait", "pause", "resume", "step", "speed 0.5", "speed 1", "speed 4"]),
    ),
    max_size=30,
)


def done(playback: Playback, command: str, now: float) -> Playback:
    name, _, speed = command.partition(" ")
    if name == "speed":
        return playback.at_speed(float(speed), now)
    actions: dict[str, Callable[[float], Playback]] = {
        "pause": playback.paused,
        "resume": playback.resumed,
        "step": playback.stepped,
    }
    return actions[name](now) if name in actions else playback


@given(STARTS, COMMANDS)
def test_no_turn_is_lost_or_repeated(starts: tuple[float, ...], commands: list[tuple[float, str]]) -> None:
    playback, now = Playback(starts), 0.0
    heard = list(range(playback.due(now)))
    for waited, command in commands:
        was_playing, before = playback.playing, playback.due(now)
        now += waited
        assert was_playing or playback.due(now) == before
        due = playback.due(now)
        assert due >= len(heard)
        heard += range(len(heard), due)
        playback = done(playback, command, now)
        if command == "step":
            assert playback.due(now) == min(due + 1, len(starts))
            heard += range(len(heard), playback.due(now))
        else:
            assert playback.due(now) == due
    end = now + 20 * len(starts) * 2 + 1
    heard += range(len(heard), playback.resumed(now).due(end))
    assert heard == list(range(len(starts)))


@given(STARTS, COMMANDS)
def test_the_position_never_goes_back(starts: tuple[float, ...], commands: list[tuple[float, str]]) -> None:
    playback, now = Playback(starts), 0.0
    positions = [playback.position(now)]
    for waited, command in commands:
        now += waited
        positions.append(playback.position(now))
        playback = done(playback, command, now)
        positions.append(playback.position(now))
    assert all(b >= a for a, b in pairwise(positions))
    assert positions[-1] <= playback.length
