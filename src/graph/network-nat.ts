import type { MadeNetwork } from "../api/effective.ts";
import type { SubnetPart } from "./network.ts";
import type { Ref } from "./ref.ts";
import type { Scope } from "./scope.ts";

/** NAT gateways by the key of their zone; empty when private subnets have no way to the internet. */
export type NatGateways = ReadonlyMap<string, Ref<string>>;

/** One in each zone, or one in the first, each with an address of its own. */
export function natGatewaysOf(
  scope: Scope,
  network: MadeNetwork,
  publicSubnets: readonly SubnetPart[],
  publicReady: readonly string[],
): NatGateways {
  const fact = "NetworkReady";
  const count = { PerZone: publicSubnets.length, Single: 1, None: 0 }[network.natGateways];
  const gateways = new Map<string, Ref<string>>();
  for (const { key, id } of publicSubnets.slice(0, count)) {
    const name = scope.names.part("nat", key);
    // AWS wants the internet gateway attached before an address is used in the VPC, and detached after.
    const after = publicReady.slice(0, 1);
    const { allocationId } = scope.add("AWS::EC2::EIP", `elastic-ip/${key}`, {}, { name, fact, after });
    const props = { subnetId: id, allocationId };
    gateways.set(
      key,
      scope.add("AWS::EC2::NatGateway", `nat-gateway/${key}`, props, { name, fact, after }).natGatewayId,
    );
  }
  return gateways;
}

/** The gateway that private subnets of this zone use: their own, or the only one. */
export function gatewayOf(gateways: NatGateways, key: string): Ref<string> | undefined {
  return gateways.get(key) ?? gateways.values().next().value;
}
