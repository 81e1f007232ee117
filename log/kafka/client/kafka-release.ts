/** The keys of the requests by whose versions releases differ. */
const FETCH = 1
const LIST_OFFSETS = 2
const FIND_COORDINATOR = 10

/**
 * Releases from the latest, with the versions that they are the first to know: Fetch, ListOffsets, FindCoordinator. Read from
 * `ApiKeys.latestVersion()` of kafka-clients 2.8.2 to 4.3.1.
 */
const releases = [
  ['4.2 or later', 18, 11, 6],
  ['4.1', 18, 10, 6],
  ['4.0', 17, 10, 6],
  ['3.9', 17, 9, 6],
  ['3.8', 16, 8, 5],
  ['3.7', 16, 8, 4],
  ['3.5 or 3.6', 15, 8, 4],
  ['3.1 to 3.4', 13, 7, 4],
  ['3.0', 12, 7, 4],
  ['2.7 or 2.8', 12, 6, 3],
] as const

/**
 * The release of Kafka that a broker speaks like, by the versions of requests that it knows: brokers do not tell their own, and other
 * implementations speak like some release too.
 */
export function kafkaRelease(versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>>): string {
  const most = (key: number): number => versions[key]?.maxVersion ?? 0
  const found = releases.find(
    ([, fetch, listOffsets, findCoordinator]) =>
      most(FETCH) >= fetch && most(LIST_OFFSETS) >= listOffsets && most(FIND_COORDINATOR) >= findCoordinator,
  )
  return found?.[0] ?? 'before 2.7'
}
