const HOUR_MS = 3_600_000

/** How far a clock jumps, ms: up to six hours back or forth, at least one. */
export function clockOffset(choice: number): number {
  const hours = 1 + (Math.floor(choice * 1000) % 6)
  return (choice < 0.5 ? -hours : hours) * HOUR_MS
}
