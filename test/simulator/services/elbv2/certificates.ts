import type { Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { uuid } from "../common/random.ts";

type Where = Pick<Call, "world" | "account" | "region">;
interface CertificateRow {
  readonly arn: string;
  readonly domain: string;
}

const certificates = (call: Where) => call.world.table<CertificateRow>(call, "acm.certificates");

/** Scripts an issued certificate of AWS Certificate Manager, as a person would have requested it; returns its ARN. */
export function issueCertificate(call: Where, domain: string): string {
  const made = arn(call, "acm", `certificate/${uuid(call.world)}`);
  certificates(call).put(made, { arn: made, domain });
  return made;
}

export const certificateExists = (call: Where, certificateArn: string): boolean =>
  certificates(call).get(certificateArn) !== undefined;
