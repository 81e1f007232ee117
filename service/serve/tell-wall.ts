import type { Logger } from 'pino'
import type { ReadModelStore } from '../../projections/read-model-store.ts'

/**
 * Logs what is wrong with a ClickHouse server's wall between the tenants who ask SQL. Never rejects: what cannot be looked at now is looked at
 * before the first statement.
 */
export async function tellWall({ wall }: Pick<ReadModelStore, 'wall'>, logger: Logger): Promise<void> {
  if (wall === undefined) {
    logger.warn('SQL is asked as the user of CLICKHOUSE_URL: the server has no wall of its own (docs/security.md)')
    return
  }
  try {
    const { unsafe, lacking } = await wall.report()
    if (unsafe.length > 0)
      logger.error({ unsafe }, 'no SQL is answered: the server does not keep tenants apart as it should')
    if (lacking.length > 0) logger.warn({ lacking }, 'the user of SQL cannot read all views')
  } catch (error) {
    logger.warn({ err: error }, 'nothing tells whether the server keeps apart the tenants who ask SQL')
  }
}
