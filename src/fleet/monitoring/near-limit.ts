/**
 * The connections at which a task is nearly full: auto scaling has long added tasks, and one that is full
 * refuses clients.
 *
 * @param maxConnections how many fit into a task.
 */
export function nearLimit(maxConnections: number): number {
  return Math.floor(0.85 * maxConnections);
}
