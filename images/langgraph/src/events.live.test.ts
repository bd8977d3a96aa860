import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../test/support/emulators/emulator.ts";
import { EventBus, SOURCE } from "./events.ts";
import { eventually } from "./testing/stage.ts";

let aws: Emulator;
const received: unknown[] = [];
const destination = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  received.push(JSON.parse(Buffer.concat(parts).toString()));
  response.end();
});
beforeAll(async () => {
  aws = await startEmulator("ministack");
  destination.listen(0, "127.0.0.1");
  await once(destination, "listening");
});
afterAll(async () => {
  destination.closeAllConnections();
  destination.close();
  await aws?.stop();
});

it("matches a rule by source and type, and arrives at its target with its detail", async () => {
  const credentials = { accessKeyId: "123456789012", secretAccessKey: "test" };
  const eventBridge = new EventBridgeClient({ region: "eu-central-1", endpoint: aws.url, credentials });
  const EventPattern = JSON.stringify({ source: [SOURCE], "detail-type": ["WorkflowCompleted"] });
  await eventBridge.send(new PutRuleCommand({ Name: "workflows", EventPattern }));
  const { ConnectionArn } = await eventBridge.send(
    new CreateConnectionCommand({
      Name: "here",
      AuthorizationType: "API_KEY",
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "x-key", ApiKeyValue: "none" } },
    }),
  );
  const { ApiDestinationArn: Arn } = await eventBridge.send(
    new CreateApiDestinationCommand({
      Name: "here",
      ConnectionArn,
      InvocationEndpoint: `http://127.0.0.1:${(destination.address() as AddressInfo).port}/events`,
      HttpMethod: "POST",
    }),
  );
  const RoleArn = "arn:aws:iam::123456789012:role/events";
  await eventBridge.send(new PutTargetsCommand({ Rule: "workflows", Targets: [{ Id: "here", Arn, RoleArn }] }));

  const event = { workflowId: "w-1", at: new Date("2026-11-20T09:00:00.123Z"), attempts: 1 };
  const refusals = await new EventBus(eventBridge, "default").put(
    [
      { ...event, sequence: 1, type: "WorkflowCreated", detail: { status: "pending" } },
      { ...event, sequence: 2, type: "WorkflowCompleted", detail: { status: "completed" } },
    ],
    new AbortController().signal,
  );
  expect(refusals).toEqual([undefined, undefined]);
  await eventually("the event at its target", async () => received.length > 0 || undefined);
  expect(received).toMatchObject([
    {
      source: SOURCE,
      "detail-type": "WorkflowCompleted",
      detail: { id: "w-1/2", workflowId: "w-1", sequence: 2, status: "completed", at: "2026-11-20T09:00:00.123Z" },
    },
  ]);
});
