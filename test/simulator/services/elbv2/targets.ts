import type {
  DeregisterTargetsInput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  RegisterTargetsInput,
  TargetDescription,
  TargetHealth,
  TargetHealthStateEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Call } from "../../operation.ts";
import type { World } from "../../world.ts";
import { contains, parseCidr } from "../ec2/cidr.ts";
import { subnets } from "../ec2/rows.ts";
import { noTargetGroups } from "./refusals.ts";
import { loadBalancersOf, type TargetGroupRow, type TargetRow, targetGroups } from "./rows.ts";

/** Whether a target answers its health checks by now. */
export type Healthy = boolean | (() => boolean);

/** Kept beside the rows, which are plain data: what a target answers, by target group, address and port. */
const answers = new WeakMap<World, Map<string, Healthy>>();
const key = (arn: string, id: string, port: number): string => `${arn} ${id} ${port}`;
const answersOf = (world: World): Map<string, Healthy> => {
  const known = answers.get(world) ?? new Map<string, Healthy>();
  answers.set(world, known);
  return known;
};

function existing(call: Call, arn: string | undefined): TargetGroupRow {
  const row = targetGroups(call).get(arn ?? "");
  if (!row) throw noTargetGroups();
  return row;
}

/** What ECS asks of a target group; undefined when there is none of that ARN. */
export function targetGroupOf(
  call: Call,
  arn: string,
): { vpcId: string; port: number; targetType: string; loadBalancerArns: readonly string[] } | undefined {
  const row = targetGroups(call).get(arn);
  return (
    row && {
      vpcId: row.vpcId,
      port: row.port,
      targetType: row.targetType,
      loadBalancerArns: loadBalancersOf(call, arn).map((each) => each.arn),
    }
  );
}

/**
 * Registers an address whose answers to health checks are known to the world: as ECS does for a task.
 *
 * @throws AwsError TargetGroupNotFound, TooManyTargets
 */
export function registerTarget(call: Call, targetGroupArn: string, ip: string, port: number, healthy: Healthy): void {
  answersOf(call.world).set(key(targetGroupArn, ip, port), healthy);
  registerTargets(call, { TargetGroupArn: targetGroupArn, Targets: [{ Id: ip, Port: port }] });
}

export function deregisterTarget(call: Call, targetGroupArn: string, ip: string, port: number): void {
  if (!targetGroups(call).get(targetGroupArn)) return;
  deregisterTargets(call, { TargetGroupArn: targetGroupArn, Targets: [{ Id: ip, Port: port }] });
}

/** Health of a registered target by now; undefined when it is not registered. */
export function targetHealth(
  call: Call,
  targetGroupArn: string,
  ip: string,
  port: number,
): TargetHealthStateEnum | undefined {
  const group = targetGroups(call).get(targetGroupArn);
  const target = group?.targets.find((each) => each.id === ip && each.port === port);
  if (!group || !target) return undefined;
  startChecks(call, group.arn);
  return healthOf(call, group, target).State;
}

/** API_RegisterTargets: a target that is draining or there already is simply registered. */
export function registerTargets(call: Call, input: RegisterTargetsInput): object {
  const group = existing(call, input.TargetGroupArn);
  const wanted = (input.Targets ?? []).map((target) => checked(call, group, target));
  const added = wanted.filter((each) => !group.targets.some((old) => old.id === each.id && old.port === each.port));
  if (group.targets.length + added.length > call.world.quota("elbv2.targetsPerTargetGroup")) {
    throw new AwsError("TooManyTargets", "You've reached the limit on the number of targets per target group");
  }
  targetGroups(call).change(group.arn, (row) => {
    row.targets = row.targets.map((old) => {
      const again = wanted.find((each) => each.id === old.id && each.port === old.port);
      return again && old.state === "draining" ? again : old;
    });
    row.targets.push(...added);
  });
  startChecks(call, group.arn);
  return {};
}

function checked(call: Call, group: TargetGroupRow, target: TargetDescription): TargetRow {
  const id = target.Id ?? "";
  const address = parseCidr(`${id}/32`);
  // API_TargetDescription: with target type ip the Id is an address of the VPC's subnets (or of RFC 1918 and 6598).
  if (group.targetType === "ip" && !address) {
    throw new AwsError("ValidationError", `The IP address '${id}' is not a valid IPv4 address`);
  }
  const home = subnets(call)
    .all()
    .find((each) => {
      const block = parseCidr(each.CidrBlock);
      return each.VpcId === group.vpcId && address && block && contains(block, address);
    });
  if (group.targetType === "ip" && !home && target.AvailabilityZone !== "all") {
    throw new AwsError(
      "InvalidTarget",
      `You must specify an Availability Zone of 'all' for the target '${id}', which is outside of the VPC`,
    );
  }
  return {
    id,
    port: target.Port ?? group.port,
    zone: home?.AvailabilityZone ?? target.AvailabilityZone,
    state: "initial",
    reason: "Elb.RegistrationInProgress",
    against: 0,
    checking: false,
  };
}

/** API_DeregisterTargets: draining for the deregistration delay where traffic flowed, else gone at once. */
export function deregisterTargets(call: Call, input: DeregisterTargetsInput): object {
  const group = existing(call, input.TargetGroupArn);
  const inUse = loadBalancersOf(call, group.arn).length > 0;
  for (const wanted of input.Targets ?? []) {
    const named = (each: TargetRow): boolean =>
      each.id === wanted.Id && (wanted.Port === undefined || each.port === wanted.Port);
    const remove = (): void => {
      if (!targetGroups(call).get(group.arn)) return;
      targetGroups(call).change(group.arn, (row) => {
        row.targets = row.targets.filter((each) => !(named(each) && (!inUse || each.state === "draining")));
      });
    };
    if (!inUse) {
      remove();
      continue;
    }
    targetGroups(call).change(group.arn, (row) => {
      for (const each of row.targets) if (named(each)) each.state = "draining";
    });
    const delay = Number(group.attributes["deregistration_delay.timeout_seconds"] ?? 300);
    call.world.clock.after(delay * 1000, remove);
  }
  return {};
}

/** Whether a target passes: one that nobody has scripted does. */
function passes(call: Call, arn: string, target: TargetRow): boolean {
  const answer = answersOf(call.world).get(key(arn, target.id, target.port)) ?? true;
  return typeof answer === "function" ? answer() : answer;
}

/**
 * Sends the next health check to every target that needs one: while its state is open, or what it answers is not what
 * its state says. Checks go on by themselves until state and answer agree. Called when a target is registered, when a
 * load balancer or listener begins to use the group, and by every look at a target's health.
 */
export function startChecks(call: Call, arn: string): void {
  const group = targetGroups(call).get(arn);
  const active = loadBalancersOf(call, arn).some((each) => each.state === "active");
  if (!group || !active || !group.healthCheck.enabled) return;
  const waiting = group.targets.filter(
    (target) =>
      !target.checking &&
      target.state !== "draining" &&
      (target.state === "initial" || passes(call, arn, target) !== (target.state === "healthy")),
  );
  if (waiting.length === 0) return;
  targetGroups(call).change(arn, (row) => {
    for (const target of row.targets) {
      if (!waiting.includes(target)) continue;
      target.checking = true;
      const first = target.state === "initial" && target.reason === "Elb.RegistrationInProgress";
      const wait = first ? call.world.duration("elbv2.target.register") : row.healthCheck.intervalSeconds * 1000;
      call.world.clock.after(wait, () => check(call, arn, target.id, target.port));
    }
  });
}

/**
 * One health check: ALB User Guide, "Health checks for Application Load Balancer target groups". A new target needs one
 * pass; afterwards as many in a row as the thresholds say.
 */
function check(call: Call, arn: string, id: string, port: number): void {
  const group = targetGroups(call).get(arn);
  const target = group?.targets.find((each) => each.id === id && each.port === port);
  if (!group || !target) return;
  const ok = passes(call, arn, target);
  const { healthyThreshold, unhealthyThreshold } = group.healthCheck;
  targetGroups(call).change(arn, (row) => {
    for (const each of row.targets) {
      if (each.id !== id || each.port !== port) continue;
      each.checking = false;
      if (each.state === "draining") continue;
      each.reason = each.state === "initial" ? "Elb.InitialHealthChecking" : undefined;
      if (ok === (each.state === "healthy") && each.state !== "initial") {
        each.against = 0;
        continue;
      }
      each.against += 1;
      const needed = ok ? (each.state === "initial" ? 1 : healthyThreshold) : unhealthyThreshold;
      if (each.against < needed) continue;
      each.state = ok ? "healthy" : "unhealthy";
      each.reason = undefined;
      each.against = 0;
    }
  });
  startChecks(call, arn);
}

/** API_TargetHealth: state, reason and description. */
function healthOf(call: Call, group: TargetGroupRow, target: TargetRow): TargetHealth {
  if (target.state === "draining") {
    return {
      State: "draining",
      Reason: "Target.DeregistrationInProgress",
      Description: "Target deregistration is in progress",
    };
  }
  if (loadBalancersOf(call, group.arn).length === 0) {
    return {
      State: "unused",
      Reason: "Target.NotInUse",
      Description: "Target group is not configured to receive traffic from the load balancer",
    };
  }
  switch (target.state) {
    case "healthy":
      return { State: "healthy" };
    case "unhealthy":
      return {
        State: "unhealthy",
        Reason: "Target.FailedHealthChecks",
        Description: "Health checks failed",
      };
    default:
      return target.reason === "Elb.InitialHealthChecking"
        ? { State: "initial", Reason: target.reason, Description: "Initial health checks in progress" }
        : {
            State: "initial",
            Reason: "Elb.RegistrationInProgress",
            Description: "Target registration is in progress",
          };
  }
}

/** API_DescribeTargetHealth: a target that is asked for and not registered is unused. */
export function describeTargetHealth(call: Call, input: DescribeTargetHealthInput): DescribeTargetHealthOutput {
  existing(call, input.TargetGroupArn);
  const group = targetGroups(call).shown(input.TargetGroupArn ?? "");
  if (!group) throw noTargetGroups();
  startChecks(call, group.arn);
  const shown = (target: TargetRow) => ({
    Target: {
      Id: target.id,
      Port: target.port,
      ...(target.zone !== undefined && { AvailabilityZone: target.zone }),
    },
    HealthCheckPort: group.healthCheck.port === "traffic-port" ? String(target.port) : group.healthCheck.port,
    TargetHealth: healthOf(call, group, target),
  });
  if (!input.Targets?.length) return { TargetHealthDescriptions: group.targets.map(shown) };
  return {
    TargetHealthDescriptions: input.Targets.map((asked) => {
      const port = asked.Port ?? group.port;
      const target = group.targets.find((each) => each.id === asked.Id && each.port === port);
      return target
        ? shown(target)
        : {
            Target: { Id: asked.Id, Port: port },
            TargetHealth: {
              State: "unused" as const,
              Reason: "Target.NotRegistered" as const,
              Description: "Target is not registered to the target group",
            },
          };
    }),
  };
}
