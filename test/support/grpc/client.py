"""A client of the workflow service by gRPC's own implementation, from code that it generates from our proto files.

Argument: the folder of proto files. Standard input: lines of JSON {"call", "address", ...}; standard output: one line of JSON
for each, with the status, the error's reason by google.rpc.ErrorInfo as Google publishes it, and what was answered.
"""

import importlib
import json
import sys
import tempfile
from pathlib import Path

import grpc
from google.protobuf.json_format import MessageToDict, ParseDict
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status
from grpc_tools import protoc

PROTO = "agentorchestrator/langgraph/v1/workflows.proto"


def generate(protos: str):
    out = tempfile.mkdtemp()
    own = str(Path(protoc.__file__).parent / "_proto")
    arguments = ["protoc", f"-I{protos}", f"-I{own}", f"--python_out={out}", f"--grpc_python_out={out}", PROTO]
    if protoc.main(arguments) != 0:
        sys.exit("protoc refused the proto files")
    sys.path.insert(0, out)
    name = PROTO.removesuffix(".proto").replace("/", ".")
    return importlib.import_module(f"{name}_pb2"), importlib.import_module(f"{name}_pb2_grpc")


def failure(error: grpc.RpcError) -> dict:
    status = rpc_status.from_call(error)
    reasons = []
    for detail in status.details if status else []:
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            reasons.append(info.reason)
    return {"status": error.code().name, "message": error.details(), "reasons": reasons}


def main() -> None:
    messages, services = generate(sys.argv[1])
    channels = {}
    for line in sys.stdin:
        asked = json.loads(line)
        address = asked["address"]
        channel = channels.setdefault(address, grpc.insecure_channel(address))
        options = {
            "timeout": asked.get("timeout", 20),
            "metadata": [tuple(pair) for pair in asked.get("metadata", [])],
            "compression": grpc.Compression.Gzip if asked.get("gzip") else None,
        }
        try:
            if asked["call"] == "Health":
                request = health_pb2.HealthCheckRequest(service=asked.get("service", ""))
                told = health_pb2_grpc.HealthStub(channel).Check(request, **options)
                answer = {"status": "OK", "answers": [MessageToDict(told)]}
            else:
                stub = services.WorkflowServiceStub(channel)
                method = messages.DESCRIPTOR.services_by_name["WorkflowService"].methods_by_name[asked["call"]]
                request = getattr(messages, method.input_type.name)()
                ParseDict(asked.get("request", {}), request)
                told = getattr(stub, asked["call"])(request, **options)
                answers = []
                try:
                    for one in told if method.server_streaming else [told]:
                        answers.append(MessageToDict(one))
                        if method.server_streaming:
                            print(json.dumps({"streamed": answers[-1]}), flush=True)
                    answer = {"status": "OK", "answers": answers}
                except grpc.RpcError as error:
                    answer = {**failure(error), "answers": answers}
        except grpc.RpcError as error:
            answer = failure(error)
        print(json.dumps(answer), flush=True)


main()
