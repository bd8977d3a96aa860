import type { Kind } from "../kind.ts";

export type ElasticIpProps = Readonly<Record<never, never>>;

export interface ElasticIpOutputs {
  readonly allocationId: string;
  readonly publicIp: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EC2::EIP is not written yet");
};

export const elasticIp: Kind<ElasticIpProps, ElasticIpOutputs> = {
  type: "AWS::EC2::EIP",
  identity: "tags",
  createOnly: [],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
