import { expect, test } from 'vitest'
import { kafkaFailure, RightMissing } from '../../../log/kafka/client/kafka-failure.ts'
import type { MissingRight } from '../../../log/rights/right.ts'
import { missingRightsText } from '../../../log/rights/right-texts.ts'

const write: MissingRight = {
  resource: 'topic',
  name: 'acme-log.operations',
  isPrefix: false,
  operation: 'Write',
  user: 'etl',
}

test('names the user, the right and the roles that have it', () => {
  expect(missingRightsText([write])).toBe(
    'user "etl" lacks the right Write on topic acme-log.operations (docs/rights.md, roles project, operate)',
  )
})

test('puts together what is missing of one resource, and names the roles that have all of it', () => {
  const deleting: MissingRight = {
    ...write,
    resource: 'group',
    name: 'a.projector.',
    isPrefix: true,
    operation: 'Delete',
  }
  expect(missingRightsText([write, { ...write, operation: 'Create' }, deleting])).toBe(
    'user "etl" lacks the rights Write, Create on topic acme-log.operations; Delete on groups a.projector.* (docs/rights.md, role operate)',
  )
})

test('takes Describe for part of Read, and names no role for what is not ours', () => {
  const describing: MissingRight = { ...write, name: 'a.events.x', operation: 'Describe', user: null }
  expect(missingRightsText([describing])).toMatch(/^this client lacks .*roles produce, project, ask, operate\)$/)
  expect(missingRightsText([{ ...describing, name: 'a.sales' }])).toMatch(/\(docs\/rights\.md\)$/)
})

test('a failure for want of a right says who lacks it, and is not worth repeating', () => {
  const failure = kafkaFailure(new RightMissing(write), 'append', {
    brokers: ['kafka:9092'],
    sasl: { mechanism: 'plain', username: 'etl', password: 'secret' },
  })
  expect(failure).toMatchObject({ code: 'StorageError', retryable: false })
  expect(failure.message).toBe(`cannot append: ${missingRightsText([write])}`)
})
