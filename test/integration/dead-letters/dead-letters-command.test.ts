import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Position } from '../../../base/position.ts'
import { envelopeAvroSchema, ENVELOPE_SUBJECT } from '../../../schemas/avro/schema/avro-schema.ts'
import { parseEnvelope } from '../../../schemas/contract/envelope.ts'
import { envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { openLog, type OpenLog } from '../../../service/wiring/open-log.ts'
import { readTopics } from '../../contract/event-log/event-log-fixture.ts'
import { framed, logRecord, negativeCycleBody, presentSchema, uncheckedBody } from './bad-records.ts'
import { jsonLines, killRunningCommands, runCommand, RunningCommand, type CommandOutcome } from '../run-command.ts'
import { kafka, lmdb, servicePlace, settingsOf, type Environment, type ServicePlace } from '../service-place.ts'
import { outcome } from '../test-events.ts'

/** The present schema without a field: the registry takes it as another version of the same subject. */
const ANOTHER_VERSION = JSON.stringify(envelopeAvroSchema, (key, value: unknown) =>
  key === 'fields' ? (value as { name: string }[]).filter(({ name }) => name !== 'metadata') : value,
)
const HEADERS = { kind: 'OutcomeRecorded', event_id: 'evt-of-header' }

function idOf({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}/${offset}`
}

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`experience-log dead-letters on ${log.name}`, () => {
    let place: ServicePlace
    let next = 0
    const opened: OpenLog[] = []
    beforeAll(async () => {
      place = await servicePlace()
    })
    afterEach(async () => {
      killRunningCommands()
      for (const each of opened.splice(0)) await each.close()
    })
    afterAll(() => place.dispose())

    /** A log of its own, and the commands that work on it. */
    const newLog = async () => {
      const environment: Environment = {
        ...place.newEnvironment(log),
        EXPERIENCE_LOG_DATA: join(place.directory, `data-${next++}`),
      }
      const open = await openLog(settingsOf(environment))
      opened.push(open)
      const run = (...args: string[]): Promise<CommandOutcome> => runCommand(args, { environment })
      const deadLetters = (...args: string[]): Promise<CommandOutcome> => run('dead-letters', ...args)
      const list = async (...args: string[]) => jsonLines((await deadLetters('list', ...args)).stdout)
      const append = async (tenant: string, ...values: (string | Buffer)[]): Promise<Position[]> => {
        const topic = open.topics.topic('events', tenant)
        return open.log.append(values.map((value) => ({ topic, record: logRecord(value, HEADERS) })))
      }
      return { environment, open, run, deadLetters, list, append }
    }

    test('lists, shows, corrects and discards, beside a running projector', async () => {
      const { environment, open, run, deadLetters, list, append } = await newLog()
      const schemaId = await presentSchema(open)
      const limit = await open.log.maxRecordBytes(open.topics.topic('events', 'a'))
      const large = 'x'.repeat(limit - 150)
      const positions = [
        ...(await append('a', 'no frame', framed(schemaId, negativeCycleBody('a')), large)),
        ...(await append('b', framed(schemaId, uncheckedBody(outcome({ tenant_id: 'a', event_id: 'evt-stray' }))))),
      ]
      const [garbage, negative, tooLarge, stray] = positions.map(idOf) as [string, string, string, string]
      const missing = `${positions[0]!.topic}/0/99`
      const projecting = new RunningCommand(['project'], { environment })
      await projecting.says('projecting into')
      await expect.poll(() => list(), { timeout: 300_000, interval: 200 }).toHaveLength(4)

      const common = { kind: 'OutcomeRecorded', event_id: 'evt-of-header', state: 'open' }
      const logged = { logged_at: '2026-01-01T00:00:00.000Z', ...common }
      const listed = new Map((await list()).map((each) => [each['id'], each]))
      expect(listed.get(garbage)).toEqual({
        id: garbage,
        tenant_id: 'a',
        reason: 'NotFramed',
        field: null,
        message: 'the record does not begin with a zero byte and a schema id',
        schema_id: null,
        ...logged,
      })
      expect(listed.get(negative)).toEqual({
        id: negative,
        tenant_id: 'a',
        reason: 'Invalid',
        field: 'event.data.formed_cycle',
        message: 'event.data.formed_cycle: must be an unsigned 32-bit integer',
        schema_id: schemaId,
        ...logged,
      })
      expect(await list('--tenant', 'b')).toMatchObject([{ id: stray, reason: 'WrongTopic', field: 'tenant_id' }])
      expect(await list('--reason', 'Invalid', '--limit', '1')).toMatchObject([{ id: negative }])
      expect(await list('--limit', '1')).toHaveLength(1)
      expect((await deadLetters('list', '--tenant', 'b', '--format', 'table')).stdout).toMatch(
        /^id +tenant_id[^]*stray|WrongTopic/,
      )

      // What an operator sees: bytes as they are, the envelope as far as it can be read.
      const shown = jsonLines((await deadLetters('show', negative)).stdout)[0]
      expect(shown).toMatchObject({
        resolution: null,
        key: 'key',
        headers: HEADERS,
        value: framed(schemaId, negativeCycleBody('a')).toString('base64'),
        envelope: { event_id: 'evt-negative', event: { data: { formed_cycle: -1 } } },
      })
      const shownLarge = jsonLines((await deadLetters('show', tooLarge)).stdout)[0]
      expect(shownLarge).toMatchObject({ value: Buffer.from(large).toString('base64'), envelope: null })
      expect(await deadLetters('show', missing)).toMatchObject({ exitCode: 1, stdout: '' })

      // Still none: stays open, and says why.
      const still = await deadLetters('retry', garbage, negative, stray, missing)
      expect(still).toMatchObject({ exitCode: 1, stdout: '' })
      const refused = jsonLines(still.stderr.replace(/^\d+ settled.*$/m, ''))
      expect(new Map(refused.map(({ id, reason, field }) => [id, [reason, field]]))).toEqual(
        new Map<unknown, unknown>([
          [garbage, ['NotFramed', null]],
          [negative, ['Invalid', 'event.data.formed_cycle']],
          [stray, ['WrongTopic', 'tenant_id']],
          [missing, ['NotFound', null]],
        ]),
      )
      expect(still.stderr).toContain('0 settled, 4 rejected')
      expect(await list()).toHaveLength(4)

      // A corrected event.
      const envelope = shown?.['envelope'] as { event: { data: object } }
      const corrected = { ...envelope, event: { ...envelope.event, data: { ...envelope.event.data, formed_cycle: 1 } } }
      const file = join(place.directory, `corrected-${next++}.json`)
      const correct = async (event: object): Promise<CommandOutcome> => {
        await writeFile(file, JSON.stringify(event, null, 2))
        return deadLetters('retry', negative, '--event', file)
      }
      const wrong = await correct(envelope)
      expect(wrong).toMatchObject({ exitCode: 1, stdout: '' })
      expect(jsonLines(wrong.stderr)).toMatchObject([{ id: negative, field: 'event.data.formed_cycle' }])
      const ofAnother = await correct({ ...corrected, tenant_id: 'b' })
      expect(ofAnother).toMatchObject({ exitCode: 1, stdout: '' })
      expect(ofAnother.stderr).toContain('"field":"tenant_id"')
      const right = await correct(corrected)
      expect(right).toMatchObject({ exitCode: 0, stderr: '1 settled, 0 rejected\n' })
      expect(jsonLines(right.stdout)).toEqual([{ id: negative, state: 'retried', event_id: 'evt-negative' }])
      const twice = await correct(corrected)
      expect(twice.exitCode).toBe(1)
      expect(twice.stderr).toContain('it was retried before')

      // What stands in another tenant's topic goes where the operator says.
      const straying = jsonLines((await deadLetters('show', stray)).stdout)[0]?.['envelope']
      const put = await runCommand(['dead-letters', 'retry', stray, '--event', '-'], {
        environment,
        stdin: JSON.stringify(straying),
      })
      expect(put).toMatchObject({ exitCode: 0, stderr: '1 settled, 0 rejected\n' })

      const discarded = await deadLetters('discard', '--all', '--reason', 'NotFramed', '--because', 'a load test')
      expect(discarded).toMatchObject({ exitCode: 0, stderr: '2 settled, 0 rejected\n' })
      expect(await list()).toEqual([])
      expect(await list('--state', 'discarded')).toHaveLength(2)
      expect(new Set((await list('--state', 'retried')).map(({ id }) => id))).toEqual(new Set([negative, stray]))
      expect(jsonLines((await deadLetters('show', garbage)).stdout)[0]).toMatchObject({
        state: 'discarded',
        resolution: { because: 'a load test', resolved_as: null },
      })

      projecting.signal('SIGTERM')
      expect(await projecting.ended).toMatchObject({ exitCode: 0 })
      const queried = await run('query', '--tenant', 'a')
      expect(new Set(jsonLines(queried.stdout).map(({ event_id }) => event_id))).toEqual(
        new Set(['evt-negative', 'evt-stray']),
      )
      expect((await run('query', '--tenant', 'b')).stdout).toBe('')
    })

    // What follows does not depend on which log it is.
    if (log !== lmdb) return

    test('retries what became an event since, once, with the time and headers it had', async () => {
      const { open, run, deadLetters, list, append } = await newLog()
      const schemaId = (await presentSchema(open)) + 1
      const undated = outcome({ tenant_id: 'a', event_id: 'evt-undated', occurred_at: 'after lunch' })
      const early = outcome({ tenant_id: 'a', event_id: 'evt-early' })
      // A body without its last byte, the empty metadata, is one of the version without metadata.
      const values = [undated, early].map((event) => framed(schemaId, uncheckedBody(event).subarray(0, -1)))
      await append('a', ...values)
      await append('a', 'no frame')
      expect(await run('query')).toMatchObject({ exitCode: 0, stdout: '' })
      expect(await list()).toMatchObject([
        { reason: 'UnknownSchema', schema_id: schemaId },
        { reason: 'UnknownSchema' },
        { reason: 'NotFramed' },
      ])
      expect((await deadLetters('retry', '--all', '--reason', 'UnknownSchema')).stderr).toContain(
        '0 settled, 2 rejected',
      )

      expect(await open.registry.register(ENVELOPE_SUBJECT, ANOTHER_VERSION)).toBe(schemaId)
      const retried = await deadLetters('retry', '--all', '--tenant', 'a')
      expect(retried.exitCode).toBe(1)
      expect(jsonLines(retried.stdout).map(({ event_id }) => event_id)).toEqual(['evt-undated', 'evt-early'])
      expect(retried.stderr).toContain('2 settled, 1 rejected')
      expect(await list()).toMatchObject([{ reason: 'NotFramed' }])

      const stored = await readTopics(open.log, [open.topics.topic('events', 'a')])
      expect(stored.slice(3)).toMatchObject([
        { timestamp: 1_767_225_600_000, key: 'chain-a', headers: { event_id: 'evt-undated' } },
        { timestamp: 1_767_225_600_000, key: 'chain-a', headers: { event_id: 'evt-early' } },
      ])
      const queried = await run('query', '--tenant', 'a')
      expect(queried.stdout.trimEnd().split('\n').toSorted()).toEqual(
        [early, undated].map((event) => envelopeToJson(parseEnvelope(event))).toSorted(),
      )
      // Two of the three dead letters read as events by now, and count as such, once.
      expect(await run('verify')).toMatchObject({ exitCode: 0, stdout: '{"events":2,"differences":[]}\n' })
    })

    test('projects first, so that nothing is missing that no other process could project', async () => {
      const { append, deadLetters, list, open, run } = await newLog()
      const [first] = await append('a', 'no frame')
      expect(await deadLetters('show', idOf(first!))).toMatchObject({ exitCode: 0 })
      const [second] = await append('a', 'nor this')
      expect(await deadLetters('discard', idOf(second!), '--because', 'a test')).toMatchObject({ exitCode: 0 })
      await append('a', 'nor this one')
      expect(await list()).toMatchObject([{ reason: 'NotFramed' }, { reason: 'NotFramed' }])
      await append('b', ...Array.from({ length: 150 }, (_, at) => `garbage ${at}`))
      const held = open.topics.topic('events', 'b')
      expect(jsonLines((await deadLetters('held')).stdout)).toMatchObject([{ topic: held }])
      expect(await deadLetters('release', '--all')).toMatchObject({ exitCode: 0 })
      expect(await list('--tenant', 'b')).toHaveLength(150)
      expect(await run('verify')).toMatchObject({ exitCode: 0 })
    })

    test('says beside another process that something may be missing', async () => {
      const { environment, deadLetters } = await newLog()
      const projecting = new RunningCommand(['project'], { environment })
      await projecting.says('projecting into')
      for (const command of ['list', 'held']) {
        const answered = await deadLetters(command)
        expect(answered).toMatchObject({ exitCode: 0, stdout: '' })
        expect(answered.stderr).toMatch(/^records that are not projected yet are missing here, .*another process/)
      }
      projecting.signal('SIGTERM')
      await projecting.ended
    })

    test('wrong use is told at once', async () => {
      const { deadLetters, open } = await newLog()
      const id = `${open.topics.topic('events', 'a')}/0/0`
      const cases: readonly (readonly [string[], number, RegExp])[] = [
        [['retry'], 2, /give ids, or --all/],
        [['retry', id, '--all'], 2, /give ids, or --all/],
        [['retry', id, '--tenant', 'a'], 2, /go with --all/],
        [['retry', '--all', '--event', '-'], 2, /give one id/],
        [['discard', id], 2, /--because/],
        [['discard', id, '--because', ' '], 2, /1 to 1000 characters/],
        [['list', '--reason', 'Bad'], 2, /Allowed choices are NotFramed/],
        [['show', 'nonsense'], 2, /id: must be the position/],
        [['retry', id, '--event', '/nowhere/at/all'], 2, /ENOENT/],
        [['show', id], 1, /NotFound: there is no dead letter/],
      ]
      await Promise.all(
        cases.map(async ([args, exitCode, message]) => {
          const failed = await deadLetters(...args)
          expect(failed, args.join(' ')).toMatchObject({ exitCode, stdout: '' })
          expect(failed.stderr).toMatch(message)
          expect(failed.stderr).not.toMatch(/^ +at /m)
        }),
      )
    })

    test('too many hold their topic: a question about its tenant fails at once, with exit code 3 and what to do', async () => {
      const { append, run } = await newLog()
      await append('a', ...Array.from({ length: 150 }, (_, at) => `garbage ${at}`))
      const asked = await run('query', '--tenant', 'a')
      expect(asked).toMatchObject({ exitCode: 3 })
      expect(asked.stderr).toMatch(/TopicHeld|TooManyDeadLetters/)
    })
  })
}
