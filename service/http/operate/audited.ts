import type { OperationsLog } from '../../../operations/log/operations-log.ts'
import type { Asked } from '../route.ts'

/** Who did something through a door that was open without keys. */
const NOBODY_KNOWN = 'http without a key'

/**
 * Notes in the operations log, before it is done, that an operator asked for an act; what only looks is none. Returns who is named as
 * `by` of whatever comes of it. The path is noted with its ids, which the route has checked, and without its query. Errors: `Unavailable`,
 * `StorageError`: what cannot be noted is not done.
 */
export async function audited(
  operations: OperationsLog,
  { caller, request }: Pick<Asked<unknown, unknown>, 'caller' | 'request'>,
): Promise<string> {
  const key = caller.keyId
  const by = key === null ? NOBODY_KNOWN : `key:${key}`
  const path = request.url.split('?', 1)[0]!
  await operations.as(by).append({ type: 'OperatorAsked', key, method: request.method, path, request: request.id })
  return by
}
