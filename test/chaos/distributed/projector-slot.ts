import { Child } from '../processes/child.ts'
import { ClickHouseProxy } from './clickhouse-proxy.ts'

/** One projector, `experience-log project` as a user starts it, and the way between it and ClickHouse. */
export interface ProjectorSlot {
  readonly child: Child
  readonly proxy: ClickHouseProxy
}

export async function projectorSlot(
  number: number,
  clickhouseUrl: string,
  environment: Readonly<Record<string, string>>,
): Promise<ProjectorSlot> {
  const proxy = new ClickHouseProxy(clickhouseUrl)
  const url = await proxy.listen()
  const child = new Child({
    name: `projector ${number}`,
    program: ['service/cli/main.ts', 'project'],
    environment: { ...environment, CLICKHOUSE_URL: url },
    readyText: 'projecting into database',
    mayFailToStart: true,
  })
  return { child, proxy }
}
