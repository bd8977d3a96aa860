import {
  type Address,
  AllocateAddressCommand,
  DescribeAddressesCommand,
  type Filter,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import type { Kind } from "../kind.ts";
import { fromTagList } from "../tags.ts";
import { byId, ownerFilters, tagResource, tagSpecifications } from "./shared.ts";

export type ElasticIpProps = Readonly<Record<never, never>>;

export interface ElasticIpOutputs {
  readonly allocationId: string;
  readonly publicIp: string;
}

/** DescribeAddresses has no pages. */
async function describe(aws: Aws, Filters: Filter[]): Promise<Address[]> {
  return (await aws.ec2.send(new DescribeAddressesCommand({ Filters }))).Addresses ?? [];
}
const read = byId("allocation-id", (it: Address) => it.AllocationId, describe);

export const elasticIp: Kind<ElasticIpProps, ElasticIpOutputs> = {
  type: "AWS::EC2::EIP",
  identity: "tags",
  createOnly: [],
  timing: { pollSeconds: 1, usually: "seconds" },

  async find(aws, { tags }) {
    const found = await describe(aws, ownerFilters(tags));
    return found.flatMap((it) => (it.AllocationId ? [{ id: it.AllocationId, tags: fromTagList(it.Tags) }] : []));
  },

  async observe(aws, id) {
    const it = await read(aws, id);
    if (!it) return undefined;
    const outputs = { allocationId: id, publicIp: it.PublicIp ?? "" };
    return { live: {}, tags: fromTagList(it.Tags), phase: "ready", outputs };
  },

  async create(aws, { tags }) {
    const answer = await aws.ec2.send(
      new AllocateAddressCommand({ Domain: "vpc", TagSpecifications: tagSpecifications("elastic-ip", tags) }),
    );
    return answer.AllocationId ?? "";
  },

  async delete(aws, id) {
    await aws.ec2.send(new ReleaseAddressCommand({ AllocationId: id }));
  },

  tag: tagResource,

  async blockers(aws, id) {
    const it = await read(aws, id);
    return it?.NetworkInterfaceId ? [`network interface ${it.NetworkInterfaceId} (it has the address)`] : [];
  },
};
