/** Time as the operator sees it, so that a test or a demo can make it virtual or faster. */
export interface Clock {
  /** Milliseconds since the epoch, never going backwards: the wall clock at the start of the process, then monotonic. */
  now(): number;
  /** Resolves after `ms` milliseconds of this clock, at once for 0 or less, and early when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

// setTimeout fires at once for a longer delay: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
const longestTimeoutMs = 2 ** 31 - 1;

/** Real time. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: wait,
};

/** A clock that runs `speed` times as fast as real time from now on, for use beside a simulator of that speed. */
export function scaledClock(speed: number): Clock {
  const origin = systemClock.now();
  return {
    now: () => origin + (systemClock.now() - origin) * speed,
    sleep: (ms, signal) => wait(ms / speed, signal),
  };
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0 || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, Math.min(ms, longestTimeoutMs));
    signal?.addEventListener("abort", finish, { once: true });
  });
}
