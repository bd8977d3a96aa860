import pino, { type DestinationStream, type Logger } from "pino";
import { errorFields } from "./error-fields.ts";
import { idFields } from "./ids.ts";
import { redactFields, redactText } from "./redact.ts";

export type { Logger } from "pino";

/**
 * Lines of JSON on stdout: `level` as text, `time` as ISO 8601, `agent`, the ids of the work in hand (trace_id,
 * session_id, workflow_id, request_id), `msg`. Errors (field `err`) with their causes. No secret gets out: fields with a
 * secret's name are replaced, and so is every value given to keepSecret, wherever it stands.
 *
 * @param options.level trace, debug, info, warn, error, fatal or silent
 * @param destination where lines go instead of stdout
 */
export function createLog(options: { agent: string; level: string }, destination?: DestinationStream): Logger {
  return pino(
    {
      level: options.level,
      base: { agent: options.agent },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: idFields,
      // Ids that the line itself names win over those of the work in hand.
      mixinMergeStrategy: (line, ids) => ({ ...ids, ...line }),
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactFields(fields) as Record<string, unknown>,
      },
      serializers: { err: errorFields, error: errorFields },
      hooks: { streamWrite: redactText },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
}
