/**
 * Real milliseconds that one request to AWS may take, answered or not. Later than this after it was sent, its effect cannot
 * begin any more: recovery from a lost answer counts on it.
 */
export const CALL_DEADLINE_MS = 30_000;
