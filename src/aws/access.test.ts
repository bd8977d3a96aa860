import { DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { type HttpRequest, HttpResponse } from "@smithy/core/protocols";
import { expect, describe as group, test } from "vitest";
import { VirtualClock } from "../../test/simulator/clock/virtual.ts";
import { AwsAccess } from "./access.ts";
import { entryFor, parseAccessConfig } from "./access-config.ts";
import { classify, describe } from "./errors.ts";
import { Limits } from "./guard.ts";

const ROLE = "arn:aws:iam::111122223333:role/platform";

/** STS as far as it is asked here: the key id of a session names its account; `trusted` external ids are accepted. */
function sts(clock: VirtualClock, options: { trusts?: string; account?: string; rejects?: string } = {}) {
  const calls: string[] = [];
  const xml = (status: number, body: string) => ({
    response: new HttpResponse({
      statusCode: status,
      headers: { "content-type": "text/xml" },
      body: Buffer.from(body),
    }),
  });
  const refuse = (code: string, message: string) =>
    xml(
      403,
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
  return {
    calls,
    metadata: { handlerProtocol: "http/1.1" },
    handle: async ({ body, headers }: HttpRequest) => {
      const input = new URLSearchParams(typeof body === "string" ? body : new TextDecoder().decode(body));
      const action = input.get("Action") ?? "";
      const key = /Credential=([^/]+)/.exec(headers.authorization ?? "")?.[1] ?? "";
      calls.push(`${action} as ${key}`);
      if (options.rejects) return refuse(options.rejects, "The security token included in the request is invalid");
      if (action === "AssumeRole") {
        if (options.trusts !== undefined && input.get("ExternalId") !== options.trusts) {
          return refuse(
            "AccessDenied",
            `User: arn:x is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
          );
        }
        const ends = new Date(clock.now() + 3_600_000).toISOString();
        return xml(
          200,
          `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>SESSION${calls.length}</AccessKeyId><SecretAccessKey>hunter2</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${ends}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
        );
      }
      if (action === "GetCallerIdentity") {
        const account = options.account ?? "111122223333";
        return xml(200, `<R><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></R>`);
      }
      return xml(200, "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>");
    },
  };
}

const config = parseAccessConfig(
  `
namespaces:
  agents: { account: "111122223333", roleArn: "${ROLE}", externalId: ours, regions: [us-east-1, eu-west-1] }
  team-*: { account: "111122223333", roleArn: "${ROLE}", externalId: ours, regions: ["*"] }
  own: { account: "111122223333", regions: [us-east-1] }
`,
  "access.yaml",
);

function access(options: Parameters<typeof sts>[1] = {}) {
  const clock = new VirtualClock();
  const wire = sts(clock, options);
  const credentials = { accessKeyId: "OWN", secretAccessKey: "hunter2" };
  const limits = new Limits({ clock, random: () => 0 });
  return { clock, wire, access: new AwsAccess({ config, limits, credentials, requestHandler: wire }) };
}

group("AwsAccess", () => {
  test("gives a namespace the account that the cluster admin wrote down, by its role and external id", async () => {
    const { access: aws, wire } = access({ trusts: "ours" });
    const { account, region } = await aws.for("agents", { region: "us-east-1" });
    expect({ account, region }).toEqual({ account: "111122223333", region: "us-east-1" });
    expect(wire.calls).toEqual(["AssumeRole as OWN", "GetCallerIdentity as SESSION1"]);
  });

  test("shares one Aws among all namespaces of the same account, region and role", async () => {
    const { access: aws, wire } = access();
    const [one, two] = await Promise.all([
      aws.for("agents", { region: "us-east-1" }),
      aws.for("team-a", { region: "us-east-1" }),
    ]);
    expect(one).toBe(two);
    expect(await aws.for("agents", { region: "eu-west-1" })).not.toBe(one);
    expect(wire.calls.filter((call) => call.startsWith("GetCallerIdentity"))).toHaveLength(2);
  });

  test("renews a session before it ends, and asks for one session however many requests need it", async () => {
    const { access: aws, wire, clock } = access();
    const { ec2 } = await aws.for("agents", { region: "us-east-1" });
    const describeTwice = () => Promise.all([1, 2].map(() => ec2.send(new DescribeVpcsCommand({}))));
    await describeTwice();
    await clock.sleep(54 * 60_000);
    await describeTwice();
    expect(wire.calls.filter((call) => call.startsWith("AssumeRole"))).toHaveLength(1);
    await clock.sleep(2 * 60_000);
    await describeTwice();
    expect(wire.calls.filter((call) => call.startsWith("AssumeRole"))).toHaveLength(2);
    expect(wire.calls.at(-1)).toMatch(/as SESSION[^1]/);
  });

  test.each([
    ["NamespaceNotAllowed", "default", { region: "us-east-1" }, /no entry .* covers it/],
    ["WrongAccount", "agents", { region: "us-east-1", account: "999999999999" }, /spec\.aws\.account: 999999999999/],
    ["UnknownRegion", "agents", { region: "us-esat-1" }, /Did you mean us-east-1\?/],
    ["UnknownRegion", "team-a", { region: "mars-1" }, /Correct it/],
    ["RegionNotAllowed", "agents", { region: "us-west-2" }, /Use one of us-east-1, eu-west-1/],
  ])("refuses with %s in namespace %s for %o", async (reason, namespace, spec, message) => {
    const { access: aws, wire } = access();
    await expect(aws.for(namespace, spec)).rejects.toMatchObject({ reason, message: expect.stringMatching(message) });
    expect(wire.calls).toEqual([]);
  });

  test("never looks at the spec to choose: the account of the spec only has to be the right one", async () => {
    const { access: aws } = access();
    const { account } = await aws.for("agents", { region: "us-east-1", account: "111122223333" });
    expect(account).toBe("111122223333");
  });

  test.each([
    ["a role that does not trust the operator", { trusts: "another" }, "agents"],
    ["credentials that AWS does not know", { rejects: "InvalidClientTokenId" }, "own"],
    ["credentials of another account", { account: "999999999999" }, "own"],
  ])("says CredentialsInvalid for %s, and tries again next time", async (_, options, namespace) => {
    const { access: aws, wire } = access(options);
    const error = await aws.for(namespace, { region: "us-east-1" }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: "CredentialsInvalid" });
    expect(classify(error)).toBe("credentials");
    expect(describe(error).message).not.toContain("hunter2");
    const asked = wire.calls.length;
    await aws.for(namespace, { region: "us-east-1" }).catch(() => {});
    expect(wire.calls.length).toBe(2 * asked);
  });
});

group("the access configuration", () => {
  test.each([
    ['namespaces: { a: { account: 111122223333, regions: ["*"] } }', "access.yaml: namespaces.a.account: "],
    ['namespaces: { a: { account: "1", regions: ["*"] } }', "namespaces.a.account: must be the 12 digits"],
    ['namespaces: { a: { account: "111122223333", regions: [] } }', "namespaces.a.regions: must name regions"],
    ['namespaces: { a: { account: "111122223333", regions: [us] } }', "namespaces.a.regions.0: must be regions"],
    [
      `namespaces: { a: { account: "999999999999", roleArn: "${ROLE}", regions: ["*"] } }`,
      "roleArn: must be a role of account",
    ],
    [
      'namespaces: { a: { account: "111122223333", externalId: abc, regions: ["*"] } }',
      "externalId: has a meaning only with",
    ],
    ['namespaces: { A_b: { account: "111122223333", regions: ["*"] } }', "namespaces.A_b"],
    ["endpoint: ftp://x\nnamespaces: {}", "endpoint"],
    ["namespaces: {}\nrole: x", "role"],
    ["namespaces: [", "access.yaml: "],
  ])("refuses %s and names the field", (text, message) => {
    expect(() => parseAccessConfig(text, "access.yaml")).toThrow(message);
  });

  test("a namespace's own entry counts before patterns, and of patterns the most exact", () => {
    const entry = (account: string) => `{ account: "${account.repeat(12)}", regions: ["*"] }`;
    const several = parseAccessConfig(
      `namespaces: { "*": ${entry("1")}, team-*: ${entry("2")}, team-a: ${entry("3")}, team-*-prod: ${entry("4")} }`,
      "access.yaml",
    );
    const account = (namespace: string) => entryFor(several, namespace)?.account[0];
    expect(["x", "team-b", "team-a", "team-b-prod"].map(account)).toEqual(["1", "2", "3", "4"]);
    expect(entryFor(config, "default")).toBeUndefined();
  });
});
