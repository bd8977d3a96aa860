"""What the stand-in knows: one account, its users and grants, sessions, what was asked of it, and what it shall do wrong."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from key_pair import User


@dataclass
class Session:
    user: str
    role: str
    parameters: dict[str, Any] = field(default_factory=dict)
    secondary: str = "ALL"


@dataclass
class Fault:
    """The next `times` statements (or REST calls) that match fail so."""

    match: str
    code: str
    state: str = "XX000"
    message: str = "scripted"
    times: int = 1
    status: int = 400
    # Seconds that a REST call takes, instead of a failure.
    delay: float = 0


@dataclass
class Account:
    name: str = "TESTORG-TEST"
    users: dict[str, User] = field(default_factory=dict)
    # "ROLE READER" → rows of SHOW GRANTS: privilege, granted_on, name, grant_option
    grants: dict[str, list[list[str]]] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    completions: list[str] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    # Whole results for statements that contain `match`: columns (name, type, precision, scale) and rows as on the wire.
    results: list[dict[str, Any]] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)
    # Seconds after which a statement that still runs is answered "in progress": 45 in the original.
    hold: float = 45.0
    rows_a_file: int = 1000
    running: dict[str, asyncio.Event] = field(default_factory=dict)

    def record(self, kind: str, **what: Any) -> None:
        self.log.append({"kind": kind, **what})

    def fault(self, text: str) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and re.search(fault.match, text, re.IGNORECASE | re.DOTALL):
                fault.times -= 1
                return fault
        return None

    def configure(self, change: dict[str, Any]) -> None:
        """Takes over what is given; all else stays."""
        for name, value in change.items():
            match name:
                case "users":
                    self.users = {user: User(**fields) for user, fields in value.items()}
                case "roles":
                    for user, roles in value.items():
                        self.users[user].roles = roles
                case "faults":
                    self.faults = [Fault(**fields) for fields in value]
                case "log":
                    self.log = value
                case "grants" | "results" | "completions" | "answers" | "hold" | "rows_a_file" | "name":
                    setattr(self, name, value)
                case _:
                    raise ValueError(f"unknown setting {name}")
