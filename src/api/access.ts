import { z } from "zod";
import { ipv4Block } from "./network.ts";
import { asSet } from "./rule.ts";

const domain = z.strictObject({
  name: z
    .string()
    .min(3)
    .max(253)
    .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/)
    .describe("Host name that leads to the load balancer: point its DNS record there."),
  certificateArn: z
    .string()
    .max(256)
    .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate\/[a-f0-9-]+$/)
    .describe("ARN of an issued ACM certificate for that name, in the same region."),
});

export const access = z.strictObject({
  scheme: z
    .enum(["internet-facing", "internal"])
    .default("internet-facing")
    .describe("Whether the load balancer has public addresses or only those of the VPC. A change replaces it."),
  allowedCidrs: asSet(z.array(ipv4Block).min(1).max(20).default(["0.0.0.0/0"])).describe(
    "IPv4 blocks that may reach the load balancer. Default: all.",
  ),
  domain: domain
    .optional()
    .describe("HTTPS on port 443 under this name, and a redirect from port 80. Default: HTTP on port 80 only."),
});
export type Access = z.output<typeof access>;
