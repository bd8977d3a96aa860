import type {
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  DescribePrefixListsRequest,
  DescribePrefixListsResult,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { globalArn } from "../common/arn.ts";
import { prefixListId } from "./endpoint-parts.ts";
import { type Filters, matcher } from "./select.ts";

interface PrefixList {
  readonly id: string;
  readonly name: string;
  readonly cidrs: readonly string[];
}

/** VPC User Guide, "Available AWS-managed prefix lists": those of the gateway endpoints. */
const lists = (call: Call): readonly PrefixList[] =>
  ["s3", "dynamodb"].map((service, index) => ({
    id: prefixListId(call.region, service),
    name: `com.amazonaws.${call.region}.${service}`,
    cidrs: [`198.19.${index}.0/24`],
  }));

const filters: Filters<PrefixList & { Tags?: undefined }> = {
  "prefix-list-id": (list) => list.id,
  "prefix-list-name": (list) => list.name,
  "owner-id": () => "AWS",
};

function chosen(call: Call, input: DescribePrefixListsRequest): readonly PrefixList[] {
  const matches = matcher(input.Filters ?? [], filters);
  for (const id of input.PrefixListIds ?? []) {
    if (!lists(call).some((list) => list.id === id)) {
      throw new AwsError("InvalidPrefixListID.NotFound", `The prefix list ID '${id}' does not exist`);
    }
  }
  return lists(call).filter(
    (list) => (!input.PrefixListIds?.length || input.PrefixListIds.includes(list.id)) && matches(list),
  );
}

/** API_DescribePrefixLists. */
export function describePrefixLists(call: Call, input: DescribePrefixListsRequest): DescribePrefixListsResult {
  return {
    PrefixLists: chosen(call, input).map((list) => ({
      PrefixListId: list.id,
      PrefixListName: list.name,
      Cidrs: [...list.cidrs],
    })),
  };
}

/** API_DescribeManagedPrefixLists. */
export function describeManagedPrefixLists(
  call: Call,
  input: DescribeManagedPrefixListsRequest,
): DescribeManagedPrefixListsResult {
  return {
    PrefixLists: chosen(call, input).map((list) => ({
      PrefixListId: list.id,
      PrefixListName: list.name,
      AddressFamily: "IPv4",
      OwnerId: "AWS",
      State: "create-complete",
      PrefixListArn: globalArn({ account: "aws", region: call.region }, "ec2", `prefix-list/${list.id}`),
    })),
  };
}
