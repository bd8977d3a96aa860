import { isNotFound } from "../aws/errors.ts";

/** The answer of a read, or undefined when AWS says that what was asked for does not exist. All other errors throw. */
export async function unlessNotFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
