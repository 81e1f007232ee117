import { join } from 'node:path'
import { Child } from '../processes/child.ts'
import { writeTask, type AuditReport, type AuditTask } from '../processes/child-task.ts'

/** Audits in a process of its own: the embedded read model serves one process at a time, and takes memory. */
export async function runAudit(
  directory: string,
  task: AuditTask,
  environment: Readonly<Record<string, string>>,
): Promise<AuditReport> {
  const child = new Child({
    name: 'audit',
    program: ['test/chaos/audit/audit-process.ts', writeTask(join(directory, 'audit.task'), task)],
    environment,
    readyText: 'never said',
    mayFailToStart: false,
  })
  child.start()
  await child.ready()
  const said = child.stdout
  if (child.exitCode !== 0) {
    await child.kill()
    throw new Error(`the audit ended with ${child.exitCode}: ${child.surprises.join('; ')} ${said}`)
  }
  return JSON.parse(said) as AuditReport
}
