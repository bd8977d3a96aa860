/** Errors of AWS: what they mean (classify), how they are told (describe), and the two errors of our own. */
export {
  classify,
  codeOf,
  type ErrorClass,
  effectUnknown,
  type FailedCall,
  failedCall,
  failedIn,
  isNotFound,
  StillWorking,
  TerminalError,
} from "./classify.ts";
export { type Described, describe, parseDenied, redact } from "./describe-error.ts";
