"""Snowflake for tests: fakesnow's engine behind the wire protocol of the Node driver, with what fakesnow leaves out.

Run as: python server.py PORT. POST /_control changes the account (see account.py), GET /_log tells what was asked.
"""

import asyncio
import gzip
import json
import sys
import uuid
from typing import Any

import fakesnow.server as fake
import uvicorn
from account import Account, Session
from cortex import COMPLETE, register_complete
from cortex import routes as cortex_routes
from key_pair import Refused, verify
from results import PARAMETERS, answer, cut_into_files, failure, rows_of
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from statements import own_answer, wait

account = Account()
register_complete(account, fake.shared_fs.duck_conn)
results: dict[str, dict[str, Any]] = {}
files: dict[str, list[list[list[str | None]]]] = {}
tasks: dict[str, asyncio.Task[dict[str, Any]]] = {}


async def body_of(request: Request) -> dict[str, Any]:
    raw = await request.body()
    return json.loads(gzip.decompress(raw) if request.headers.get("content-encoding") == "gzip" else raw)


def resend(request: Request, body: dict[str, Any]) -> Request:
    """The same request with another body, not packed."""
    dropped = (b"content-encoding", b"content-length")
    headers = [header for header in request.scope["headers"] if header[0] not in dropped]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    return Request({**request.scope, "headers": headers}, receive)


async def login(request: Request) -> Response:
    body = await body_of(request)
    data = body["data"]
    role = request.query_params.get("roleName", "").upper()
    account.record("login", user=data.get("LOGIN_NAME"), role=role, authenticator=data.get("AUTHENTICATOR"))
    try:
        if fault := account.fault("login"):
            raise Refused(fault.code, fault.message)
        if data.get("AUTHENTICATOR") != "SNOWFLAKE_JWT":
            raise Refused("390100", "Incorrect username or password was specified.")
        user = verify(data["TOKEN"], account.name, account.users)
        role = role or account.users[user].roles[0]
        if role not in account.users[user].roles:
            raise Refused("390189", f"Role '{role}' specified in the connect string is not granted to this user.")
    except Refused as refused:
        return JSONResponse({"success": False, "code": refused.code, "message": refused.message, "data": {}})
    answered = json.loads((await fake.login_request(resend(request, body))).body)
    data = answered["data"]
    account.sessions[data["token"]] = Session(user, role)
    data |= {"masterToken": data["token"], "validityInSeconds": 3600, "masterValidityInSeconds": 14400, "sessionId": 1}
    return JSONResponse(answered)


async def query(request: Request) -> Response:
    body = await body_of(request)
    token = fake.to_token(request)
    session = account.sessions.get(token)
    if session is None:
        return JSONResponse({"success": False, "code": "390111", "message": "Session no longer exists.", "data": None})
    request_id = request.query_params["requestId"]
    query_id = str(uuid.uuid4())
    parameters = session.parameters | (body.get("parameters") or {})
    account.record("statement", sql=body["sqlText"], binds=body.get("bindings"), parameters=parameters, query_id=query_id)
    event = asyncio.Event()
    account.running[request_id] = account.running[query_id] = event
    task = asyncio.create_task(execute(request, body, session, parameters, request_id, query_id))
    tasks[query_id] = task
    return await settled(request, query_id)


async def settled(request: Request, query_id: str) -> Response:
    """The end of a statement, or "in progress" after a while, with the address to ask again."""
    try:
        ended = await asyncio.wait_for(asyncio.shield(tasks[query_id]), account.hold)
        return JSONResponse(ended)
    except TimeoutError:
        again = {"queryId": query_id, "getResultUrl": f"/queries/{query_id}/result"}
        return JSONResponse({"success": True, "code": "333333", "message": "Query execution in progress.", "data": again})


async def execute(
    request: Request, body: dict[str, Any], session: Session, parameters: dict[str, Any], request_id: str, query_id: str
) -> dict[str, Any]:
    sql = body["sqlText"]
    if fault := account.fault(sql):
        return failure(fault.code, fault.state, fault.message, query_id)
    if parameters.get("MULTI_STATEMENT_COUNT", 1) == 1 and ";" in sql.rstrip(" ;\n"):
        return failure("000008", "0A000", "Actual statement count 2 did not match the desired statement count 1.", query_id)
    limit = parameters.get("STATEMENT_TIMEOUT_IN_SECONDS")
    own = await wait(account, sql, limit, request_id, query_id) or own_answer(account, session, sql, query_id)
    if own is None:
        forwarded = {**body, "sqlText": COMPLETE.sub("fs_cortex_complete(", sql)}
        answered = json.loads((await fake.query_request(resend(request, forwarded))).body)
        if not answered["success"]:
            data = answered.get("data") or {}
            return failure(answered["code"], data.get("sqlState") or "42000", answered["message"], query_id)
        rows = rows_of(answered)
        limit = parameters.get("ROWS_PER_RESULTSET")
        rowtype = answered["data"]["rowtype"]
        own = answer(query_id, rowtype, rows[:limit] if limit else rows)
    if own["success"]:
        told = {parameter["name"]: parameter["value"] for parameter in PARAMETERS} | parameters
        own["data"]["parameters"] = [{"name": name, "value": value} for name, value in told.items()]
        files[query_id] = cut_into_files(own, f"{str(request.base_url)}_files/{query_id}", account.rows_a_file)
        results[query_id] = own
    return own


async def result(request: Request) -> Response:
    query_id = request.path_params["query_id"]
    account.record("result", query_id=query_id)
    if query_id in results:
        return JSONResponse(results[query_id])
    if query_id in tasks:
        return await settled(request, query_id)
    return JSONResponse(failure("000612", "02000", "Result not found", query_id))


async def file(request: Request) -> Response:
    """Rows of one file without the outer brackets, as in the original."""
    query_id, number = request.path_params["query_id"], request.path_params["number"]
    account.record("file", query_id=query_id, number=number)
    return Response(json.dumps(files[query_id][number])[1:-1], media_type="application/octet-stream")


async def abort(request: Request) -> Response:
    key = request.path_params.get("query_id") or (await body_of(request))["requestId"]
    account.record("abort", key=key)
    if event := account.running.get(key):
        event.set()
    return JSONResponse({"success": True, "data": None})


async def session_end(request: Request) -> Response:
    account.sessions.pop(fake.to_token(request), None)
    account.record("logout")
    return await fake.session(request)


async def control(request: Request) -> Response:
    account.configure(await request.json())
    return JSONResponse({})


async def log(_: Request) -> Response:
    return JSONResponse({"log": account.log, "sessions": len(account.sessions)})


async def telemetry(_: Request) -> Response:
    return JSONResponse({"success": True, "data": None})


app = Starlette(
    routes=[
        Route("/session/v1/login-request", login, methods=["POST"]),
        Route("/queries/v1/query-request", query, methods=["POST"]),
        Route("/queries/v1/abort-request", abort, methods=["POST"]),
        Route("/queries/{query_id}/abort-request", abort, methods=["POST"]),
        Route("/queries/{query_id}/result", result),
        Route("/_files/{query_id}/{number:int}", file),
        Route("/session", session_end, methods=["POST"]),
        Route("/telemetry/send", telemetry, methods=["POST"]),
        Route("/_control", control, methods=["POST"]),
        Route("/_log", log),
        *cortex_routes(account),
        *fake.routes,
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", timeout_graceful_shutdown=1)
