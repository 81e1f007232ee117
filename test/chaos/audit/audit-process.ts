import { ExperienceError } from '../../../base/experience-error.ts'
import { readSettings } from '../../../service/settings.ts'
import { Service } from '../../../service/wiring/service.ts'
import { audit, topicsOf } from './audit.ts'
import { readTask, type AuditReport, type AuditTask } from '../processes/child-task.ts'

/* Waits until everything is projected, then looks for anything lost, doubled or different. Prints an `AuditReport`. */
const { written, timeoutMs } = readTask() as AuditTask
const service = await Service.open(readSettings(process.env), {
  notProjected: (error) =>
    process.stderr.write(`cannot project: ${error instanceof Error ? error.message : String(error)}\n`),
})
try {
  const topics = topicsOf(service, written)
  const endOfLog = (await service.log.log.offsets([...topics])).filter(({ next }) => next > 0n)
  const started = performance.now()
  const lag = await lagOf(topics)
  await service.waitUntilProjected(endOfLog, timeoutMs)
  const caughtUpMs = Math.round(performance.now() - started)
  const report: AuditReport = { ...(await audit(service, endOfLog, written)), caughtUpMs, lag }
  process.stdout.write(`${JSON.stringify(report)}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 3
} finally {
  await service.close()
}

/** A group whose coordinator has just moved cannot be asked at once. */
async function lagOf(topics: ReadonlySet<string>): Promise<number> {
  for (;;) {
    try {
      const lagging = (await service.unprojected()).filter(({ topic }) => topics.has(topic))
      return lagging.reduce((sum, { lag }) => sum + Number(lag), 0)
    } catch (error) {
      if (!(error instanceof ExperienceError) || !error.retryable) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}
