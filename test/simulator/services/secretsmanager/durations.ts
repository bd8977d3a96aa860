/** How long things take, in seconds, each with where the figure comes from. */
export const durations = {
  "secretsmanager.secret.forceDelete": {
    seconds: 3,
    source: 'API_DeleteSecret: "there might be a short delay before the secret is permanently deleted"',
  },
} as const;
