"""The live service put together: kit, store and settings; what the API and the screens of one process share."""

from __future__ import annotations

import gc
from dataclasses import dataclass

from csr_assist.dispatcher import Dispatcher
from csr_assist.notify import channels_of
from csr_assist.service import Service
from csr_assist.settings import Settings, load
from csr_assist.shipped import Kit, database_url
from csr_assist.store import Store


@dataclass(frozen=True, slots=True)
class Serving:
    """What is served, and what sends alerts out meanwhile."""

    service: Service
    settings: Settings
    dispatcher: Dispatcher


def serve(kit: Kit, settings: Settings | None = None) -> Serving:
    """Open the store and start to send alerts.

    Raises:
        InputError: the settings do not validate.
        ModelError: the detector is absent or damaged.
        PlaybookError: the playbook does not validate.
        StoreError: the database cannot be opened.
    """
    settings = settings or load()
    store = Store(database_url())
    service = Service(kit.detector, kit.advisor, store, settings.notify)
    channels = channels_of(settings.notify, service.clock)
    dispatcher = Dispatcher(store, channels, settings.address, service.clock)
    dispatcher.start()
    gc.collect()
    gc.freeze()  # what is loaded by now stays: to look it through for garbage again and again would hold up turns
    return Serving(service, settings, dispatcher)
