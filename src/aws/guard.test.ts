import { CreateNatGatewayCommand, CreateVpcCommand, DeleteVpcCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { type HttpRequest, HttpResponse } from "@smithy/core/protocols";
import { Registry } from "prom-client";
import { expect, describe as group, test } from "vitest";
import { VirtualClock } from "../../test/simulator/clock/virtual.ts";
import type { Aws } from "./aws.ts";
import { CircuitOpen, FAILURES_TO_OPEN } from "./circuit-breaker.ts";
import { connect } from "./clients.ts";
import { classify, effectUnknown, failedCall } from "./errors.ts";
import { type CallLog, Limits } from "./guard.ts";
import { prometheusMetrics } from "./metrics.ts";

/** What the wire does with the next request; when the list is empty, all goes well. */
type Fate = "lost" | "refused" | "throttled" | "broken" | "invalid" | "hangs" | "unreachable";

function wire(...fates: Fate[]) {
  const effects: string[] = [];
  const bodies: string[] = [];
  const xml = (status: number, body: string) => ({
    response: new HttpResponse({
      statusCode: status,
      headers: { "content-type": "text/xml" },
      body: Buffer.from(body),
    }),
  });
  const refusal = (status: number, code: string) =>
    xml(
      status,
      `<Response><Errors><Error><Code>${code}</Code><Message>no</Message></Error></Errors><RequestID>r-1</RequestID></Response>`,
    );
  return {
    effects,
    bodies,
    metadata: { handlerProtocol: "http/1.1" },
    handle: async (request: HttpRequest) => {
      const body = typeof request.body === "string" ? request.body : new TextDecoder().decode(request.body);
      const action = new URLSearchParams(body).get("Action") ?? "";
      const fate = fates.shift();
      bodies.push(body);
      if (fate === "unreachable") throw Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
      if (fate === "throttled") return refusal(503, "RequestLimitExceeded");
      if (fate === "broken") return refusal(500, "InternalError");
      if (fate === "invalid") return refusal(400, "InvalidParameterValue");
      if (fate === "refused") return refusal(403, "UnauthorizedOperation");
      effects.push(action);
      if (fate === "lost") throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
      if (fate === "hangs") return new Promise<never>(() => {});
      return xml(200, `<${action}Response><vpc><vpcId>vpc-${effects.length}</vpcId></vpc></${action}Response>`);
    },
  };
}

function awsOver(
  requestHandler: ReturnType<typeof wire>,
  more: { registry?: Registry; log?: CallLog; deadlineMs?: number } = {},
): Aws {
  const { registry, ...rest } = more;
  const limits = new Limits({
    clock: new VirtualClock(),
    random: () => 0.5,
    ...(registry ? { metrics: prometheusMetrics(registry) } : {}),
  });
  return connect({
    account: "111122223333",
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    limits,
    requestHandler,
    ...rest,
  });
}

const createVpc = () => new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" });

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail("it should have failed"),
    (error: unknown) => error,
  );
}

group("a create without a token", () => {
  test("is sent once when its response is lost, and its effect is called unknown", async () => {
    const world = wire("lost");
    const error = await failure(awsOver(world).ec2.send(createVpc()));
    expect(world.effects).toEqual(["CreateVpc"]);
    expect(effectUnknown(error)).toBe(true);
    expect(failedCall(error)).toMatchObject({ service: "ec2", action: "CreateVpc" });
  });

  test("is sent once when AWS answers with a server error, whose effect is unknown as well", async () => {
    const world = wire("broken");
    const error = await failure(awsOver(world).ec2.send(createVpc()));
    expect(world.bodies).toHaveLength(1);
    expect(effectUnknown(error)).toBe(true);
  });

  test.each(["throttled", "unreachable"] as const)("is sent again when it was %s: nothing happened", async (fate) => {
    const world = wire(fate, fate);
    const { Vpc } = await awsOver(world).ec2.send(createVpc());
    expect(Vpc?.VpcId).toBe("vpc-1");
    expect(world.bodies).toHaveLength(3);
  });

  test("is known to have had no effect when AWS refuses it or keeps throttling", async () => {
    for (const fates of [["invalid"], ["refused"], ["throttled", "throttled", "throttled"]] as Fate[][]) {
      expect(effectUnknown(await failure(awsOver(wire(...fates)).ec2.send(createVpc())))).toBe(false);
    }
  });
});

group("a call that may be repeated", () => {
  test("is sent again with the same token when its response is lost", async () => {
    const world = wire("lost");
    await awsOver(world).ec2.send(new CreateNatGatewayCommand({ SubnetId: "s", ClientToken: "t-1" }));
    expect(world.bodies.map((body) => new URLSearchParams(body).get("ClientToken"))).toEqual(["t-1", "t-1"]);
  });

  test("is not one whose token the SDK made up for a single attempt", async () => {
    const world = wire("lost");
    expect(effectUnknown(await failure(awsOver(world).ec2.send(new CreateNatGatewayCommand({ SubnetId: "s" }))))).toBe(
      true,
    );
    expect(world.bodies).toHaveLength(1);
  });

  test("is a read, up to three attempts, and its failure is no unknown effect", async () => {
    const world = wire("broken", "lost", "broken");
    const error = await failure(awsOver(world).ec2.send(new DescribeVpcsCommand({})));
    expect(world.bodies).toHaveLength(3);
    expect(classify(error)).toBe("transient");
    expect(effectUnknown(error)).toBe(false);
  });
});

group("the circuit of a service", () => {
  test("opens after five server failures, lets other services through, and closes after a minute", async () => {
    const fates: Fate[] = Array.from({ length: FAILURES_TO_OPEN }, () => "broken");
    const world = wire(...fates);
    const aws = awsOver(world);
    for (let n = 0; n < FAILURES_TO_OPEN; n += 1) await failure(aws.ec2.send(new DeleteVpcCommand({ VpcId: "v" })));
    const error = await failure(aws.ec2.send(createVpc()));
    expect(error).toBeInstanceOf(CircuitOpen);
    expect(effectUnknown(error)).toBe(false);
    expect(world.effects).toEqual([]);
    await aws.clock.sleep(60_000);
    await aws.ec2.send(createVpc());
    expect(world.effects).toEqual(["CreateVpc"]);
  });

  test("stays closed however often AWS refuses or throttles", async () => {
    const fates = Array.from({ length: 20 }, (_, n): Fate => (n % 2 ? "invalid" : "refused"));
    const world = wire(...fates);
    const aws = awsOver(world);
    for (const _ of fates) await failure(aws.ec2.send(createVpc()));
    await aws.ec2.send(createVpc());
    expect(world.effects).toEqual(["CreateVpc"]);
  });
});

test("a call that is never answered fails at its deadline, with its effect unknown", async () => {
  const error = await failure(awsOver(wire("hangs"), { deadlineMs: 30 }).ec2.send(createVpc()));
  expect(error).toMatchObject({ name: "TimeoutError" });
  expect(effectUnknown(error)).toBe(true);
});

test("metrics count requests by outcome, throttles and retries, and none stays in flight", async () => {
  const registry = new Registry();
  await awsOver(wire("throttled"), { registry }).ec2.send(createVpc());
  const text = await registry.metrics();
  expect(text).toContain('requests_total{service="ec2",action="CreateVpc",outcome="throttle"} 1');
  expect(text).toContain('requests_total{service="ec2",action="CreateVpc",outcome="ok"} 1');
  expect(text).toContain('throttles_total{service="ec2",action="CreateVpc"} 1');
  expect(text).toContain('retries_total{service="ec2",action="CreateVpc"} 1');
  expect(text).toContain('in_flight{service="ec2",action="CreateVpc"} 0');
});

test("the log of calls holds no input", async () => {
  const lines: string[] = [];
  const log = { debug: (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message })) };
  const command = new CreateSecretCommand({ Name: "n", SecretString: "hunter2", ClientRequestToken: "t" });
  await failure(awsOver(wire("invalid"), { log }).secrets.send(command));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('"action":"CreateSecret"');
  expect(lines[0]).not.toContain("hunter2");
});
