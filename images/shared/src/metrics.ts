import { idFields } from "./ids.ts";
import { redactText } from "./redact.ts";

/** One finished piece of work. */
export interface Work {
  /** What was done, as `POST /invoke` or `Converse`; a property, not a dimension. */
  readonly operation: string;
  /** Bedrock model, Cortex model; absent where the work is a request and not a model's call. */
  readonly model?: string;
  readonly milliseconds: number;
  readonly status: "completed" | "failed" | "cancelled" | "refused";
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Code of the error. */
  readonly error?: string;
}

/** Longest value of a dimension, by CloudWatch's specification. */
const LONGEST_DIMENSION = 1_024;

/**
 * Metrics in CloudWatch's embedded metric format: lines of JSON on stdout that CloudWatch Logs turns into metrics.
 * Namespace AgentOrchestrator, dimensions Agent, or Agent and Model: a metric is paid for by its combinations, so that
 * session, workflow and trace are properties, found with Logs Insights.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class Metrics {
  readonly #agent: string;
  readonly #write: (line: string) => void;

  /** @param options.write takes one line with its end; default stdout */
  constructor(options: { agent: string; write?: (line: string) => void }) {
    this.#agent = options.agent;
    this.#write = options.write ?? ((line) => process.stdout.write(line));
  }

  /**
   * ExecutionTime (Milliseconds), ErrorRate (1 for failed, else 0: its average is the rate), CompletionStatus (1 for
   * completed, else 0; the word is the property `status`), TokensConsumed (Count, input and output) where tokens are known.
   */
  record(work: Work): void {
    const { model, milliseconds, status, inputTokens, outputTokens } = work;
    const tokens =
      inputTokens === undefined && outputTokens === undefined ? undefined : (inputTokens ?? 0) + (outputTokens ?? 0);
    const units = {
      ExecutionTime: "Milliseconds",
      ErrorRate: "None",
      CompletionStatus: "None",
      ...(tokens !== undefined && { TokensConsumed: "Count" }),
    };
    const line = {
      _aws: {
        Timestamp: Date.now(),
        CloudWatchMetrics: [
          {
            Namespace: "AgentOrchestrator",
            Dimensions: [model === undefined ? ["Agent"] : ["Agent", "Model"]],
            Metrics: Object.entries(units).map(([Name, Unit]) => ({ Name, Unit })),
          },
        ],
      },
      Agent: dimension(this.#agent),
      ...(model !== undefined && { Model: dimension(model) }),
      ExecutionTime: milliseconds,
      ErrorRate: status === "failed" ? 1 : 0,
      CompletionStatus: status === "completed" ? 1 : 0,
      ...(tokens !== undefined && { TokensConsumed: tokens }),
      operation: work.operation,
      status,
      ...(inputTokens !== undefined && { inputTokens }),
      ...(outputTokens !== undefined && { outputTokens }),
      ...(work.error !== undefined && { error: work.error }),
      ...idFields(),
    };
    this.#write(`${redactText(JSON.stringify(line))}\n`);
  }
}

/** An empty value makes CloudWatch drop the line. */
function dimension(value: string): string {
  return value.trim().slice(0, LONGEST_DIMENSION) || "unknown";
}
