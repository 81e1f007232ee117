import { expect, test } from 'vitest'
import { homeOf, topicUnder } from '../../../../log/archive/topic-name.ts'
import { TenantTopics } from '../../../../log/tenant-topics.ts'

const TENANTS = ['acme', 'st_anna-clinic', 'a.b', 'é', 'x'.repeat(195), 'y'.repeat(256), null]
const [short, long] = [new TenantTopics('a'), new TenantTopics('b'.repeat(49))]

test.each(TENANTS)('tenant %j keeps its topics under another prefix', (tenant) => {
  for (const kind of ['events', 'dead-letters'] as const) {
    const [from, to] = [short.topic(kind, tenant), long.topic(kind, tenant)]
    expect(topicUnder(short, from)).toBe(from)
    expect(topicUnder(long, from)).toBe(to)
    expect(homeOf(from)).toBe(homeOf(to))
  }
})

test('homes are of one tenant and kind', () => {
  const homes = TENANTS.flatMap((tenant) => [
    homeOf(short.topic('events', tenant)),
    homeOf(short.topic('dead-letters', tenant)),
  ])
  expect(new Set(homes).size).toBe(2 * TENANTS.length)
})

test('a shortened name is not taken to a shorter prefix, under which the tenant may have another', () => {
  expect(() => topicUnder(short, long.topic('events', 'x'.repeat(195)))).toThrow(
    /TOPIC_PREFIX of 49 characters at least/,
  )
})

test('topics of others are refused', () => {
  for (const topic of ['orders', 'experience.orders.acme', '.events.acme']) {
    expect(() => topicUnder(short, topic)).toThrow(/not a topic of this service/)
  }
})

test('what cannot be a tenant’s keeps its name behind the prefix', () => {
  expect(topicUnder(short, 'experience.events.Foo_bar')).toBe('a.events.Foo_bar')
})
