"""Names of speakers, as sources write them, to the three roles that the product knows."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from csr_assist.conversation import Speaker
from csr_assist.errors import InputError
from csr_assist.sources.rows import Problem, Row, shown

_NAMES = {
    Speaker.CUSTOMER: """
        customer, cust, caller, client, user, end user, consumer, subscriber, member, guest, visitor, buyer, external,
        pelanggan, konsumen, nasabah, pembeli, pengguna, penelepon, klien,
        مشتری, مشترک, کاربر, خریدار, تماس گیرنده, ارباب رجوع""",
    Speaker.AGENT: """
        agent, human agent, csr, rep, representative, operator, advisor, adviser, support, cs, helpdesk, service desk,
        staff, employee, consultant, supervisor, manager, team leader, internal, service agent, support agent,
        customer service, customer support, customer care, customer service agent, customer service representative,
        petugas, agen, admin, staf, layanan pelanggan,
        پشتیبان, پشتیبانی, اپراتور, کارشناس, کارشناس پشتیبانی, نماینده, ادمین""",
    Speaker.SYSTEM: """
        system, bot, chatbot, custom bot, robot, ivr, acd, voicemail, automated, automated agent, virtual,
        virtual agent, virtual assistant, sistem, mesin, سیستم, سامانه, ربات""",
}
_ARABIC_TO_PERSIAN = str.maketrans("يىك", "ییک")
_DIGITS = "0123456789۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩"
_BRACKETED = re.compile(r"([^(\[]*)[(\[]([^)\]]*)[)\]]\s*")


def _key(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_ARABIC_TO_PERSIAN)
    return re.sub(r"[\W_]+", "", folded)


_ROLES = {_key(name): role for role, names in _NAMES.items() for name in names.split(",")}


Named = Mapping[str, Speaker]
"""Roles that the user gives to names, by the names' keys; they come before what the names say."""
NOBODY: Named = MappingProxyType({})


def named(pairs: Iterable[str]) -> Named:
    """Roles from ``NAME=ROLE`` each, as ``speaker 1=agent``.

    Raises:
        InputError: a pair has no name, or a role that is none.
    """
    found: dict[str, Speaker] = {}
    for pair in pairs:
        name, _, role = pair.rpartition("=")
        if not _key(name) or role.strip().casefold() not in list(Speaker):
            raise InputError(f"role {shown(pair)} is not NAME=ROLE, where ROLE is {', '.join(Speaker)}")
        found[_key(name)] = Speaker(role.strip().casefold())
    return found


def known_role(name: str, roles: Named) -> Speaker | None:
    """The role that the user gave to a name, else the one that the name says, or None."""
    return roles.get(_key(name)) or role_of(name)


def with_role(row: Row, roles: Named) -> Row:
    """The row with the role that the user gave to its speaker, if any."""
    name = row.fields.get("speaker")
    role = roles.get(_key(name)) if isinstance(name, str) else None
    return Row(row.line, {**row.fields, "speaker": role}) if role else row


def role_of(name: str) -> Speaker | None:
    """The role that a speaker's name says, or None.

    Case, spaces, numbers behind and marks of direction do not matter; one part may stand in brackets.

    >>> role_of("END_USER"), role_of("Agent 2"), role_of("Tom (agent)"), role_of("Tom")
    (<Speaker.CUSTOMER: 'customer'>, <Speaker.AGENT: 'agent'>, <Speaker.AGENT: 'agent'>, None)
    """
    bracketed = _BRACKETED.fullmatch(name)
    for part in (name, *(bracketed.groups() if bracketed else ())):
        key = _key(part)
        if role := _ROLES.get(key) or _ROLES.get(key.rstrip(_DIGITS)):
            return role
    return None


def cast(read: Callable[[], Iterator[Row | Problem]], roles: Named) -> Iterator[Row | Problem]:
    """Give every row its speaker's role, where the name or the others of the conversation say it.

    One unknown name beside one known side of the talk is the other side: ``Agent`` and ``Maria`` make Maria the
    customer. Two unknown names say nothing, so they stay as they are. Where a conversation does not tell, all of the
    file may: one of them may hold one side alone. ``read`` is called twice: once for the names.
    """
    names: defaultdict[object, dict[str, Speaker | None]] = defaultdict(dict)
    for row in read():
        if isinstance(row, Row) and isinstance(name := row.fields.get("speaker"), str):
            names[row.fields.get("conversation_id")][_key(name)] = known_role(name, roles)
    anywhere = _opposite({key: role for some in names.values() for key, role in some.items()})
    other = {conversation: anywhere | _opposite(some) for conversation, some in names.items()}
    for row in read():
        if isinstance(row, Row) and isinstance(name := row.fields.get("speaker"), str):
            conversation, key = row.fields.get("conversation_id"), _key(name)
            role = names[conversation][key] or other[conversation].get(key) or name
            yield Row(row.line, {**row.fields, "speaker": role})
        else:
            yield row


def _opposite(names: Mapping[str, Speaker | None]) -> dict[str, Speaker]:
    unknown = [key for key, role in names.items() if key and role is None]
    known = {role for role in names.values() if role in (Speaker.CUSTOMER, Speaker.AGENT)}
    if len(unknown) != 1 or len(known) != 1:
        return {}
    return {unknown[0]: Speaker.CUSTOMER if known == {Speaker.AGENT} else Speaker.AGENT}
