"""Alerts on their way to channels: kept until they are sent or given up, over restarts."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

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

    def save(self, delivery: Delivery) -> None:
        """Keep where a delivery stands; one whose alert was erased is let go of."""
        with self._database.writing() as (session, _):
            if session.get(DeliveryRow, (int(delivery.notice_id), delivery.channel)):
                session.merge(delivery_row(delivery))

    def get(self, alert_id: int, channel: str) -> Delivery | None:
        """One delivery, or None."""
        with self._database.reading() as session:
            row = session.get(DeliveryRow, (alert_id, channel))
            return _value(row) if row else None

    def _with(self, status: Status, limit: int, channels: Collection[str] | None = None) -> list[Delivery]:
        query = select(DeliveryRow).where(DeliveryRow.status == status.value).order_by(DeliveryRow.next_try)
        if channels is not None:
            query = query.where(DeliveryRow.channel.in_(list(channels)))
        with self._database.reading() as session:
            return [_value(row) for row in session.scalars(query.limit(limit))]


def delivery_row(delivery: Delivery) -> DeliveryRow:
    """The value as a row."""
    return DeliveryRow(
        alert_id=int(delivery.notice_id),
        channel=delivery.channel,
        status=delivery.status.value,
        attempts=delivery.attempts,
        next_try=delivery.next_try,
        last_error=delivery.last_error or None,
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
