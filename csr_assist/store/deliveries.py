"""Alerts on their way to channels: kept until they are sent or given up, over restarts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from csr_assist.notify.delivery import Delivery, Status
from csr_assist.store.database import Database
from csr_assist.store.tables import DeliveryRow


class Deliveries:
    """Reads and writes deliveries; a delivery's ``notice_id`` is its alert's id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending(self, limit: int = 200, channels: Collection[str] | None = None) -> list[Delivery]:
        """What is not yet sent nor given up, through these channels or any, the earliest due first."""
        return self._with(Status.PENDING, limit, channels)

    def dead(self, limit: int = 200) -> list[Delivery]:
        """What was given up."""
        return self._with(Status.DEAD, limit)

    def claim(self, delivery: Delivery, until: datetime) -> bool:
        """Take a delivery on, and nobody else does until then; False where somebody did since it was read."""
        with self._database.writing() as (session, _):
            claimed = update(DeliveryRow).where(*_pending(delivery), DeliveryRow.next_try == delivery.next_try)
            return bool(session.execute(claimed.values(next_try=until)).rowcount)  # type: ignore[attr-defined]

    def save(self, delivery: Delivery) -> None:
        """Keep what became of a delivery that is pending; one whose alert was erased is let go of."""
        with self._database.writing() as (session, _):
            session.execute(update(DeliveryRow).where(*_pending(delivery)).values(**_standing(delivery)))

    def _with(self, status: Status, limit: int, channels: Collection[str] | None = None) -> list[Delivery]:
        query = select(DeliveryRow).where(DeliveryRow.status == status.value).order_by(DeliveryRow.next_try)
        if channels is not None:
            query = query.where(DeliveryRow.channel.in_(list(channels)))
        with self._database.reading() as session:
            return [_value(row) for row in session.scalars(query.limit(limit))]


def delivery_row(delivery: Delivery) -> DeliveryRow:
    """The value as a row."""
    return DeliveryRow(alert_id=int(delivery.notice_id), channel=delivery.channel, **_standing(delivery))


def _standing(delivery: Delivery) -> dict[str, Any]:
    return {
        "status": delivery.status.value,
        "attempts": delivery.attempts,
        "next_try": delivery.next_try,
        "last_error": delivery.last_error or None,
    }


def _pending(delivery: Delivery) -> tuple[ColumnElement[bool], ...]:
    return (
        DeliveryRow.alert_id == int(delivery.notice_id),
        DeliveryRow.channel == delivery.channel,
        DeliveryRow.status == Status.PENDING.value,
    )


def _value(row: DeliveryRow) -> Delivery:
    return Delivery(
        notice_id=str(row.alert_id),
        channel=row.channel,
        next_try=row.next_try,
        attempts=row.attempts,
        status=Status(row.status),
        last_error=row.last_error or "",
    )
