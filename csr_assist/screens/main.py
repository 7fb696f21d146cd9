"""The script that Streamlit runs for every visit: style, navigation, screen."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from csr_assist.errors import CsrAssistError
from csr_assist.screens import corpus, desk
from csr_assist.screens.services import services
from csr_assist.shipped import CORPUS

_HERE = Path(__file__).parent


def main() -> None:
    """Draw the page; what is missing or broken is said in one sentence instead of a trace."""
    st.set_page_config(
        page_title="CSR Assist", page_icon=str(_HERE / "icon.svg"), layout="wide", initial_sidebar_state="collapsed"
    )
    st.html(_HERE / "style.css")
    st.navigation(
        [
            st.Page(_desk, title="Desk", url_path="desk", default=True),
            st.Page(_corpus, title="Corpus", url_path="corpus"),
        ]
    ).run()


def _desk() -> None:
    try:
        ready = services()
    except CsrAssistError as error:
        st.error(str(error))
        st.stop()
    desk.render(ready)


def _corpus() -> None:
    corpus.render(CORPUS)


main()
