export { canonicalBytes } from "./canonical.ts";
export {
  type Citation,
  type Json,
  MAX_MESSAGE_BYTES,
  type Message,
  message,
  PERFORMATIVES,
  type Performative,
  type SignedMessage,
  signedMessage,
} from "./message.ts";
export { MessageRefused, type RefusalCode } from "./refusal.ts";
export { SeenMessages } from "./seen.ts";
export { createMessage, keyIdOf, type NewMessage, signMessage } from "./sign.ts";
export { parseMessage, type TrustedKey, type VerifyOptions, verifyMessage } from "./verify.ts";
