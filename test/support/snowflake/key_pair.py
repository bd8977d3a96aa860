"""Checks key-pair tokens as Snowflake documents them, for logins of drivers and for REST calls.

https://docs.snowflake.com/en/developer-guide/snowflake-rest-api/authentication
"""

import base64
import hashlib
import time
from dataclasses import dataclass, field

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

LONGEST_LIFE = 3600
SKEW = 60


@dataclass
class Refused(Exception):
    """A login that is refused; the code is Snowflake's."""

    code: str
    message: str


@dataclass
class User:
    """A user of the account, with the public keys (PEM) that are registered for it."""

    keys: list[str]
    roles: list[str]
    state: str = "active"
    logins: int = field(default=0)


def fingerprint(pem: str) -> str:
    der = load_pem_public_key(pem.encode()).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return "SHA256:" + base64.b64encode(hashlib.sha256(der).digest()).decode()


def seconds(value: float) -> float:
    """Snowflake takes times in seconds and in milliseconds: the Node driver sends the latter."""
    return value / 1000 if value > 1e11 else value


def verify(token: str, account: str, users: dict[str, User]) -> str:
    """The user whose registered key signed the token.

    Raises Refused with Snowflake's code where signature, issuer, subject or times are wrong, or the user may not log in.
    """
    invalid = Refused("390144", "JWT token is invalid. [00000000-0000-0000-0000-000000000000]")
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        if jwt.get_unverified_header(token)["alg"] != "RS256":
            raise invalid
        named, name = claims["sub"].split(".")
        issued, expires = seconds(claims["iat"]), seconds(claims["exp"])
    except (jwt.PyJWTError, KeyError, ValueError, AttributeError):
        raise invalid from None
    user = users.get(name)
    if user is None or named != account:
        raise invalid
    key = next((key for key in user.keys if claims["iss"] == f"{account}.{name}.{fingerprint(key)}"), None)
    if key is None:
        raise invalid
    try:
        unchecked = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
        jwt.decode(token, key, algorithms=["RS256"], options=unchecked)
    except jwt.PyJWTError:
        raise invalid from None
    now = time.time()
    if issued > now + SKEW or expires <= now or expires - issued > LONGEST_LIFE:
        raise invalid
    if user.state == "disabled":
        raise Refused("390101", "User access disabled. Contact your local system administrator.")
    if user.state == "locked":
        raise Refused("390102", "User temporarily locked. Try again later, or contact your local system administrator.")
    user.logins += 1
    return name
