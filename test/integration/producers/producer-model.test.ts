import * as fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { EventProducer } from '../../../producers/event-producer.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { eventOf, openLogs } from './producer-fixture.ts'

const logs = await openLogs()
afterAll(() => logs.dispose())

const TENANTS = ['a', 'b', 'c', null]

const call = fc.record({
  tenants: fc.array(fc.constantFrom(...TENANTS), { minLength: 1, maxLength: 6 }),
  payloads: fc.array(fc.nat(900), { minLength: 6, maxLength: 6 }),
  kind: fc.constantFrom('single', 'list', 'atomic'),
  pause: fc.boolean(),
})

const settings = fc.record({
  maxInFlightBytes: fc.integer({ min: 100, max: 4000 }),
  batchBytes: fc.integer({ min: 1, max: 3000 }),
  batchCount: fc.integer({ min: 1, max: 8 }),
  lingerMs: fc.constantFrom(0, 1),
})

test('answers each call once and truly, in order and within its bounds, however calls and failures fall', async () => {
  await fc.assert(
    fc.asyncProperty(
      settings,
      fc.array(call, { maxLength: 40 }),
      fc.array(fc.nat(5)),
      async (options, calls, faults) => {
        // Records up to some 1,000 bytes pass; the largest payloads don't.
        const { log, encoder, held } = await logs.fixture({ maxBatchBytes: 1000 })
        const producer = new EventProducer(log, encoder, options)
        let turn = 0
        let mostInFlight = 0
        log.beforeAppend = async (requests) => {
          const fault = faults[turn++ % Math.max(faults.length, 1)] ?? 5
          const alone = requests.length === 1 || log.appends.at(-1)?.atomic === true
          if (!alone) mostInFlight = Math.max(mostInFlight, producer.inFlightBytes)
          if (fault < 3) await new Promise((resolve) => setImmediate(resolve))
          if (fault === 0) throw new ExperienceError('Unavailable', 'chosen to fail')
        }

        const asked = new Map<string | null, string[]>(TENANTS.map((tenant) => [tenant, []]))
        const confirmed: string[] = []
        const refused: string[][] = []
        let answers = 0
        const settled: Promise<void>[] = []
        for (const [number, { tenants, payloads, kind, pause }] of calls.entries()) {
          const envelopes = tenants
            .slice(0, kind === 'single' ? 1 : tenants.length)
            .map((tenant, index) => eventOf(`c${number}-${index}`, { tenant, payload: 'x'.repeat(payloads[index]!) }))
          for (const { tenant_id, event_id } of envelopes) asked.get(tenant_id)!.push(event_id)
          const names = envelopes.map(({ event_id }) => event_id)
          const appended =
            kind === 'single'
              ? producer.append(envelopes[0]!)
              : producer.appendMany(envelopes, { atomic: kind === 'atomic' })
          settled.push(
            appended.then(
              () => {
                answers++
                confirmed.push(...names)
              },
              (error: unknown) => {
                answers++
                expect(error).toBeInstanceOf(ExperienceError)
                if (kind === 'atomic') refused.push(names)
                // Those before the first fault of a list are in the log.
                const first = Number(/^events\[(\d+)\]/.exec((error as ExperienceError).message)?.[1] ?? 0)
                if (kind === 'list') confirmed.push(...names.slice(0, first))
              },
            ),
          )
          if (pause) await new Promise((resolve) => setImmediate(resolve))
        }
        await producer.close()
        await Promise.all(settled)

        expect(answers).toBe(calls.length)
        expect(producer.inFlightBytes).toBe(0)
        expect(mostInFlight).toBeLessThanOrEqual(options.maxInFlightBytes)
        const stored = new Set<string>()
        for (const tenant of TENANTS) {
          const inLog = (await held(tenant)).map(({ eventId }) => eventId)
          for (const id of inLog) stored.add(id)
          // In the order of the calls, and nothing twice.
          expect(inLog).toEqual(asked.get(tenant)!.filter((id) => stored.has(id)))
        }
        for (const id of confirmed) expect(stored).toContain(id)
        for (const names of refused) for (const id of names) expect(stored).not.toContain(id)
      },
    ),
    { numRuns: 150 },
  )
})
