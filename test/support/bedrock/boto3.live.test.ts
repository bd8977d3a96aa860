import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanEnv } from "../processes.ts";
import { pythonClients } from "../python-clients.ts";
import { type BedrockStub, startBedrock } from "./stub.ts";

/** The stub, read by AWS's client for Python, which shares no code with the one for Node. */
const program = `
import json, sys, boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError
options = dict(region_name="us-east-1", endpoint_url=sys.argv[1], aws_access_key_id="id", aws_secret_access_key="key",
               config=Config(retries={"total_max_attempts": 1}))
models = boto3.client("bedrock-runtime", **options)
agents = boto3.client("bedrock-agent-runtime", **options)
ask = lambda text: dict(modelId="amazon.nova-lite-v1:0", messages=[{"role": "user", "content": [{"text": text}]}])
told = {"before": []}
whole = models.converse(**ask("tools"))
told["whole"] = [whole["output"]["message"]["content"], whole["stopReason"], whole["usage"]]
told["stream"] = [event for event in models.converse_stream(**ask("tools"))["stream"]]
try:
    for event in models.converse_stream(**ask("breaks"))["stream"]: told["before"].append(list(event)[0])
except EventStreamError as error:
    told["broken"] = error.response["Error"]
try:
    models.converse(**ask("throttled"))
except ClientError as error:
    told["refused"] = [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
answer = agents.invoke_agent(agentId="AGENT12345", agentAliasId="ALIAS12345", sessionId="s-1", inputText="agent", enableTrace=True)
told["agent"] = [list(event)[0] for event in answer["completion"]]
print(json.dumps(told, default=str))
`;

let stub: BedrockStub;
beforeAll(async () => {
  const toolUse = [{ id: "t-1", name: "look", input: { city: "Ulm", days: [1, 2] } }];
  const usage = { inputTokens: 7, outputTokens: 3 };
  stub = await startBedrock([
    { when: { text: "tools" }, answer: { text: ["let me ", "look"], toolUse, usage } },
    {
      when: { text: "breaks" },
      answer: { text: ["half"], end: { exception: "throttlingException", message: "slow" } },
    },
    { when: { text: "throttled" }, answer: { refuse: { status: 429, type: "ThrottlingException", message: "slow" } } },
    { when: { text: "agent" }, answer: { text: ["par", "ts"], returnControl: { invocationId: "i-1" } } },
  ]);
});
afterAll(() => stub.stop());

test("boto3 reads what the stub answers, whole and streamed, and its exceptions", async () => {
  const { python } = await pythonClients();
  const { stdout } = await promisify(execFile)(python, ["-c", program, stub.url], { env: cleanEnv() });
  const told = JSON.parse(stdout);
  const usage = { inputTokens: 7, outputTokens: 3, totalTokens: 10 };
  const toolUse = { toolUseId: "t-1", name: "look", input: { city: "Ulm", days: [1, 2] } };
  expect(told.whole).toEqual([[{ text: "let me look" }, { toolUse }], "tool_use", usage]);
  const names = told.stream.map((event: object) => Object.keys(event)[0]);
  expect(names.slice(0, 3)).toEqual(["messageStart", "contentBlockDelta", "contentBlockDelta"]);
  expect(names.slice(-2)).toEqual(["messageStop", "metadata"]);
  const input = told.stream.map((event: Delta) => event.contentBlockDelta?.delta.toolUse?.input ?? "").join("");
  expect(JSON.parse(input)).toEqual(toolUse.input);
  expect(told.before).toEqual(["messageStart", "contentBlockDelta", "contentBlockStop"]);
  expect(told.broken).toEqual({ Code: "throttlingException", Message: "slow" });
  expect(told.refused).toEqual(["ThrottlingException", 429]);
  expect(told.agent).toEqual(["chunk", "chunk", "trace", "returnControl"]);
});

interface Delta {
  readonly contentBlockDelta?: { readonly delta: { readonly toolUse?: { readonly input: string } } };
}
