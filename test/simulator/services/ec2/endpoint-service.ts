import type {
  DescribeVpcEndpointServicesRequest,
  DescribeVpcEndpointServicesResult,
  VpcEndpointType,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { zonesOf } from "./zones.ts";

/** PrivateLink Guide, "AWS services that integrate with AWS PrivateLink", and "Gateway endpoints": S3 and DynamoDB. */
const GATEWAY = ["s3", "dynamodb"];
// biome-ignore format: a list to be read as a list
const INTERFACE = [
  "application-autoscaling", "autoscaling", "bedrock", "bedrock-agent", "bedrock-agent-runtime", "bedrock-runtime",
  "dynamodb", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "elasticfilesystem",
  "elasticloadbalancing", "events", "execute-api", "kms", "lambda", "logs", "monitoring", "rds", "s3", "secretsmanager",
  "servicediscovery", "sns", "sqs", "ssm", "ssmmessages", "states", "sts", "xray",
];

export interface EndpointService {
  readonly types: readonly VpcEndpointType[];
  readonly privateDnsName: string;
  /** What endpoint-specific names end with. */
  readonly dnsSuffix: string;
}

/** A service of AWS by its endpoint name, as com.amazonaws.us-east-1.ecr.dkr; undefined when the region has none. */
export function endpointService(region: string, name: string): EndpointService | undefined {
  const prefix = `${region.startsWith("cn-") ? "cn." : ""}com.amazonaws.${region}.`;
  if (!name.startsWith(prefix)) return undefined;
  const service = name.slice(prefix.length);
  const types: VpcEndpointType[] = [];
  if (GATEWAY.includes(service)) types.push("Gateway");
  if (INTERFACE.includes(service)) types.push("Interface");
  if (types.length === 0) return undefined;
  const host = service.split(".").reverse().join(".");
  return {
    types,
    privateDnsName: service === "ecr.dkr" ? `*.dkr.ecr.${region}.amazonaws.com` : `${host}.${region}.amazonaws.com`,
    dnsSuffix: `${host}.${region}.vpce.amazonaws.com`,
  };
}

/** API_DescribeVpcEndpointServices. */
export function describeVpcEndpointServices(
  call: Call,
  input: DescribeVpcEndpointServicesRequest,
): DescribeVpcEndpointServicesResult {
  const prefix = `${call.region.startsWith("cn-") ? "cn." : ""}com.amazonaws.${call.region}.`;
  const all = [...new Set([...GATEWAY, ...INTERFACE])].sort().map((each) => prefix + each);
  const names = input.ServiceNames?.length ? input.ServiceNames : all;
  const details = names.map((name) => {
    const service = endpointService(call.region, name);
    if (!service) throw new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${name}' does not exist`);
    return {
      ServiceName: name,
      ServiceType: service.types.map((type) => ({ ServiceType: type as "Gateway" | "Interface" })),
      AvailabilityZones: [...zonesOf(call.region)],
      Owner: "amazon",
      PrivateDnsName: service.privateDnsName,
      VpcEndpointPolicySupported: true,
      AcceptanceRequired: false,
      ManagesVpcEndpoints: false,
    };
  });
  return { ServiceNames: names, ServiceDetails: details };
}
