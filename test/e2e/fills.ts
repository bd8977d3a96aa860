import { DescribeSecurityGroupsCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { Asked } from "../support/gateway.ts";

/** DescribeDBInstances' answer with a MasterUserSecret for each instance, which all of ours ask for. */
export function withMasterUserSecret(body: string): string {
  if (body.includes("<MasterUserSecret>")) return body;
  return body.replace(/<DBInstanceIdentifier>([^<]+)<\/DBInstanceIdentifier>/g, (identifier, name) => {
    const arn = `arn:aws:secretsmanager:us-east-1:111122223333:secret:rds!db-${name}-AbCdEf`;
    return `${identifier}<MasterUserSecret><SecretArn>${arn}</SecretArn><SecretStatus>active</SecretStatus></MasterUserSecret>`;
  });
}

/** DescribeAddresses' answer without the addresses that lack a tag which was asked for. */
export function onlyTagged(body: string, { body: asked }: Asked): string {
  const form = new URLSearchParams(asked);
  const wanted = [...form].flatMap(([name, value]) => {
    const key = /^Filter\.\d+\.Name$/.test(name) && value.startsWith("tag:") ? value.slice("tag:".length) : undefined;
    return key === undefined ? [] : [`<key>${key}</key><value>${form.get(name.replace("Name", "Value.1"))}</value>`];
  });
  return body.replace(/<item>\s*<allocationId>[\s\S]*?(<tagSet\/>|<\/tagSet>)\s*<\/item>/g, (item) =>
    wanted.every((tag) => item.includes(tag)) ? item : "",
  );
}

/** The client token, as it is called in the query protocol and in JSON. */
export function clientToken({ body }: Asked): string | undefined {
  return /(?:ClientToken=|"(?:clientToken|CreatorRequestId)":")([\w-]+)/.exec(body)?.[1];
}

/** DescribeSecurityGroupRules' items with the descriptions that DescribeSecurityGroups shows for the same source and ports. */
export async function withDescriptions(body: string, _asked: unknown, endpoint: string): Promise<string> {
  const credentials = { accessKeyId: "unchecked", secretAccessKey: "unchecked" };
  const ec2 = new EC2Client({ region: "us-east-1", endpoint, credentials });
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const described = SecurityGroups.flatMap(({ GroupId, IpPermissions = [] }) =>
    IpPermissions.flatMap(({ FromPort, UserIdGroupPairs = [] }) =>
      UserIdGroupPairs.map((pair) => [`${GroupId} ${FromPort} ${pair.GroupId}`, pair.Description] as const),
    ),
  );
  const descriptions = new Map<string, string | undefined>(described);
  const start = "<item><securityGroupRuleId>";
  const [head = "", ...items] = body.split(start);
  const whole = items.map((item) => {
    const [group, source] = [...item.matchAll(/<groupId>([^<]+)</g)].map(([, id]) => id);
    const description = descriptions.get(`${group} ${/<fromPort>(-?\d+)</.exec(item)?.[1]} ${source}`);
    if (description === undefined || item.includes("<description>")) return item;
    return item.replace("</referencedGroupInfo>", `</referencedGroupInfo><description>${description}</description>`);
  });
  return [head, ...whole].join(start);
}
