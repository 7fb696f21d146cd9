"""What the store cannot do is said in one sentence, never as a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from csr_assist.errors import StoreError


@contextmanager
def said_by(element: Callable[[str], object]) -> Iterator[None]:
    """Show why the store failed by ``element``: ``st.error`` where a page is drawn, ``st.toast`` in a callback.

    Fragments and callbacks need it themselves: what they raise never reaches the code that set them up.
    """
    try:
        yield
    except StoreError as error:
        element(str(error))
