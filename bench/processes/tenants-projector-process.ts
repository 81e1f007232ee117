import { readSettings } from '../../service/settings.ts'
import { Service } from '../../service/wiring/service.ts'
import { readTask, serve } from './serve.ts'

/** A projector into a ClickHouse server, in a process of its own. */
export interface TenantsProjectorTask {
  readonly environment: Readonly<Record<string, string>>
}

/** What the process has taken so far. */
export interface Usage {
  readonly cpuMs: number
  /** At most, so far. */
  readonly residentMiB: number
}

const { environment } = readTask() as TenantsProjectorTask
const service = await Service.open(readSettings(environment), { notProjected: (error) => console.error(error) })

serve({
  /** Answered once the tables are there. */
  ready: async () => {},
  /** Answered at once. */
  project: async () => {
    service.project().catch((error: unknown) => {
      console.error(error)
      process.exit(1)
    })
  },
  usage: async (): Promise<Usage> => {
    const { user, system } = process.cpuUsage()
    return { cpuMs: (user + system) / 1000, residentMiB: process.resourceUsage().maxRSS / 1024 }
  },
})
