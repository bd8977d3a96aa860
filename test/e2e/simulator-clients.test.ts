import { type ChildProcess, execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanEnv } from "../support/processes.ts";
import { type PythonClients, pythonClients } from "../support/python-clients.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

let simulator: ChildProcess;
let url: string;
let clients: PythonClients;

/** As a user starts it: by npm, on a free port, so fast that a database is there in seconds. */
async function npmRunSimulator(): Promise<string> {
  const args = ["run", "--silent", "simulator", "--", "--port", "0", "--speed", "150"];
  // A group of its own, so that npm and what it started end together.
  simulator = spawn("npm", args, { cwd: root, env: cleanEnv(), detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /on (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    simulator.stdout?.on("data", read);
    simulator.stderr?.on("data", read);
    simulator.once("exit", () => reject(new Error(`the simulator ended:\n${output}`)));
  });
}

async function control(method: string, path: string, body?: object): Promise<unknown> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(`${url}/_simulator/${path}`, init);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

beforeAll(async () => {
  clients = await pythonClients();
  url = await npmRunSimulator();
});

afterAll(() => {
  if (simulator?.pid !== undefined && simulator.exitCode === null) process.kill(-simulator.pid, "SIGTERM");
});

describe("boto3", () => {
  it("drives a VPC, a load balancer, a service and a database from nothing to nothing", async () => {
    const script = fileURLToPath(new URL("simulator_clients.py", import.meta.url));
    const { stdout } = await run(clients.python, [script, url], { env: cleanEnv(), maxBuffer: 1e7 });
    expect(JSON.parse(stdout)).toEqual({
      "bad CIDR": "InvalidParameterValue",
      "overlapping subnet": "InvalidSubnet.Conflict",
      "rule that exists": "InvalidPermission.Duplicate",
      "VPC in use": "DependencyViolation",
      "one zone": "ValidationError",
      "the same balancer again": true,
      "the same listener again": true,
      "another on its port": "DuplicateListener",
      "target group in use": "ResourceInUse",
      "balancer states": ["provisioning", "active"],
      "CPU and memory that do not pair": "ClientException",
      "cluster that is not there": "ClusterNotFoundException",
      "service at first": ["ACTIVE", 0, "IN_PROGRESS"],
      rollout: "COMPLETED",
      "healthy targets": ["healthy", "healthy"],
      "service deleted while it runs": "InvalidParameterException",
      "cluster with a service": "ClusterContainsServicesException",
      "too little storage": "InvalidParameterCombination",
      "database at first": ["creating", false],
      "change while it is made": "InvalidDBInstanceState",
      "database port": 5432,
      "database under protection": "InvalidParameterCombination",
      "subnet group in use": "InvalidDBSubnetGroupStateFault",
      "failover of one node": "InvalidParameterCombination",
      "cache at first": ["creating", ["cache-001"], false],
      "tags while it is made": "InvalidReplicationGroupState",
      "cache version": ["valkey", "8.0.1"],
      "cache subnet group in use": "CacheSubnetGroupInUse",
      "network is free": "accepted",
      "VPC that is gone": "InvalidVpcID.NotFound",
    });
    expect(await control("GET", "state")).toMatchObject({ failures: [] });
  });
});

describe("the AWS CLI", () => {
  const environment = () =>
    cleanEnv({
      AWS_ACCESS_KEY_ID: "444444444444",
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_MAX_ATTEMPTS: "3",
    });

  // biome-ignore lint/suspicious/noExplicitAny: what the CLI prints has as many types as it has commands
  async function aws(...args: readonly string[]): Promise<any> {
    const all = ["--endpoint-url", url, "--output", "json", ...args];
    const { stdout } = await run(clients.aws, all, { env: environment(), maxBuffer: 1e7 });
    return stdout === "" ? {} : JSON.parse(stdout);
  }

  /** Code of the error that the CLI prints. */
  async function refused(...args: readonly string[]): Promise<string> {
    try {
      await aws(...args);
      return "accepted";
    } catch (error) {
      const { stderr = "" } = error as { stderr?: string };
      return /An error occurred \((\S+)\)/.exec(stderr)?.[1] ?? stderr;
    }
  }

  async function until<T>(look: () => Promise<T>, wanted: T): Promise<void> {
    let value: T | undefined;
    for (let turn = 0; turn < 120; turn++) {
      value = await look();
      if (JSON.stringify(value) === JSON.stringify(wanted)) return;
    }
    throw new Error(`never ${JSON.stringify(wanted)}, at last ${JSON.stringify(value)}`);
  }

  it("tries again by itself when it is throttled or loses an answer", async () => {
    await control("POST", "faults", { fault: { kind: "throttle" }, action: "DescribeVpcs", nth: 1 });
    await control("POST", "faults", { fault: { kind: "lost" }, action: "DescribeVpcs", nth: 2 });
    const { Vpcs } = await aws("ec2", "describe-vpcs");
    expect(Vpcs).toHaveLength(1);
    await control("DELETE", "faults");
    const log = (await control("GET", "calls?account=444444444444")) as { last: readonly { outcome: string }[] };
    expect(log.last.map(({ outcome }) => outcome)).toEqual(["RequestLimitExceeded", "lost", "ok"]);
  });

  it("drives a VPC, a load balancer, a service and a database from nothing to nothing", async () => {
    expect(await aws("sts", "get-caller-identity")).toMatchObject({ Account: "444444444444" });

    const { Vpc: vpc } = await aws("ec2", "create-vpc", "--cidr-block", "10.1.0.0/16");
    const subnets: string[] = [];
    for (const [index, zone] of ["us-east-1a", "us-east-1b"].entries()) {
      const block = `10.1.${index}.0/24`;
      const made = await aws(
        ...["ec2", "create-subnet", "--vpc-id", vpc.VpcId, "--cidr-block", block, "--availability-zone", zone],
        ...["--tag-specifications", `ResourceType=subnet,Tags=[{Key=Name,Value=<${zone}>}]`],
      );
      subnets.push(made.Subnet.SubnetId);
    }
    const named = await aws("ec2", "describe-subnets", "--filters", "Name=tag:Name,Values=<us-east-1b>");
    expect(named.Subnets.map((one: { SubnetId: string }) => one.SubnetId)).toEqual(subnets.slice(1));
    expect(await refused("ec2", "delete-vpc", "--vpc-id", vpc.VpcId)).toBe("DependencyViolation");

    expect(await refused("elbv2", "create-load-balancer", "--name", "cli", "--subnets", subnets[0] ?? "")).toBe(
      "ValidationError",
    );
    const scheme = ["--scheme", "internal"];
    const { LoadBalancers } = await aws(
      "elbv2",
      "create-load-balancer",
      "--name",
      "cli",
      ...scheme,
      "--subnets",
      ...subnets,
    );
    const arn = LoadBalancers[0].LoadBalancerArn;
    expect(LoadBalancers[0].State.Code).toBe("provisioning");
    const { TargetGroups } = await aws(
      ...["elbv2", "create-target-group", "--name", "cli", "--protocol", "HTTP", "--port", "8080"],
      ...["--vpc-id", vpc.VpcId, "--target-type", "ip"],
    );
    const targetArn = TargetGroups[0].TargetGroupArn;
    const action = `Type=forward,TargetGroupArn=${targetArn}`;
    const listen = ["elbv2", "create-listener", "--load-balancer-arn", arn, "--protocol", "HTTP", "--port", "80"];
    await aws(...listen, "--default-actions", action);
    const other = "Type=fixed-response,FixedResponseConfig={StatusCode=404}";
    expect(await refused(...listen, "--default-actions", other)).toBe("DuplicateListener");
    await until(async () => (await aws("elbv2", "describe-load-balancers")).LoadBalancers[0].State.Code, "active");

    await aws("ecs", "create-cluster", "--cluster-name", "cli");
    const container = JSON.stringify([
      { name: "web", image: "public.ecr.aws/docker/library/nginx:1", portMappings: [{ containerPort: 8080 }] },
    ]);
    const task = ["ecs", "register-task-definition", "--family", "cli", "--network-mode", "awsvpc"];
    const fargate = ["--requires-compatibilities", "FARGATE", "--container-definitions", container];
    expect(await refused(...task, ...fargate, "--cpu", "256", "--memory", "8192")).toBe("ClientException");
    const { taskDefinition } = await aws(...task, ...fargate, "--cpu", "256", "--memory", "512");
    const network = `awsvpcConfiguration={subnets=[${subnets.join(",")}],assignPublicIp=DISABLED}`;
    const create = [
      "ecs",
      "create-service",
      "--service-name",
      "cli",
      "--task-definition",
      taskDefinition.taskDefinitionArn,
    ];
    const placed = ["--desired-count", "1", "--launch-type", "FARGATE", "--network-configuration", network];
    expect(await refused(...create, ...placed, "--cluster", "nowhere")).toBe("ClusterNotFoundException");
    await aws(...create, ...placed, "--cluster", "cli");

    await aws(
      ...["rds", "create-db-subnet-group", "--db-subnet-group-name", "cli", "--db-subnet-group-description", "cli"],
      ...["--subnet-ids", ...subnets],
    );
    const database = ["rds", "create-db-instance", "--db-instance-identifier", "cli", "--engine", "postgres"];
    const size = ["--db-instance-class", "db.t4g.micro", "--allocated-storage", "20", "--db-subnet-group-name", "cli"];
    const login = ["--master-username", "postgres", "--manage-master-user-password"];
    await aws(...database, ...size, ...login);
    expect(await refused(...database, ...size, ...login)).toBe("DBInstanceAlreadyExists");
    expect(await refused("rds", "describe-db-instances", "--db-instance-identifier", "other")).toBe(
      "DBInstanceNotFound",
    );
    const status = async () => (await aws("rds", "describe-db-instances")).DBInstances[0]?.DBInstanceStatus ?? "gone";
    await until(status, "available");

    const services = async () =>
      (await aws("ecs", "describe-services", "--cluster", "cli", "--services", "cli")).services[0];
    // There is no way from this network to the image's registry.
    const events = async () => (await services()).events.map((event: { message: string }) => event.message).join("\n");
    await until(async () => (await events()).includes("unable to"), true);
    expect((await services()).runningCount).toBe(0);

    await aws("rds", "delete-db-instance", "--db-instance-identifier", "cli", "--skip-final-snapshot");
    await until(status, "gone");
    await aws("rds", "delete-db-subnet-group", "--db-subnet-group-name", "cli");
    await aws("ecs", "delete-service", "--cluster", "cli", "--service", "cli", "--force");
    await until(async () => (await services()).status, "INACTIVE");
    await aws("ecs", "deregister-task-definition", "--task-definition", taskDefinition.taskDefinitionArn);
    await aws("ecs", "delete-cluster", "--cluster", "cli");
    await aws("elbv2", "delete-load-balancer", "--load-balancer-arn", arn);
    await aws("elbv2", "delete-target-group", "--target-group-arn", targetArn);
    const interfaces = ["ec2", "describe-network-interfaces", "--filters", `Name=vpc-id,Values=${vpc.VpcId}`];
    await until(async () => (await aws(...interfaces)).NetworkInterfaces, []);
    for (const subnet of subnets) await aws("ec2", "delete-subnet", "--subnet-id", subnet);
    await aws("ec2", "delete-vpc", "--vpc-id", vpc.VpcId);
    expect(await refused("ec2", "describe-vpcs", "--vpc-ids", vpc.VpcId)).toBe("InvalidVpcID.NotFound");
    expect(await control("GET", "state")).toMatchObject({ failures: [] });
  });
});
