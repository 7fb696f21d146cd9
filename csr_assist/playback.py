"""Playing a conversation: which turns are due now. Pure: the clock is passed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from csr_assist.conversation import Turn

PACE = 6.0
"""Seconds between turns where the transcript carries no times."""
LONGEST_PAUSE = 12.0
"""Seconds; longer silences of the recording are cut to this."""


@dataclass(frozen=True, slots=True)
class Playback:
    """A conversation that is being played. Times are seconds on any steady clock.

    ``reached`` is the position in the recording when the clock read ``since``.
    """

    starts: tuple[float, ...]
    speed: float = 1.0
    playing: bool = True
    reached: float = 0.0
    since: float = 0.0

    @property
    def length(self) -> float:
        """Seconds of the recording until the last turn."""
        return self.starts[-1] if self.starts else 0.0

    def position(self, now: float) -> float:
        """Seconds of the recording that have been played at ``now``."""
        passed = (now - self.since) * self.speed if self.playing else 0.0
        return min(self.reached + passed, self.length)

    def due(self, now: float) -> int:
        """How many turns should have been heard at ``now``."""
        position = self.position(now)
        return sum(start <= position for start in self.starts)

    def ended(self, now: float) -> bool:
        """Whether the last turn has been played."""
        return self.due(now) == len(self.starts)

    def paused(self, now: float) -> Playback:
        """The same, standing still."""
        return replace(self, playing=False, reached=self.position(now), since=now)

    def resumed(self, now: float) -> Playback:
        """The same, running on."""
        return replace(self, playing=True, reached=self.position(now), since=now)

    def at_speed(self, speed: float, now: float) -> Playback:
        """The same from here on at another speed."""
        return replace(self, speed=speed, reached=self.position(now), since=now)

    def stepped(self, now: float) -> Playback:
        """Stopped right at the next turn."""
        following = (*self.starts, self.length)[self.due(now)]
        return replace(self, playing=False, reached=following, since=now)


def playback_of(turns: Sequence[Turn], now: float, speed: float = 1.0) -> Playback:
    """Play ``turns`` from the first one on, with the pauses of the recording."""
    starts = [0.0] if turns else []
    for before, turn in pairwise(turns):
        pause = (turn.at - before.at).total_seconds() if turn.at and before.at else PACE
        starts.append(starts[-1] + min(max(pause, 0.5), LONGEST_PAUSE))
    return Playback(tuple(starts), speed=speed, since=now)
