"""The script that Streamlit runs for every visit: style, who it is, navigation, screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from csr_assist.errors import CsrAssistError
from csr_assist.screens import access, corpus, desk, review
from csr_assist.screens.access import Person
from csr_assist.screens.services import Services, services
from csr_assist.shipped import CORPUS

_HERE = Path(__file__).parent


def main() -> None:
    """Draw the page; what is missing or broken is said in one sentence instead of a trace."""
    st.set_page_config(
        page_title="CSR Assist", page_icon=str(_HERE / "icon.svg"), layout="wide", initial_sidebar_state="collapsed"
    )
    st.html(_HERE / "style.css")
    try:
        ready = services()
        who = access.person(ready.serving.settings.roles)
    except CsrAssistError as error:
        st.error(str(error))
        st.stop()
    if who is None:
        access.login()
        st.stop()
    st.navigation(_pages(ready, who)).run()


def _pages(ready: Services, who: Person) -> list[st.Page]:
    screens: dict[str, Callable[[], None]] = {
        "desk": lambda: desk.render(ready, who),
        "review": lambda: review.render(ready, who),
        "corpus": lambda: corpus.render(CORPUS),
    }
    return [
        st.Page(screen, title=name.capitalize(), url_path=name, default=name == "desk")
        for name, screen in screens.items()
        if who.sees(name)
    ]


main()
