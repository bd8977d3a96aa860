import type { Answer, Script } from "../../../../test/support/bedrock/script.ts";
import type { Status, WritingStep } from "../domain/workflow.ts";

/** What a workflow meets on its way, and thereby how it has to end. */
const fates = ["approved", "rejected", "remote", "stumbles", "hopeless"] as const;
type Fate = (typeof fates)[number];

export interface Planned {
  readonly topic: string;
  readonly fate: Fate;
  readonly end: Status;
  /** Steps that have a result. */
  readonly results: number;
  /** How often each step's model answers in an undisturbed run. */
  readonly calls: Readonly<Record<WritingStep, number>>;
}

const roles: Record<WritingStep, string> = {
  researcher: "You are a researcher",
  analyst: "You are an analyst",
  writer: "You are a writer",
};

/** Of ten workflows six are approved; one each is rejected, has a remote step, stumbles over a bad answer, or never gets a good one. */
export function planOf(count: number): Planned[] {
  return Array.from({ length: count }, (_, index) => {
    const fate = fates[Math.max(0, (index % 10) - 5)] ?? "approved";
    const remote = fate === "remote" ? 0 : 1;
    const calls = {
      approved: { researcher: 1, analyst: 1, writer: 1 },
      rejected: { researcher: 1, analyst: 1, writer: 0 },
      remote: { researcher: 1, analyst: remote, writer: 1 },
      stumbles: { researcher: 1, analyst: 1, writer: 2 },
      hopeless: { researcher: 3, analyst: 0, writer: 0 },
    }[fate];
    const end = fate === "rejected" ? "rejected" : fate === "hopeless" ? "failed" : "completed";
    return {
      topic: `topic-${String(index).padStart(3, "0")}`,
      fate,
      end,
      calls,
      results: { hopeless: 0, rejected: 2, approved: 3, remote: 3, stumbles: 3 }[fate],
    };
  });
}

export const textOf = (topic: string, step: WritingStep): string =>
  `# ${step} on ${topic}\n\nIts result, and no other.`;

/** What the model says to each step of each workflow, after a random time. */
export function scriptOf(plan: readonly Planned[], random: () => number): Script {
  return plan.flatMap(({ topic, fate }) =>
    (Object.keys(roles) as WritingStep[]).flatMap((step) => {
      const when = { text: topic, system: roles[step] };
      const delayMs = Math.round(100 + random() * 500);
      const good: Answer = { text: [textOf(topic, step)], delayMs };
      const empty: Answer = { text: [" "], delayMs };
      if (fate === "hopeless" && step === "researcher") return [{ when, answer: empty }];
      const stumble = { when, times: 1, answer: { ...empty, stopReason: "max_tokens" } };
      return fate === "stumbles" && step === "writer" ? [stumble, { when, answer: good }] : [{ when, answer: good }];
    }),
  );
}

/** Which step of which workflow a call to the model was for. */
export function subjectOf(call: { readonly text: string; readonly system: string }): string {
  const topic = /topic-\d{3}/.exec(call.text)?.[0];
  const step = (Object.keys(roles) as WritingStep[]).find((name) => call.system.startsWith(roles[name]));
  return `${topic} ${step}`;
}
