/** ms since the epoch, in fractions: equal in all processes of a machine, as far as nobody sets its clock meanwhile. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}
