import { describe, expect, it } from "vitest";
import { AgentError, bodyOf } from "./errors.ts";
import { withIds } from "./ids.ts";
import { createLog } from "./log.ts";
import { keepSecret, REDACTED, redactText } from "./redact.ts";

function logged(write: (log: ReturnType<typeof createLog>) => void): {
  lines: Record<string, unknown>[];
  text: string;
} {
  const lines: string[] = [];
  write(createLog({ agent: "cortex", level: "debug" }, { write: (line) => lines.push(line) }));
  return { lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), text: lines.join("") };
}

describe("a log line", () => {
  it("has its level as text, its time as ISO 8601, the agent, and the ids of the work in hand", () => {
    const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", sessionId: "s", workflowId: "w", requestId: "r" };
    const { lines } = logged((log) => withIds(ids, () => log.info({ rows: 3 }, "read")));
    expect(lines).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        agent: "cortex",
        trace_id: ids.traceId,
        session_id: "s",
        workflow_id: "w",
        request_id: "r",
        rows: 3,
        msg: "read",
      },
    ]);
  });

  it("has the ids of its own work when many are under way at once", async () => {
    const lines: string[] = [];
    const log = createLog({ agent: "cortex", level: "debug" }, { write: (line) => lines.push(line) });
    const works = Array.from({ length: 20 }, (_, index) =>
      withIds({ workflowId: `w${index}` }, async () => {
        await new Promise((resolve) => setTimeout(resolve, (index * 7) % 11));
        withIds({ sessionId: `s${index}` }, () => log.info({ index }, "done"));
      }),
    );
    await Promise.all(works);
    expect(lines).toHaveLength(20);
    for (const line of lines) {
      const { index, workflow_id, session_id } = JSON.parse(line) as Record<string, unknown>;
      expect([workflow_id, session_id]).toEqual([`w${index}`, `s${index}`]);
    }
  });

  it("tells an error with its code and its causes, and none of its other fields", () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", config: { auth: "x" } });
    const { lines } = logged((log) =>
      log.error({ err: new AgentError("PeerUnavailable", "away", { status: 503, cause }) }),
    );
    expect(lines[0]?.err).toMatchObject({
      type: "AgentError",
      code: "PeerUnavailable",
      message: "away",
      cause: { code: "ECONNREFUSED", message: "connect ECONNREFUSED" },
    });
    expect(JSON.stringify(lines)).not.toContain('"config"');
  });

  it("survives what has cycles, no JSON, or throws when it is read", () => {
    const cycle: Record<string, unknown> = { name: "a" };
    cycle.self = cycle;
    const { lines } = logged((log) =>
      log.info({ cycle, when: new Date(0), bytes: Buffer.from("x"), f: () => 1 }, "odd"),
    );
    expect(lines[0]).toMatchObject({
      msg: "odd",
      cycle: { name: "a", self: "[circular]" },
      when: "1970-01-01T00:00:00.000Z",
    });
  });
});

describe("a secret", () => {
  const canary = "canary-s3cr3t-0451";

  it("is not in the log, under whatever name with a secret's sound and however deep", () => {
    const names = [
      ...["authorization", "Authorization", "password", "DATABASE_PASSWORD", "passphrase", "privateKey", "private_key"],
      ...[
        "SNOWFLAKE_PRIVATE_KEY",
        "clientSecret",
        "token",
        "accessToken",
        "cookie",
        "set-cookie",
        "x-api-key",
        "apiKey",
      ],
      ...["aws_secret_access_key", "sessionToken", "credentials", "X-Amz-Signature"],
    ];
    for (const name of names) {
      const { text, lines } = logged((log) => log.info({ headers: { deep: [{ [name]: canary }] } }, "request"));
      expect(text, name).not.toContain(canary);
      expect(lines[0]).toMatchObject({ headers: { deep: [{ [name]: REDACTED }] } });
    }
  });

  it("hides neither counts of tokens nor ARNs nor ids of keys", () => {
    const fields = { inputTokens: 12, tokens: 40, DATABASE_SECRET_ARN: "arn:aws:x", keyId: "k", publicKey: "pk" };
    expect(logged((log) => log.info(fields, "fine")).lines[0]).toMatchObject(fields);
  });

  it("is not in the log once it is known, wherever it stands: message, field, error, cause, stack, URL", () => {
    keepSecret(canary);
    const cause = new Error(`password authentication failed with ${canary}`);
    const error = new Error(`cannot connect to postgres://app:${canary}@db/x`, { cause });
    const { text } = logged((log) => {
      log.error({ err: error, note: `is ${canary}?`, list: [canary], [canary]: 1 }, `failed: ${canary}`);
      log.child({ bound: canary }).warn(`${encodeURIComponent(canary)}`);
    });
    expect(text).not.toContain(canary);
    expect(text.split(REDACTED).length).toBeGreaterThan(7);
  });

  it("is not told to a client either", () => {
    keepSecret(canary);
    const error = new AgentError("X", `wrong: ${canary}`, { status: 500, details: { a: canary, password: "short" } });
    const body = JSON.stringify(bodyOf(error, "r"));
    expect(body).not.toContain(canary);
    expect(body).not.toContain("short");
  });

  it("of many lines is hidden line by line and as JSON has it", () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${"A".repeat(64)}\n${"B".repeat(20)}==\n-----END PRIVATE KEY-----\n`;
    keepSecret(key);
    const { text } = logged((log) =>
      log.error({ err: new Error(`bad key ${key}`), part: `${"B".repeat(20)}==` }, JSON.stringify({ key })),
    );
    expect(text).not.toMatch(/A{20}|B{20}/);
  });

  it.each([
    ["a bearer token", "Authorization: Bearer abcdef0123456789", "abcdef0123456789"],
    ["basic credentials", "Basic cGstOnNrLXNlY3JldA==", "cGstOnNr"],
    ["a JWT", "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl was", "eyJzdWIi"],
    ["a private key", "x -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- y", "MIIE"],
    ["a password in a URL", "redis://user:hunter22@cache:6379", "hunter22"],
    ["a presigned URL", "https://b.s3/x?X-Amz-Signature=0a1b2c&X-Amz-Date=1", "0a1b2c"],
  ])("that nobody named is known by its form: %s", (_what, text, secret) => {
    expect(redactText(text)).not.toContain(secret);
    expect(redactText(text)).toContain(REDACTED);
  });

  it("of under eight characters does not put holes into every line", () => {
    keepSecret("dev");
    expect(redactText("development")).toBe("development");
  });
});
