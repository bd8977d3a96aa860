import type { Agent } from "../api/agent.ts";
import type { PolicyStatement } from "../kinds/iam/policy-document.ts";
import type { Facts } from "./facts.ts";

const invoke = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];

/**
 * Prefixes of cross-region inference profiles: the profile's id is the model's with one of these before it.
 * Bedrock user guide, "Supported Regions and models for inference profiles".
 */
const profilePrefix = /^(us|us-gov|eu|apac|au|ca|jp|global)\./;

/**
 * Exactly the models that the agent names. An inference profile hands a request on to its model in any of its regions: so
 * the model is allowed there, but only through the profile (Bedrock user guide, "Prerequisites for inference profiles").
 */
export function bedrockStatements(
  { partition, region, account }: Pick<Facts, "partition" | "region" | "account">,
  { bedrock }: Pick<Agent, "bedrock">,
): readonly PolicyStatement[] {
  if (!bedrock) return [];
  const statements: PolicyStatement[] = [];
  const inRegion = `arn:${partition}:bedrock:${region}`;
  const isProfile = (model: string): boolean => profilePrefix.test(model) || model.includes("inference-profile/");
  const profiles = bedrock.models.filter(isProfile).map((model) => ({
    arn: model.startsWith("arn:") ? model : `${inRegion}:${account}:inference-profile/${model}`,
    model: model.startsWith("arn:") ? modelBehind(model) : model.replace(profilePrefix, ""),
  }));
  const models = bedrock.models
    .filter((model) => !isProfile(model))
    .map((model) => (model.startsWith("arn:") ? model : `${inRegion}::foundation-model/${model}`));
  const direct = [...models, ...profiles.map(({ arn }) => arn)].sort();
  if (direct.length > 0) statements.push({ Sid: "Models", Effect: "Allow", Action: invoke, Resource: direct });
  if (profiles.length > 0) {
    statements.push({
      Sid: "ModelsOfProfiles",
      Effect: "Allow",
      Action: invoke,
      Resource: [
        ...new Set(profiles.map(({ model }) => `arn:${partition}:bedrock:*::foundation-model/${model}`)),
      ].sort(),
      Condition: { StringEquals: { "bedrock:InferenceProfileArn": profiles.map(({ arn }) => arn).sort() } },
    });
  }
  if (bedrock.invokeAgents) {
    const aliases = `${inRegion}:${account}:agent-alias/*`;
    statements.push({ Sid: "Agents", Effect: "Allow", Action: ["bedrock:InvokeAgent"], Resource: [aliases] });
  }
  return statements;
}

/** The model of a profile's ARN; of an application's own profile the ARN does not tell which. */
function modelBehind(arn: string): string {
  const id = arn.slice(arn.indexOf("/") + 1);
  return arn.includes(":application-inference-profile/") ? "*" : id.replace(profilePrefix, "");
}
