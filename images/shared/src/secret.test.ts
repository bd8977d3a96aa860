import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { redactText } from "./redact.ts";
import { SecretValue } from "./secret.ts";

/** Secrets Manager's wire protocol, as far as GetSecretValue goes. */
let server: Server;
let client: SecretsManagerClient;
let answer: { status: number; body: unknown };
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    asked.push(`${request.headers["x-amz-target"]} ${(JSON.parse(body) as { SecretId: string }).SecretId}`);
    response
      .writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" })
      .end(JSON.stringify(answer.body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const credentials = { accessKeyId: "test", secretAccessKey: "test-test" };
  const where = { region: "eu-central-1", endpoint: `http://127.0.0.1:${port}` };
  client = new SecretsManagerClient({ ...where, credentials, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

const holds = (value: unknown) => {
  answer = { status: 200, body: { ARN: "arn:db", SecretString: JSON.stringify(value) } };
};
const login = z.object({ username: z.string(), password: z.string() });

describe("a secret's value", () => {
  it("is read once for callers at once, and kept", async () => {
    holds({ username: "app", password: "first-password" });
    const secret = new SecretValue(client, "arn:db");
    const values = await Promise.all([1, 2, 3].map(() => secret.json(login)));
    expect(values).toEqual(Array(3).fill({ username: "app", password: "first-password" }));
    expect(asked).toEqual(["secretsmanager.GetSecretValue arn:db"]);
  });

  it("is read anew at once after it was found to be outdated", async () => {
    holds({ username: "app", password: "first-password" });
    const secret = new SecretValue(client, "arn:db");
    await secret.json(login);
    holds({ username: "app", password: "second-password" });
    expect((await secret.json(login)).password).toBe("first-password");
    secret.invalidate();
    expect((await secret.json(login)).password).toBe("second-password");
  });

  it("is unspeakable from then on, but for what is no secret in it", async () => {
    holds({ username: "application", password: "rotated-password" });
    await new SecretValue(client, "arn:db").json(login);
    expect(redactText("application:rotated-password")).toBe("application:[redacted]");
  });

  it("that cannot be read is told as such, is not kept, and may be asked for again", async () => {
    answer = { status: 400, body: { __type: "AccessDeniedException", Message: "not authorized" } };
    const secret = new SecretValue(client, "arn:db");
    await expect(secret.json(login)).rejects.toMatchObject({
      code: "SecretUnavailable",
      retryable: true,
      message: expect.stringMatching(/arn:db cannot be read \(AccessDeniedException\).*secretsmanager:GetSecretValue/),
    });
    holds({ username: "app", password: "first-password" });
    expect((await secret.json(login)).username).toBe("app");
  });

  it("of another shape is told by its fields and not by their values", async () => {
    holds({ username: "app", password: 42, note: "canary-note" });
    const error = await new SecretValue(client, "arn:db").json(login).catch((refused: unknown) => refused);
    expect(error).toMatchObject({ code: "SecretMalformed", message: expect.stringContaining("field password") });
    expect(String(error)).not.toMatch(/42|canary/);
    answer = { status: 200, body: { ARN: "arn:db", SecretString: "no json, a plain password" } };
    await expect(new SecretValue(client, "arn:db").json(login)).rejects.toMatchObject({ code: "SecretMalformed" });
    expect(redactText("is no json, a plain password!")).toBe("is [redacted]!");
  });
});
