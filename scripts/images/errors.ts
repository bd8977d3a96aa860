/**
 * Something that the caller can put right: told as `code: message`, without a stack. Codes are stable.
 */
export class ImagesError extends Error {
  override readonly name = "ImagesError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
