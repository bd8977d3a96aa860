import { createHash } from "node:crypto";

/** Where names come from: they are the same on every pass and in every incarnation of the object. */
export interface Naming {
  readonly project: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
}

/**
 * Physical names, all `<project>-<environment>-<part>`. Names of the whole account or the whole world (IAM, S3) carry a hash
 * of account and region, so that the same AgentOrchestrator can stand in several; what does not fit is cut and carries a
 * hash of the whole, so that two long names do not meet.
 */
export class Names {
  readonly prefix: string;
  readonly #place: string;

  constructor({ project, environment, account, region }: Naming) {
    this.prefix = `${project}-${environment}`;
    this.#place = hash(`${account}/${region}`);
  }

  /** For services that take 63 characters and more: RDS, ECR, ECS, Secrets Manager, security groups, Name tags. */
  part(...parts: readonly string[]): string {
    return [this.prefix, ...parts].join("-");
  }

  /** Up to 32 characters of letters, digits and hyphens. ELBv2 API reference, CreateLoadBalancer. */
  loadBalancer(): string {
    return within(this.part("alb"), 32);
  }

  /**
   * Up to 32 characters, with a hash of what cannot change in place, so that a replacement exists beside the old one.
   * ELBv2 API reference, CreateTargetGroup.
   */
  targetGroup(agent: string, createOnly: Readonly<Record<string, unknown>>): string {
    const whole = this.part(agent);
    return `${cut(whole, 23)}-${hash(`${whole} ${JSON.stringify(createOnly)}`)}`;
  }

  /** Up to 63 characters, unique in the world. S3 user guide, "General purpose bucket naming rules". */
  bucket(part: string): string {
    return `${cut(this.part(part), 54)}-${hash(`${this.part(part)} ${this.#place}`)}`;
  }

  /** Up to 64 characters, unique in the account. IAM user guide, "IAM and AWS STS quotas". */
  role(part: string): string {
    return `${cut(this.part(part), 55)}-${hash(`${this.part(part)} ${this.#place}`)}`;
  }

  /** Up to 40 characters. ElastiCache API reference, CreateReplicationGroup. */
  replicationGroup(part: string): string {
    return within(this.part(part), 40);
  }

  logGroup(part: string): string {
    return `/ecs/${this.part(part)}`;
  }
}

/** Eight hexadecimal digits. */
export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** A UUID that only this text has: RFC 9562, version 8. */
export function uuidOf(text: string): string {
  const digits = createHash("sha256").update(text).digest("hex");
  const variant = ((Number.parseInt(digits.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join("-");
}

function within(name: string, length: number): string {
  return name.length <= length ? name : `${cut(name, length - 9)}-${hash(name)}`;
}

/** The first characters, without a hyphen at the end. */
function cut(name: string, length: number): string {
  return name.slice(0, length).replace(/-+$/, "");
}
