import type { Kind } from "../kind.ts";

export interface SecurityGroupIngressProps {
  readonly groupId: string;
  /** All that may come in; a set, in any order. */
  readonly rules: readonly IngressRule[];
}

/** Exactly one of `cidr` and `sourceGroupId` is set. */
export interface IngressRule {
  /** "-1" is every protocol; its ports are -1. */
  readonly protocol: "tcp" | "udp" | "-1";
  readonly fromPort: number;
  readonly toPort: number;
  /** IPv4 block. */
  readonly cidr?: string | undefined;
  readonly sourceGroupId?: string | undefined;
  /** Up to 255 characters of letters, digits, space and ._-:/()#,@[]+=&;{}!$* */
  readonly description: string;
}

export type SecurityGroupIngressOutputs = Readonly<Record<never, never>>;

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EC2::SecurityGroupIngress is not written yet");
};

export const securityGroupIngress: Kind<SecurityGroupIngressProps, SecurityGroupIngressOutputs> = {
  type: "AWS::EC2::SecurityGroupIngress",
  identity: "naturalKey",
  createOnly: ["groupId"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
