"""Cortex: COMPLETE as a function of the engine, and the REST services, which check the token and the documented fields.

https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-analyst/rest-api
https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-search/query-cortex-search-service
https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api
"""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

from account import Account
from key_pair import Refused, verify
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

COMPLETE = re.compile(r"\b(?:snowflake\s*\.\s*cortex\s*\.\s*complete|ai_complete)\s*\(", re.IGNORECASE)


def register_complete(account: Account, connection: Any) -> None:
    """Makes fs_cortex_complete(model, history, options): JSON with choices and usage, as COMPLETE with options answers."""

    def complete(model: str, history: str, options: str) -> str:
        messages = json.loads(history)
        account.record("complete", model=model, messages=messages, options=json.loads(options))
        text = account.completions.pop(0) if account.completions else f"[{model}] {messages[-1]['content']}"
        usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        return json.dumps({"choices": [{"messages": text}], "created": 1, "model": model, "usage": usage})

    connection.create_function(
        "fs_cortex_complete", complete, ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR", side_effects=True
    )


def routes(account: Account) -> list[Route]:
    def service(path: str, answer: Callable[[dict[str, Any], Request], Response]) -> Route:
        async def endpoint(request: Request) -> Response:
            body = await request.json()
            refused = check(account, request)
            account.record("rest", path=request.url.path, headers=dict(request.headers), body=body)
            if refused:
                return refused
            fault = account.fault(request.url.path)
            if fault and fault.delay:
                await stall(account, request, fault.delay)
            elif fault:
                return JSONResponse({"code": fault.code, "message": fault.message}, status_code=fault.status)
            return answer(body, request)

        return Route(path, endpoint, methods=["POST"])

    def analyst(body: dict[str, Any], _: Request) -> Response:
        models = [name for name in ("semantic_model", "semantic_model_file", "semantic_models", "semantic_view") if name in body]
        if len(models) != 1 or body["messages"][-1]["role"] != "user":
            return JSONResponse({"error_code": "392700", "message": "invalid request"}, status_code=400)
        default = {
            "request_id": "75d343ee-699c-483f-83a1-e314609fb563",
            "message": {
                "role": "analyst",
                "content": [
                    {"type": "text", "text": "We interpreted your question as …"},
                    {"type": "sql", "statement": "SELECT 1", "confidence": {"verified_query_used": None}},
                ],
            },
            "warnings": [],
        }
        return JSONResponse(account.answers.get("analyst", default))

    def search(body: dict[str, Any], request: Request) -> Response:
        if not isinstance(body.get("query"), str) or not 1 <= body.get("limit", 10) <= 1000:
            return JSONResponse({"code": "390400", "message": "invalid request"}, status_code=400)
        columns = body.get("columns") or ["text"]
        results = [{name: f"{name} {number}" for name in columns} for number in range(min(3, body.get("limit", 10)))]
        default = {"results": results, "request_id": "5d8eaa5a-800c-493c-a561-134c712945ba"}
        return JSONResponse(account.answers.get("search", default))

    def chat(body: dict[str, Any], _: Request) -> Response:
        text = account.completions.pop(0) if account.completions else f"[{body['model']}] {body['messages'][-1]['content']}"
        words = re.findall(r"\S+\s*", text)

        async def events():  # noqa: ANN202
            for word in words:
                piece = {"id": "c1", "model": body["model"], "choices": [{"index": 0, "delta": {"content": word}}]}
                yield f"data: {json.dumps(piece)}\n\n"
            if fault := account.fault("cut"):
                account.record("cut", times=fault.times)
                return
            end = {"id": "c1", "choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}}
            yield f"data: {json.dumps(end)}\n\ndata: [DONE]\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    return [
        service("/api/v2/cortex/analyst/message", analyst),
        service("/api/v2/databases/{database}/schemas/{schema}/cortex-search-services/{name}:query", search),
        service("/api/v2/cortex/v1/chat/completions", chat),
    ]


async def stall(account: Account, request: Request, seconds: float) -> None:
    """Waits, and records when the caller does not."""
    for _ in range(int(seconds * 20)):
        if await request.is_disconnected():
            account.record("gone", path=request.url.path)
            return
        await asyncio.sleep(0.05)


def check(account: Account, request: Request) -> Response | None:
    """The refusal of a call whose token or role is wrong, or None."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or request.headers.get("x-snowflake-authorization-token-type") != "KEYPAIR_JWT":
        return JSONResponse({"code": "390303", "message": "Invalid OAuth access token."}, status_code=401)
    try:
        user = verify(token, account.name, account.users)
    except Refused as refused:
        return JSONResponse({"code": refused.code, "message": refused.message}, status_code=401)
    role = request.headers.get("x-snowflake-role")
    if role and role.strip('"') not in account.users[user].roles:
        return JSONResponse({"code": "390189", "message": "Role is not granted to this user."}, status_code=403)
    return None
