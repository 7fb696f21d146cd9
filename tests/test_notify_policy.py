from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify_doubles import NOON

from csr_assist.alerts import Alert, AlertLevel
from csr_assist.notify import NotifyError, Outcome, Policy, Sent, decide

RISK = Alert("the call has become at risk", AlertLevel.NOTICE)
LEAVING = Alert("a loyal customer says they may leave", AlertLevel.URGENT)


def sent(minutes_ago: float, conversation: str = "c1", reason: str = RISK.reason) -> Sent:
    return Sent(conversation, reason, NOON - timedelta(minutes=minutes_ago))


def crowd(number: int, minutes_ago: float = 5) -> list[Sent]:
    return [sent(minutes_ago, f"other {place}") for place in range(number)]


@pytest.mark.parametrize(
    ("earlier", "outcome"),
    [
        ([], Outcome.SEND),
        ([sent(0)], Outcome.HELD),
        ([sent(14.9)], Outcome.HELD),
        ([sent(15)], Outcome.SEND),
        ([sent(20), sent(3), sent(40)], Outcome.HELD),
        ([sent(3, conversation="c2")], Outcome.SEND),
        ([sent(3, reason=LEAVING.reason)], Outcome.SEND),
    ],
)
def test_cool_down(earlier: list[Sent], outcome: Outcome) -> None:
    assert decide(RISK, "c1", NOON, earlier).outcome is outcome


@pytest.mark.parametrize(
    ("alert", "earlier", "outcome"),
    [
        (RISK, crowd(29), Outcome.SEND),
        (RISK, crowd(30), Outcome.HELD),
        (RISK, crowd(30, minutes_ago=59.9), Outcome.HELD),
        (RISK, crowd(30, minutes_ago=60), Outcome.SEND),
        (LEAVING, crowd(30), Outcome.SEND),
        (LEAVING, crowd(39), Outcome.SEND),
        (LEAVING, crowd(40), Outcome.HELD),
        (RISK, crowd(20) + crowd(20, minutes_ago=61), Outcome.SEND),
    ],
)
def test_budget_and_reserve(alert: Alert, earlier: list[Sent], outcome: Outcome) -> None:
    assert decide(alert, "c1", NOON, earlier).outcome is outcome


@pytest.mark.parametrize(
    ("alert", "earlier", "policy", "why"),
    [
        (RISK, [], Policy(), "It is number 1 of at most 30 within the hour."),
        (LEAVING, crowd(34), Policy(), "It is number 35 of at most 40 within the hour."),
        (RISK, crowd(30), Policy(), "The hour's budget of 30 notices is used up."),
        (
            LEAVING,
            crowd(3),
            Policy(per_hour=2, reserve=1),
            "3 notices, with the reserve for urgent ones, is used up.",
        ),
        (RISK, [sent(4)], Policy(), "sent for this conversation 4 minutes ago; it stays quiet for 15 minutes."),
        (RISK, [sent(0.5)], Policy(timedelta(minutes=1)), "less than a minute ago; it stays quiet for 1 minute."),
    ],
)
def test_why(alert: Alert, earlier: list[Sent], policy: Policy, why: str) -> None:
    assert why in decide(alert, "c1", NOON, earlier, policy).why


@pytest.mark.parametrize(
    ("ahead", "outcome"),
    [
        (timedelta(seconds=1), Outcome.HELD),
        (timedelta(hours=2), Outcome.HELD),
        (timedelta(days=1), Outcome.HELD),
        (timedelta(days=1, seconds=1), Outcome.SEND),
        (timedelta(days=400), Outcome.SEND),
    ],
)
def test_a_clock_set_back(ahead: timedelta, outcome: Outcome) -> None:
    assert decide(RISK, "c1", NOON, [Sent("c1", RISK.reason, NOON + ahead)]).outcome is outcome
    full = [Sent(f"other {place}", RISK.reason, NOON + ahead) for place in range(30)]
    assert decide(RISK, "c1", NOON, full).outcome is outcome


@given(
    st.lists(st.tuples(st.floats(-3000, 3000), st.sampled_from(["c1", "c2", "c3"]), st.booleans()), max_size=120),
    st.integers(0, 8),
    st.integers(0, 4),
)
def test_within_any_hour_the_budget_holds(steps: list[tuple[float, str, bool]], per_hour: int, reserve: int) -> None:
    policy = Policy(per_hour=per_hour, reserve=reserve)
    at, log = NOON, list[Sent]()
    for seconds, conversation, urgent in steps:
        at += timedelta(seconds=seconds)
        alert = LEAVING if urgent else RISK
        if decide(alert, conversation, at, log, policy).outcome is Outcome.SEND:
            log.append(Sent(conversation, alert.reason, at))
            recent = [one for one in log if timedelta() <= at - one.at < timedelta(hours=1)]
            assert len(recent) <= per_hour + (reserve if urgent else 0)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"per_hour": -1}, "per_hour is 0 or more, not -1"),
        ({"reserve": -2}, "reserve is 0 or more, not -2"),
        ({"cool_down": timedelta(seconds=-5)}, "cool_down is 0 or more, not -5 seconds"),
    ],
)
def test_bad_policies(values: dict[str, int], message: str) -> None:
    with pytest.raises(NotifyError, match=message):
        Policy(**values)  # type: ignore[arg-type]
