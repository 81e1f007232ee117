import { expect, test } from 'vitest'
import { generationsState, latestReadModel } from '../../../../operations/rebuild/generations-state.ts'
import type { LoggedOperation, Operation, RebuildScope } from '../../../../operations/log/operation.ts'

const [A, B, C] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'] as const
const scope: RebuildScope = { tenants: null, projections: null, range: null }
const read_model = 'ours'

function started(generation: string, of = read_model): Operation {
  return {
    type: 'RebuildStarted',
    read_model: of,
    database: `database of ${of}`,
    generation,
    scope,
  }
}
function about(
  type: 'RebuildSeeded' | 'RebuildPaused' | 'RebuildResumed' | 'RebuildAbandoned' | 'SideTableCompleted',
  generation: string,
): Operation {
  return { type, read_model, generation }
}
function switched(from: string, to: string, because: 'rebuild' | 'rollback' | 'cancelled' = 'rebuild'): Operation {
  return {
    type: 'GenerationSwitched',
    read_model,
    from,
    to,
    because,
  }
}
function logged(...operations: Operation[]): LoggedOperation[] {
  return operations.map((operation, minute) => ({ at: `2026-01-01T00:0${minute}:00Z`, by: 'op@host', operation }))
}
function stateAfter(...operations: Operation[]) {
  return generationsState(logged(...operations), read_model)
}

test('begins with nothing decided', () => {
  expect(stateAfter()).toEqual({ target: null, previous: null, rebuild: null, statuses: new Map() })
})

test('of two rebuilds that start at once the first counts', () => {
  const { rebuild, statuses } = stateAfter(started(B), started(C), about('RebuildSeeded', C))
  expect(rebuild).toMatchObject({
    generation: B,
    isSeeded: false,
    startedAt: '2026-01-01T00:00:00Z',
    startedBy: 'op@host',
  })
  expect([...statuses]).toEqual([[B, 'building']])
})

test('follows a rebuild from its start to the switch', () => {
  const steps = [started(B), about('RebuildSeeded', B), about('RebuildPaused', B)]
  expect(stateAfter(...steps).rebuild).toMatchObject({ isSeeded: true, isPaused: true })
  expect(stateAfter(...steps, about('RebuildResumed', B)).rebuild).toMatchObject({ isPaused: false })
  expect(stateAfter(...steps, switched(A, B))).toEqual({
    target: B,
    previous: A,
    rebuild: null,
    statuses: new Map([
      [B, 'live'],
      [A, 'previous'],
    ]),
  })
})

test('a switch that is cancelled leaves the rebuild open, and what came before', () => {
  const { target, previous, rebuild, statuses } = stateAfter(
    started(B),
    switched(A, B),
    started(C),
    switched(B, C),
    switched(C, B, 'cancelled'),
  )
  expect({ target, previous }).toEqual({ target: B, previous: A })
  expect(rebuild).toMatchObject({ generation: C })
  expect(Object.fromEntries(statuses)).toEqual({ [A]: 'previous', [B]: 'live', [C]: 'building' })
})

test('a roll-back leads back, a second one forward, and nowhere once the other is pruned', () => {
  const steps = [started(B), switched(A, B), switched(B, A, 'rollback')]
  expect(stateAfter(...steps)).toMatchObject({ target: A, previous: B })
  expect(stateAfter(...steps, switched(A, B, 'rollback'))).toMatchObject({ target: B, previous: A })
  const pruned: Operation = { type: 'GenerationPruned', read_model, generation: B }
  expect(stateAfter(...steps, pruned)).toMatchObject({ target: A, previous: null })
  expect(stateAfter(...steps, pruned).statuses.get(B)).toBe('pruned')
})

test('a rebuild that is abandoned, or a side table that is whole, makes room for the next', () => {
  for (const [end, status] of [
    [about('RebuildAbandoned', B), 'abandoned'],
    [about('SideTableCompleted', B), 'side table'],
  ] as const) {
    const { rebuild, statuses } = stateAfter(started(B), end, started(C))
    expect(rebuild).toMatchObject({ generation: C })
    expect(statuses.get(B)).toBe(status)
  }
})

test('other read models of the same log are none of its business', () => {
  expect(stateAfter(started(B, 'other')).rebuild).toBeNull()
  const both = logged(started(B), started(C, 'other'))
  expect(latestReadModel(both, 'database of other')).toBe('other')
  expect(latestReadModel(both, 'database of ours')).toBe('ours')
  expect(latestReadModel(both, 'another')).toBeNull()
})
