"""Reads one OTLP/HTTP JSON request of traces on stdin, by OpenTelemetry's own protobuf definition, and prints its spans.

Unknown fields, wrong types and wrong enumerations make it fail. OTLP's JSON differs from protobuf's in one point: ids are
hex, not base64 (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding), so that they are turned first.
"""

import base64
import json
import re
import sys

from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

LENGTHS = {"traceId": 16, "spanId": 8, "parentSpanId": 8}


def ids_as_protobuf_has_them(value):
    if isinstance(value, list):
        return [ids_as_protobuf_has_them(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: as_base64(name, field) if name in LENGTHS else ids_as_protobuf_has_them(field)
        for name, field in value.items()
    }


def as_base64(name, text):
    if not re.fullmatch(r"[0-9a-f]{%d}" % (2 * LENGTHS[name]), text):
        raise ValueError(f"{name} is not {LENGTHS[name]} bytes in lower-case hex: {text!r}")
    return base64.b64encode(bytes.fromhex(text)).decode()


def main():
    body = ids_as_protobuf_has_them(json.load(sys.stdin))
    request = Parse(json.dumps(body), ExportTraceServiceRequest(), ignore_unknown_fields=False)
    spans = [
        {
            "name": span.name,
            "traceId": span.trace_id.hex(),
            "spanId": span.span_id.hex(),
            "parentSpanId": span.parent_span_id.hex(),
            "ordered": 0 < span.start_time_unix_nano <= span.end_time_unix_nano,
            "failed": span.status.code == 2,
        }
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    json.dump(spans, sys.stdout)


main()
