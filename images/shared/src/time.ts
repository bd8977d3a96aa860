/** `work`, or a rejection with `message` when it takes longer; the timer keeps no process alive. */
export async function within<T>(milliseconds: number, work: Promise<T>, message: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${message} within ${milliseconds} ms`)), milliseconds);
  timer.unref();
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
