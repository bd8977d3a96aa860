/**
 * Carries out settings that AWS takes only once the resource exists. A failure here is not the create's: the resource
 * stands, and an error in place of its id would make the engine create a second one. What could not be set shows as a
 * difference in the next observe, and update sends it, with its error if there is one.
 */
export async function afterCreate(settings: () => Promise<unknown>): Promise<void> {
  try {
    await settings();
  } catch {
    // Observed and repaired as drift.
  }
}
