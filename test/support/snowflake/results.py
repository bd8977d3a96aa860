"""Results as the Node driver reads them: rows as JSON, first ones inline and the others in files that it fetches.

fakesnow's server answers in Arrow, which the Node driver does not have. The forms are those that the driver parses:
dates as days, times and timestamps as seconds with fractions, TIMESTAMP_TZ with its offset plus 1440 minutes, binary as
hexadecimal.
"""

import base64
import datetime
from typing import Any

import pyarrow as pa

EPOCH = datetime.date(1970, 1, 1)

PARAMETERS = [
    {"name": "TIMEZONE", "value": "UTC"},
    {"name": "BINARY_OUTPUT_FORMAT", "value": "HEX"},
    {"name": "DATE_OUTPUT_FORMAT", "value": "YYYY-MM-DD"},
    {"name": "TIME_OUTPUT_FORMAT", "value": "HH24:MI:SS"},
    {"name": "TIMESTAMP_NTZ_OUTPUT_FORMAT", "value": "YYYY-MM-DD HH24:MI:SS.FF3"},
    {"name": "TIMESTAMP_LTZ_OUTPUT_FORMAT", "value": ""},
    {"name": "TIMESTAMP_TZ_OUTPUT_FORMAT", "value": ""},
    {"name": "TIMESTAMP_OUTPUT_FORMAT", "value": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM"},
    {"name": "JS_TREAT_INTEGER_AS_BIGINT", "value": True},
]


def cell(value: Any, column: dict[str, Any]) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict) and "epoch" in value:
        text = f"{value['epoch']}.{value['fraction']:09d}"
        return f"{text} {value.get('timezone', 1440)}" if column["type"] == "timestamp_tz" else text
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime.date):
        return str((value - EPOCH).days)
    if isinstance(value, bytes):
        return value.hex().upper()
    if column["type"] in ("time", "timestamp_ntz", "timestamp_ltz") and isinstance(value, int):
        return scaled(value, column["scale"])
    if column["type"] == "fixed" and column["scale"] and isinstance(value, int):
        return scaled(value, column["scale"])
    return str(value)


def scaled(value: int, scale: int) -> str:
    digits = f"{abs(value):0{scale + 1}d}"
    return f"{'-' if value < 0 else ''}{digits[:-scale]}.{digits[-scale:]}" if scale else str(value)


def rows_of(body: dict[str, Any]) -> list[list[str | None]]:
    """Takes the rows out of an answer of fakesnow."""
    data = body["data"]
    packed = data.pop("rowsetBase64", None)
    if packed is None:
        return data.pop("rowset", [])
    if not packed:
        return []
    table = pa.ipc.open_stream(base64.b64decode(packed)).read_all()
    columns = [
        [cell(value, column) for value in values.to_pylist()]
        for values, column in zip(table.columns, data["rowtype"], strict=True)
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def column(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "nullable": True, "precision": None, "scale": None, "length": 0, **more}


def answer(query_id: str, rowtype: list[dict[str, Any]], rows: list[list[str | None]], **more: Any) -> dict[str, Any]:
    """A whole result; `more` are other fields of fakesnow's."""
    data = {"rowtype": rowtype, "queryId": query_id, "parameters": PARAMETERS, "version": 1, **more}
    data |= {"queryResultFormat": "json", "rowset": rows, "returned": len(rows), "total": len(rows)}
    return {"success": True, "code": None, "message": None, "data": data}


def cut_into_files(body: dict[str, Any], base: str, rows_a_file: int) -> list[list[list[str | None]]]:
    """Leaves the first rows inline and returns those of the files that the answer now names."""
    data = body["data"]
    rows = data["rowset"]
    files = [rows[start : start + rows_a_file] for start in range(rows_a_file, len(rows), rows_a_file)]
    data["rowset"] = rows[:rows_a_file]
    if files:
        data["chunks"] = [
            {"url": f"{base}/{number}", "rowCount": len(part), "uncompressedSize": 1, "compressedSize": 1}
            for number, part in enumerate(files)
        ]
        data["chunkHeaders"] = {}
    return files


def failure(code: str, state: str, message: str, query_id: str) -> dict[str, Any]:
    data = {"errorCode": code, "sqlState": state, "queryId": query_id, "internalError": False}
    return {"success": False, "code": code, "message": message, "data": data}
