import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TenantTopics, type TopicKind } from '../../../log/tenant-topics.ts'

const LEGAL_CHARACTERS = Array.from('ABCXYZabcuhnxyz0189-_.')
const tenant = fc.oneof(
  fc.string({ unit: fc.constantFrom(...LEGAL_CHARACTERS), maxLength: 256 }),
  fc.string({ unit: fc.constantFrom(...Array.from('-_nhu')), minLength: 1, maxLength: 256 }),
  // Ids that differ only after their readable beginning.
  fc.string({ unit: fc.constantFrom(...Array.from('ab')), maxLength: 3 }).map((end) => 'x'.repeat(250) + end),
  // Beyond the contract, where the mapping has to hold all the same.
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constant(null),
)
const kind = fc.constantFrom<TopicKind>('events', 'dead-letters')
const prefix = fc.string({ unit: fc.constantFrom(...Array.from('aZ0-')), minLength: 1, maxLength: 49 })

/** What Kafka makes of a topic's name in the names of its metrics. */
function fold(name: string): string {
  return name.replaceAll('_', '.')
}

describe('tenant topics', () => {
  const topics = new TenantTopics()

  test.each([
    ['acme', 'experience.events.acme'],
    ['acme.eu-west_1', 'experience.events.acme.eu--west-u1'],
    ['-n', 'experience.events.--n'],
    [null, 'experience.events.-n'],
    ['', 'experience.events.'],
  ])('names the topic of %j', (id, name) => {
    expect(topics.topic('events', id)).toBe(name)
    expect(topics.tenant(name)).toBe(id)
  })

  test('shortens a long id by its hash, in both kinds of topic alike', () => {
    const id = 'team_'.repeat(50)
    const [events, deadLetters] = [topics.topic('events', id), topics.topic('dead-letters', id)]
    expect(events).toMatch(/^experience\.events\.(?:team-u){12}-h[0-9a-f]{64}$/)
    expect(deadLetters).toBe(events.replace('.events.', '.dead-letters.'))
    expect(topics.tenant(events)).toBeUndefined()
  })

  test('does not know the tenants of names that are not its own', () => {
    for (const name of ['other.events.acme', 'experience.acme', 'experience.events.-x', 'experience.events.a_b']) {
      expect(topics.tenant(name)).toBeUndefined()
    }
  })

  test('refuses a prefix that would not be legal, or leaves no room', () => {
    for (const bad of ['', 'a.b', 'a_b', 'é', 'x'.repeat(50)]) {
      expect(() => new TenantTopics(bad)).toThrow(expect.objectContaining({ code: 'InvalidSettings' }))
    }
  })

  test('maps every tenant to a legal name of legal length that starts with the prefix of its kind', () => {
    fc.assert(
      fc.property(prefix, kind, tenant, (start, topicKind, id) => {
        const all = new TenantTopics(start)
        const name = all.topic(topicKind, id)
        expect(name).toMatch(/^[A-Za-z0-9.-]{1,249}$/)
        expect(name.startsWith(all.topicPrefix(topicKind))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('never maps two tenants or kinds to one name, not even where "." and "_" are taken for the same', () => {
    fc.assert(
      fc.property(kind, tenant, kind, tenant, (leftKind, left, rightKind, right) => {
        const same = fold(topics.topic(leftKind, left)) === fold(topics.topic(rightKind, right))
        expect(same).toBe(leftKind === rightKind && left === right)
      }),
      { numRuns: 5000 },
    )
  })

  test('finds the tenant of a name again, unless it was shortened', () => {
    fc.assert(
      fc.property(kind, tenant, (topicKind, id) => {
        const name = topics.topic(topicKind, id)
        expect(topics.tenant(name)).toBe(
          /-h[0-9a-f]{64}$/.test(name) && topics.tenant(name) === undefined ? undefined : id,
        )
      }),
      { numRuns: 2000 },
    )
  })
})
