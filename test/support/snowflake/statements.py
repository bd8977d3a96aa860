"""Statements that the stand-in answers itself, since fakesnow has no roles, session parameters, time limits or cancels."""

import asyncio
import json
import re
from typing import Any

from account import Account, Session
from results import answer, column, failure

ALTER_SESSION = re.compile(r"^\s*ALTER\s+SESSION\s+SET\s+(.*)$", re.IGNORECASE | re.DOTALL)
SETTING = re.compile(r"(\w+)\s*=\s*('(?:[^']*)'|\w+)")
SECONDARY = re.compile(r"^\s*USE\s+SECONDARY\s+ROLES\s+(\w+)", re.IGNORECASE)
CURRENT_ROLES = re.compile(r"CURRENT_ROLE\(\)\s*,\s*CURRENT_SECONDARY_ROLES\(\)", re.IGNORECASE)
SHOW_GRANTS = re.compile(r"^\s*SHOW\s+GRANTS\s+TO\s+((?:DATABASE |APPLICATION )?ROLE)\s+(.+?)\s*$", re.IGNORECASE)
WAIT = re.compile(r"SYSTEM\$WAIT\(\s*([\d.]+)\s*\)", re.IGNORECASE)

DONE = [column("status")]
GRANT_COLUMNS = ["created_on", "privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option", "granted_by"]


def settings(text: str) -> dict[str, Any]:
    def value(literal: str) -> Any:
        if literal.startswith("'"):
            return literal[1:-1]
        return int(literal) if literal.isdigit() else literal.upper() == "TRUE"

    return {name.upper(): value(literal) for name, literal in SETTING.findall(text)}


def own_answer(account: Account, session: Session, sql: str, query_id: str) -> dict[str, Any] | None:
    """The answer, or None where the statement is one for fakesnow."""
    for scripted in account.results:
        if scripted["match"] in sql:
            rowtype = [column(described["name"], described["type"], **described.get("more", {})) for described in scripted["columns"]]
            return answer(query_id, rowtype, scripted["rows"])
    if found := ALTER_SESSION.match(sql):
        session.parameters |= settings(found[1])
        return answer(query_id, DONE, [["Statement executed successfully."]])
    if found := SECONDARY.match(sql):
        session.secondary = "" if found[1].upper() == "NONE" else found[1].upper()
        return answer(query_id, DONE, [["Statement executed successfully."]])
    if CURRENT_ROLES.search(sql):
        secondary = json.dumps({"roles": session.secondary, "value": session.secondary})
        available = json.dumps(account.users[session.user].roles)
        names = [column(f"CURRENT_{name}()") for name in ("ROLE", "SECONDARY_ROLES", "AVAILABLE_ROLES")]
        return answer(query_id, names, [[session.role, secondary, available]])
    if found := SHOW_GRANTS.match(sql):
        kind, name = found[1].upper(), found[2].replace('"', "")
        grants = account.grants.get(f"{kind} {name}")
        if grants is None and (kind, name) != ("ROLE", "PUBLIC"):
            message = f"{kind.capitalize()} '{name}' does not exist or not authorized."
            return failure("002003", "02000", message, query_id)
        rows = [["0", row[0], row[1], row[2], kind, name, row[3] if len(row) > 3 else "false", ""] for row in grants or []]
        return answer(query_id, [column(name) for name in GRANT_COLUMNS], rows)
    return None


async def wait(account: Account, sql: str, limit: float | None, key: str, query_id: str) -> dict[str, Any] | None:
    """SYSTEM$WAIT(seconds): ends early by the statement's time limit, or when it is cancelled."""
    found = WAIT.search(sql)
    if not found:
        return None
    wanted = float(found[1])
    cancelled = account.running[key]
    seconds = min(wanted, limit) if limit else wanted
    try:
        await asyncio.wait_for(cancelled.wait(), seconds)
        return failure("000604", "57014", "SQL execution canceled", query_id)
    except TimeoutError:
        if seconds < wanted:
            message = f"Statement reached its statement or warehouse timeout of {limit} second(s) and was canceled."
            return failure("000630", "57014", message, query_id)
        return answer(query_id, [column("SYSTEM$WAIT")], [[f"waited {found[1]} seconds"]])
