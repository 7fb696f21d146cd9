from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify_doubles import NOON

from csr_assist.alerts import AlertLevel
from csr_assist.notify import NotifyError, Policy, in_cool_down, over_budget

NOTICE, URGENT = AlertLevel


def ago(*minutes: float) -> list[datetime]:
    return [NOON - timedelta(minutes=one) for one in minutes]


@pytest.mark.parametrize(
    ("earlier", "quiet"),
    [
        ([], False),
        (ago(0), True),
        (ago(14.9), True),
        (ago(15), False),
        (ago(20, 3, 40), True),
        (ago(20, 40), False),
    ],
)
def test_cool_down(earlier: list[datetime], quiet: bool) -> None:
    assert in_cool_down(NOON, earlier, Policy()) is quiet
    assert not in_cool_down(NOON, earlier, Policy(cool_down=timedelta()))


@pytest.mark.parametrize(
    ("level", "sent", "over"),
    [
        (NOTICE, ago(5) * 29, False),
        (NOTICE, ago(5) * 30, True),
        (NOTICE, ago(59.9) * 30, True),
        (NOTICE, ago(60) * 30, False),
        (URGENT, ago(5) * 30, False),
        (URGENT, ago(5) * 39, False),
        (URGENT, ago(5) * 40, True),
        (NOTICE, ago(5) * 20 + ago(61) * 20, False),
    ],
)
def test_budget_and_reserve(level: AlertLevel, sent: list[datetime], over: bool) -> None:
    assert bool(over_budget(level, NOON, sent, Policy())) is over


@pytest.mark.parametrize(
    ("level", "policy", "why"),
    [
        (NOTICE, Policy(per_hour=3), "The hour's budget of 3 notices is used up."),
        (URGENT, Policy(per_hour=2, reserve=1), "3 notices, with the reserve for urgent ones, is used up."),
    ],
)
def test_why(level: AlertLevel, policy: Policy, why: str) -> None:
    assert why in str(over_budget(level, NOON, ago(5) * 3, policy))


@pytest.mark.parametrize(
    ("ahead", "counts"),
    [
        (timedelta(seconds=1), True),
        (timedelta(hours=2), True),
        (timedelta(days=1), True),
        (timedelta(days=1, seconds=1), False),
        (timedelta(days=400), False),
    ],
)
def test_a_clock_set_back(ahead: timedelta, counts: bool) -> None:
    assert in_cool_down(NOON, [NOON + ahead], Policy()) is counts
    assert bool(over_budget(NOTICE, NOON, [NOON + ahead] * 30, Policy())) is counts


@given(
    st.lists(st.tuples(st.floats(-3000, 3000), st.booleans()), max_size=120),
    st.integers(0, 8),
    st.integers(0, 4),
)
def test_within_any_hour_the_budget_holds(steps: list[tuple[float, bool]], per_hour: int, reserve: int) -> None:
    policy = Policy(per_hour=per_hour, reserve=reserve)
    at, sent = NOON, list[datetime]()
    for seconds, urgent in steps:
        at += timedelta(seconds=seconds)
        if not over_budget(URGENT if urgent else NOTICE, at, sent, policy):
            sent.append(at)
            recent = [one for one in sent if timedelta() <= at - one < timedelta(hours=1)]
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
