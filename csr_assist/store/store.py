"""The store: all that is kept, by what it is about."""

from __future__ import annotations

from csr_assist.store.alerts import Alerts
from csr_assist.store.conversations import Conversations
from csr_assist.store.database import Database
from csr_assist.store.deliveries import Deliveries
from csr_assist.store.privacy import Privacy
from csr_assist.store.reviews import Reviews
from csr_assist.store.search import Search


class Store:
    """Opens the database at ``url``: SQLite or PostgreSQL, as SQLAlchemy writes their addresses.

    Raises:
        StoreError: the database cannot be reached or written to; likewise from everything below.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self.conversations = Conversations(self._database)
        self.search = Search(self._database)
        self.alerts = Alerts(self._database)
        self.deliveries = Deliveries(self._database)
        self.reviews = Reviews(self._database)
        self.privacy = Privacy(self._database)

    def close(self) -> None:
        """Let go of the database's connections."""
        self._database.close()
