import { PassThrough } from 'node:stream'
import { z } from 'zod'
import { ExperienceError } from '../../../base/experience-error.ts'
import { exportLog, type ArchiveOutput } from '../../../operations/archive/export-log.ts'
import { noTopicOf } from '../../../operations/archive/exported-topics.ts'
import { exportsIndex } from '../../../operations/tenants/exports-index.ts'
import { optional, string } from '../../../schemas/contract/scalars.ts'
import { sendJson } from '../answers/send-json.ts'
import { route, type AnyRoute, type Asked } from '../route.ts'
import { answered, ExportsAnswer } from './operate-answers.ts'
import { audited } from './audited.ts'
import type { OperateParts } from './operate-parts.ts'
import { checkForAll } from './operate-scope.ts'

/** As the file's own format has it: an Avro object container. */
const ARCHIVE = 'application/vnd.apache.avro'

/** Copies of the log. */
export function exportRoutes({ log, operations, access, stopping }: OperateParts): AnyRoute[] {
  const common = { method: 'GET', tag: 'Operations', needs: ['operate'] } as const
  return [
    route({
      ...common,
      path: '/v1/ops/exports',
      summary: 'Files that hold copies of tenants',
      query: z.strictObject({}),
      answers: { 200: answered('The files, the oldest first.', ExportsAnswer) },
      handle: async ({ caller, reply }) => {
        checkForAll(caller)
        sendJson(reply, { exports: exportsIndex(await operations.read()) })
      },
    }),
    route({
      ...common,
      path: '/v1/ops/export',
      summary: 'The log of a tenant, or of all, as a file of Avro',
      description:
        'The same file as `experience-log export` writes, streamed: what the log holds when it begins. An answer that breaks off is not ' +
        'whole, and `experience-log import` refuses it. Each export is noted among `/v1/ops/exports`.',
      query: z.strictObject({
        tenant_id: optional(string.min(1)).describe("The tenant. Default: the key's own, or all"),
      }),
      examples: [{ summary: 'Of a tenant', path: '/v1/ops/export?tenant_id=acme' }],
      answers: { 200: { description: 'The file.', content: { [ARCHIVE]: { type: 'string', format: 'binary' } } } },
      handle: async (asked) => {
        const { query, caller, request, reply } = asked
        const tenant = query.tenant_id ?? caller.tenant
        if (caller.tenant !== null && tenant !== caller.tenant) throw noTopicOf(tenant!)
        if (request.method === 'HEAD') return void reply.type(ARCHIVE).send('')
        const by = await audited(operations, asked)
        const gone = new AbortController()
        reply.raw.once('close', () => gone.abort())
        const stopped = AbortSignal.any([stopping, gone.signal])
        const open = async (): Promise<ArchiveOutput> => outputTo(asked, () => access.checkStillIn(caller))
        await exportLog(log, open, { tenant, by, stopped, report: () => {} })
      },
    }),
  ]
}

/** Sends what is written as it is taken. Where it is given up, the connection is cut, so that no part passes for the whole. */
function outputTo({ reply, caller }: Asked<unknown, unknown>, checkStillIn: () => void): ArchiveOutput {
  const file = `${caller.tenant === null ? 'log' : 'tenant'}.avro`
  const stream = new PassThrough()
  void reply.type(ARCHIVE).header('content-disposition', `attachment; filename="${file}"`).send(stream)
  return {
    name: '-',
    write: async (bytes) => {
      checkStillIn()
      if (stream.destroyed) throw new ExperienceError('Interrupted', 'nobody takes the export any more')
      if (!stream.write(bytes)) await roomIn(stream)
    },
    commit: async () => {
      stream.end()
      if (!stream.destroyed) await new Promise((resolve) => stream.once('close', resolve))
    },
    discard: async () => void stream.destroy(new Error('the export was given up')),
  }
}

/** Resolves when there is room, or nobody takes any more: then whoever writes is stopped. */
function roomIn(stream: PassThrough): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done)
      resolve()
    }
    stream.on('drain', done).on('close', done)
  })
}
