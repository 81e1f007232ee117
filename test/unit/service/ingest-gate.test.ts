import { expect, test } from 'vitest'
import type { Caller } from '../../../service/http/access/caller.ts'
import { IngestGate } from '../../../service/http/ingest/ingest-gate.ts'

const MIB = 1 << 20
const NO_LIMITS = { events_per_second: null, bytes_per_second: null, queries_at_once: null }

function gateFor(atOnce: number): IngestGate {
  return new IngestGate({ atOnce, eventsPerSecond: 0, bytesPerSecond: 0, maxBytes: MIB, maxInFlightBytes: 64 * MIB })
}

function caller(keyId: string | null): Caller {
  return { keyId, tenant: keyId, roles: new Set(['produce']), limits: NO_LIMITS }
}

test('a key may have half of the requests under way, and gives back what it leaves', () => {
  const gate = gateFor(4)
  const passes = [gate.enter(caller('a')), gate.enter(caller('a'))]
  expect(() => gate.enter(caller('a'))).toThrow(expect.objectContaining({ status: 429 }))
  passes.push(gate.enter(caller('b')), gate.enter(caller(null)))
  expect(() => gate.enter(caller('c'))).toThrow(expect.objectContaining({ status: 503, retryAfterS: 1 }))
  passes[0]!.leave()
  expect(() => gate.enter(caller('a'))).not.toThrow()
})

test('a key may hold half of the bytes of bodies, so that there is room for those of others', () => {
  const gate = gateFor(100)
  const own = Array.from({ length: 8 }, () => gate.enter(caller('a')))
  for (const pass of own) pass.holds(MIB)
  const more = gate.enter(caller('a'))
  expect(() => more.holds(1)).toThrow(expect.objectContaining({ status: 429 }))
  const others = Array.from({ length: 8 }, (_, each) => gate.enter(caller(`b-${each}`)))
  for (const pass of others) pass.holds(MIB)
  expect(() => gate.enter(caller(null)).holds(1)).toThrow(expect.objectContaining({ status: 503 }))
  own[0]!.leave()
  expect(() => more.holds(MIB)).not.toThrow()
})

test('who comes without a key shares with nobody, and may hold all of it', () => {
  const gate = gateFor(100)
  const passes = Array.from({ length: 16 }, () => gate.enter(caller(null)))
  for (const pass of passes) pass.holds(MIB)
  expect(() => gate.enter(caller(null)).holds(1)).toThrow(expect.objectContaining({ status: 503 }))
})
