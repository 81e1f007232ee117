type Tenants = readonly (string | null)[]

/** The least number of tenants that a round can have. */
export const LEAST_TENANTS = 6

/**
 * Whom each writer of a round writes for, the busiest first. A few tenants are a round's own, so that every round brings new ones, and its audit
 * costs the same however many went before. Where there are to be `many`, the others are the same in every round, as
 * thousands of topics would be more than the brokers of this suite can keep.
 */
export function roundTenants(round: number, writers: number, many: number | null): Tenants[] {
  // All writers write to one of the tenants; the events without a tenant are one topic for all rounds.
  const shared: Tenants = [`round-${round}`, ...(round === 0 ? [null] : [])]
  const own = Array.from({ length: writers }, (_, writer) => [`round-${round}.w${writer}`, `round_${round}_w${writer}`])
  const lasting = many === null ? 0 : many - shared.length - own.flat().length
  const others = Array.from({ length: lasting }, (_, index) => ({ id: `lasting-${index}`, index }))
  return own.map((names, writer) => [
    ...shared,
    ...names,
    ...others.filter(({ index }) => isWrittenBy(writer, writers, index)).map(({ id }) => id),
  ])
}

/** Every so many tenants one is everybody's; the others are one writer's each. */
function isWrittenBy(writer: number, writers: number, index: number): boolean {
  const turn = index % (writers + 1)
  return turn === writers || turn === writer
}
