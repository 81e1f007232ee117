import { expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import { commitOfTopic, withTopicId } from '../../../log/kafka/consume/commit-of-topic.ts'

const [OLD, NEW] = ['0'.repeat(31) + '1', 'f'.repeat(32)]
function stored(metadata: string) {
  return { topic: 't', partition: 0, offset: offset(3), metadata }
}
const TEXTS = ['', 'intent:5:a-_Z', 'a@b', `@${OLD}`, 'two\nlines']

test('gives the text back that was committed for the topic', () => {
  for (const text of TEXTS) expect(commitOfTopic(stored(withTopicId(text, NEW)), NEW)).toEqual(stored(text))
})

test('takes no commit of another topic of the name', () => {
  for (const text of TEXTS) expect(commitOfTopic(stored(withTopicId(text, OLD)), NEW)).toBeNull()
})

test('takes what names no topic, and takes all where the brokers tell no ids', () => {
  for (const text of ['', 'intent:5', 'a@b']) {
    expect(commitOfTopic(stored(withTopicId(text, undefined)), NEW)).toEqual(stored(text))
    expect(commitOfTopic(stored(withTopicId(text, OLD)), undefined)).toEqual(stored(text))
  }
})
