import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ExperienceError } from '../../base/experience-error.ts'
import { ownManifest } from '../../base/own-package.ts'
import type { Role } from '../../log/rights/role-rights.ts'
import type { Area, Finding } from '../../operations/doctor/finding.ts'
import { grantFindings } from '../../operations/doctor/grant-findings.ts'
import { logFindings } from '../../operations/doctor/log-findings.ts'
import { machineFindings } from '../../operations/doctor/machine-findings.ts'
import { projectionFindings } from '../../operations/doctor/projection-findings.ts'
import { readModelFindings } from '../../operations/doctor/read-model-findings.ts'
import { registryFindings } from '../../operations/doctor/registry-findings.ts'
import { rightsFindings } from '../../operations/doctor/rights-findings.ts'
import { wallFindings } from '../../operations/doctor/wall-findings.ts'
import { OperationsLog } from '../../operations/log/operations-log.ts'
import { generation } from '../../projections/generations/generation.ts'
import { readModelId } from '../../projections/generations/generations.ts'
import { DirectoryInUse } from '../../projections/clickhouse/directory-owner.ts'
import { checkBinding } from '../../projections/generations/log-binding.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { liveGenerationId } from '../../projections/views/create-views.ts'
import { ENVELOPE_SUBJECT, envelopeAvroSchema } from '../../schemas/avro/schema/avro-schema.ts'
import type { Settings } from '../settings.ts'
import type { Service } from '../wiring/service.ts'
import { openLog, type OpenLog } from '../wiring/open-log.ts'
import { logIdentity, openStore } from '../wiring/open-read-model.ts'

/**
 * Looks at everything that the settings name, and tells what it finds as it goes: what is well, and what is not with what to do about
 * it. Creates and changes nothing. Never rejects: what fails is a finding. What a role of `roles` has no right for is an error. What is
 * `open` in this process is not opened once more, nor closed.
 */
export async function* diagnose(
  settings: Settings,
  roles: readonly Role[] = [],
  open: Service | null = null,
): AsyncGenerator<Finding, void> {
  const { KAFKA_BROKERS, CLICKHOUSE_URL, EXPERIENCE_LOG_DATA: directory } = settings
  const isLogEmbedded = KAFKA_BROKERS === undefined
  const isReadModelEmbedded = CLICKHOUSE_URL === undefined
  const packages = [...(isLogEmbedded ? (['lmdb'] as const) : []), ...(isReadModelEmbedded ? (['chdb'] as const) : [])]
  yield* guarded('machine', () => machineFindings({ engines: ownManifest().engines.node, packages, directory }))

  const log = await openPart(
    'log',
    isLogEmbedded ? join(directory, 'log', 'data.mdb') : null,
    async () => open?.log ?? openLog(settings),
  )
  try {
    if ('part' in log) yield* logAndRegistry(log.part, isLogEmbedded ? null : roles)
    else yield log.finding
    const tables = isReadModelEmbedded ? join(directory, 'clickhouse', 'metadata') : null
    const store = await openPart('read model', tables, async () => open?.readModel.store ?? openStore(settings))
    try {
      let isWell = 'part' in store
      if ('finding' in store) yield store.finding
      else {
        for await (const finding of guarded('read model', () => readModelFindings(store.part))) {
          isWell &&= finding.severity !== 'error'
          yield finding
        }
        // An embedded engine has no users.
        if (isWell && !isReadModelEmbedded) {
          yield* guarded('read model', () => grantFindings(store.part, roles))
          yield* guarded('read model', () => wallFindings(store.part))
        }
      }
      if (isWell && 'part' in log && 'part' in store) {
        yield* guarded('projection', () => projection(log.part, store.part, isReadModelEmbedded))
      }
    } finally {
      if (open === null && 'part' in store) await store.part.close()
    }
  } finally {
    if (open === null && 'part' in log) await log.part.close()
  }
}

type Opened<Part> = { readonly part: Part } | { readonly finding: Finding }

/** Opens a part; what is embedded, only where it is at `path` already. */
async function openPart<Part>(area: Area, path: string | null, open: () => Promise<Part>): Promise<Opened<Part>> {
  if (path !== null && !(await isThere(path))) return { finding: notMade(area) }
  try {
    return { part: await open() }
  } catch (error) {
    // Of an embedded read model only one process sees the tables, which is as it should be.
    return { finding: { ...failed(area, error), ...(error instanceof DirectoryInUse ? { severity: 'note' } : {}) } }
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function* logAndRegistry(log: OpenLog, roles: readonly Role[] | null): AsyncGenerator<Finding> {
  yield* guarded('log', () => logFindings(log))
  // An embedded log has no users.
  if (roles !== null) yield* guarded('log', () => rightsFindings(log, roles))
  const schema = JSON.stringify(envelopeAvroSchema)
  yield* guarded('registry', () => registryFindings(log.registry, ENVELOPE_SUBJECT, schema))
}

async function projection({ log, topics }: OpenLog, store: ReadModelStore, embedded: boolean): Promise<Finding[]> {
  const id = await liveGenerationId(store)
  if (id === null) return [notMade('projection')]
  await checkBinding(store, await logIdentity({ log, topics }))
  const operations = new OperationsLog(log, topics)
  const readModel = await readModelId(store)
  return projectionFindings({ log, topics, store, operations, readModel, generation: generation(id), embedded })
}

async function* guarded(area: Area, look: () => Promise<Finding[]>): AsyncGenerator<Finding> {
  try {
    yield* await look()
  } catch (error) {
    yield failed(area, error)
  }
}

/** Errors of ours say themselves what to do. */
function failed(area: Area, error: unknown): Finding {
  const words = error instanceof Error ? error.message : String(error)
  const message = error instanceof ExperienceError ? `${error.code}: ${words}` : words
  return { area, severity: 'error', message, next: null }
}

function notMade(area: Area): Finding {
  return { area, severity: 'note', message: 'not made yet', next: 'the first command that appends or asks makes it' }
}
