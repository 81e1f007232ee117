import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { offset, partitionText } from '../../../base/position.ts'
import { beside, FetchSession, type Wanted } from '../../../log/kafka/consume/fetch-session.ts'
import { QueueTarget } from '../../../log/kafka/consume/queue-target.ts'

function target(topic: string): QueueTarget {
  return new QueueTarget({ topic, partition: 0, from: offset(0), partitionBytes: 1, deliver: () => undefined })
}

function wanted(topic: string, position = 0, maxBytes = 100): Wanted {
  return { target: target(topic), position: offset(position), maxBytes }
}

/** The names in a request: what is to be fetched, and what is to be forgotten. */
function named({ topics, forgotten }: ReturnType<FetchSession['next']>): [string[], string[]] {
  return [topics.map(({ topic }) => topic), forgotten.map(({ topic }) => topic)]
}

/** What a broker makes of the requests of one session. */
class BrokerSide {
  readonly partitions = new Map<string, { readonly position: bigint; readonly maxBytes: number }>()
  #epoch = 0

  take({ sessionId, sessionEpoch, topics, forgotten }: ReturnType<FetchSession['next']>, id: number): void {
    if (sessionId === 0) this.partitions.clear()
    else expect({ sessionId, sessionEpoch }).toEqual({ sessionId: id, sessionEpoch: this.#epoch })
    this.#epoch = sessionId === 0 ? 1 : this.#epoch + 1
    for (const { topic, partitions } of topics) {
      for (const { partition, fetchOffset, maxBytes } of partitions) {
        this.partitions.set(partitionText({ topic, partition }), { position: fetchOffset, maxBytes })
      }
    }
    // As Kafka does: after what is added.
    for (const { topic, partitions } of forgotten) {
      for (const partition of partitions) this.partitions.delete(partitionText({ topic, partition }))
    }
  }
}

describe('a fetch session', () => {
  test('names all that is wanted once, and then what changes', () => {
    const session = new FetchSession()
    const a = wanted('a')
    session.want(a)
    session.want(wanted('b'))
    const first = session.next()
    expect(first).toMatchObject({ sessionId: 0, sessionEpoch: 0 })
    expect(named(first)).toEqual([['a', 'b'], []])
    session.answered(7)
    expect(session.next()).toEqual({ sessionId: 7, sessionEpoch: 1, topics: [], forgotten: [] })
    session.answered(7)
    session.want({ ...a, position: offset(5) })
    session.want(wanted('c'))
    expect(session.asked(a.target)?.position).toBe(0n)
    const third = session.next()
    expect(third).toMatchObject({ sessionId: 7, sessionEpoch: 2 })
    expect(third.topics[0]).toEqual({ topic: 'a', partitions: [{ partition: 0, fetchOffset: 5n, maxBytes: 100 }] })
    expect(named(third)).toEqual([['a', 'c'], []])
    expect(session.asked(a.target)?.position).toBe(5n)
  })

  test('forgets what is left, and says nothing of what came back before it was told', () => {
    const session = new FetchSession()
    const [a, b] = [wanted('a'), wanted('b')]
    session.want(a)
    session.want(b)
    session.next()
    session.answered(7)
    session.leave(a.target)
    session.leave(b.target)
    session.want(b)
    expect(named(session.next())).toEqual([[], ['a']])
    session.answered(7)
    expect(session.asked(a.target)).toBe(undefined)
    session.want(wanted('c'))
    session.leave(a.target)
    expect(named(session.next())).toEqual([['c'], []])
  })

  test('keeps the target that took the place of another of the same partition', () => {
    const session = new FetchSession()
    const [before, after] = [wanted('a'), wanted('a')]
    session.want(before)
    session.next()
    session.answered(7)
    session.want(after)
    session.leave(before.target)
    expect(named(session.next())).toEqual([['a'], []])
    expect(session.asked(after.target)?.target).toBe(after.target)
  })

  test('names all again where the broker lost it, or keeps none', () => {
    const session = new FetchSession()
    const a = wanted('a')
    session.want(a)
    session.want(wanted('b'))
    session.next()
    session.answered(7)
    session.leave(a.target)
    session.lost()
    const again = session.next()
    expect(again).toMatchObject({ sessionId: 0, sessionEpoch: 0 })
    expect(named(again)).toEqual([['b'], []])
    session.answered(0)
    expect(named(session.next())).toEqual([['b'], []])
  })

  test.each([0, 7])('names more than one request may hold in several (session %i)', (id) => {
    const session = new FetchSession()
    const names = Array.from({ length: 10_000 }, (_, index) => String(index).padStart(240, 'x'))
    for (const name of names) session.want(wanted(name))
    const found = new Set<string>()
    let requests = 0
    for (; found.size < names.length; requests++) {
      const next = session.next()
      const [topics] = named(next)
      expect(topics.reduce((sum, topic) => sum + topic.length + 34, 0)).toBeLessThan(1_000_000)
      for (const topic of topics) found.add(topic)
      session.answered(id)
    }
    expect(requests).toBe(4)
  })

  test('is ended once, and leaves alone what is asked beside it', () => {
    const session = new FetchSession()
    expect(session.end()).toBe(undefined)
    session.want(wanted('a'))
    session.next()
    session.answered(7)
    expect(beside([wanted('b', 3)])).toEqual({
      sessionId: 0,
      sessionEpoch: -1,
      topics: [{ topic: 'b', partitions: [{ partition: 0, fetchOffset: 3n, maxBytes: 100 }] }],
      forgotten: [],
    })
    expect(session.end()).toEqual({ sessionId: 7, sessionEpoch: -1, topics: [], forgotten: [] })
    expect(session.end()).toBe(undefined)
  })

  test('leaves the broker with just what is wanted, whatever comes and goes', () => {
    const names = ['a', 'b', 'c', 'd']
    const step = fc.oneof(
      fc.record({ do: fc.constant('want' as const), name: fc.constantFrom(...names), position: fc.nat({ max: 3 }) }),
      fc.record({ do: fc.constant('leave' as const), name: fc.constantFrom(...names) }),
      fc.record({ do: fc.constant('fetch' as const), id: fc.constantFrom(0, 7, 7, 7) }),
      fc.record({ do: fc.constant('lose' as const) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const session = new FetchSession()
        const broker = new BrokerSide()
        const targets = new Map(names.map((name) => [name, target(name)]))
        const expected = new Map<string, { readonly position: bigint; readonly maxBytes: number }>()
        for (const each of steps) {
          if (each.do === 'want') {
            const position = offset(each.position)
            session.want({ target: targets.get(each.name)!, position, maxBytes: 100 })
            expected.set(`${each.name}/0`, { position, maxBytes: 100 })
          } else if (each.do === 'leave') {
            session.leave(targets.get(each.name)!)
            expected.delete(`${each.name}/0`)
          } else if (each.do === 'lose') session.lost()
          else {
            broker.take(session.next(), 7)
            expect(broker.partitions).toEqual(expected)
            session.answered(each.id)
          }
          expect(session.size).toBe(expected.size)
        }
      }),
    )
  })
})
