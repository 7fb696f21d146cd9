"""A transcript that is pasted or uploaded: what its columns are, who is who, which of its conversations."""

from __future__ import annotations

import hashlib
from pathlib import PurePath

import streamlit as st

from csr_assist.conversation import Conversation
from csr_assist.errors import InputError
from csr_assist.screens.services import conversations_in
from csr_assist.sources import SUFFIXES, table
from csr_assist.sources.decode import decode

_TABLES = (".csv", ".tsv")
_NEEDED = ("speaker", "text")


def chosen() -> tuple[str, Conversation] | None:
    """The conversation to open, with a name that is another for everything else that could be opened.

    Raises:
        InputError: nothing can be read in what was given.
    """
    with st.popover("Paste or upload"):
        kinds = [suffix.lstrip(".") for suffix in SUFFIXES]
        upload = st.file_uploader("A transcript file", type=kinds, key="upload")
        hint = "Customer: this is the third time I call\nAgent: ..."
        pasted = st.text_area("or paste it here", key="pasted", placeholder=hint)
        swap = st.toggle("Swap customer and agent", key="swap")
    content = upload.getvalue() if upload is not None else pasted.encode()
    if not content.strip():
        return None
    digest = hashlib.sha256(content).hexdigest()[:8]
    name = upload.name if upload is not None else f"pasted-{digest}"
    columns = _columns(decode(content, name), name)
    conversations, problems = conversations_in(content, name, columns, swap)
    if unread := [problem for problem in problems if not problem.read]:
        st.warning(f"{len(unread)} lines were not read as they stand; the first: {unread[0]}")
    if len(unread) < len(problems):
        st.info("Nobody is named, so who says what was inferred; if it is the wrong way round, swap above.")
    place = 0
    if len(conversations) > 1:
        names = [conversation.id for conversation in conversations]
        place = st.selectbox("Conversation", range(len(names)), format_func=lambda i: names[i], key="conversation")
    return f"{digest}:{place}:{swap}:{sorted(columns.items())}", conversations[place]


def _columns(text: str, name: str) -> table.Columns:
    """Columns that the user names, where a table's header does not say which hold the speaker and the words."""
    if PurePath(name).suffix.lower() not in _TABLES:
        return {}
    header, known = table.columns(text), table.guessed(text)
    asked = [field for field in _NEEDED if field not in known]
    if not asked or len(header) < len(_NEEDED):
        return {}
    st.info("Which columns hold what? The header does not say.")
    given = {
        field: st.selectbox(f"Column of the {field}", header, index=None, key=f"column-{field}") for field in asked
    }
    if not all(given.values()):
        raise InputError(f"{name}: no column for the {' and the '.join(asked)} yet; pick it above")
    return {field: column for field, column in given.items() if column}
