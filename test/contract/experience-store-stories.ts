import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AsOfOption, ExperienceStore, TenantOption } from '../../service/store/experience-store.ts'
import {
  budgetExceeded,
  factPromoted,
  hypothesis,
  outcome,
  rollback,
  transition,
  uniqueId,
} from '../integration/test-events.ts'
import { momentPast } from './experience-store-as-of.ts'

/** What every experience store tells of chains, artifacts and dead letters. */
export function describeStories(open: () => Promise<ExperienceStore>): void {
  describe('stories', () => {
    let store: ExperienceStore
    beforeAll(async () => {
      store = await open()
    })
    afterAll(() => store?.close())

    const chain = async (id: string, options?: AsOfOption & TenantOption): Promise<string[]> => {
      const ids: string[] = []
      for await (const { event_id } of store.chain(id, options)) ids.push(event_id)
      return ids
    }

    test("tell a chain's events in order, of any tenant or one, as the log stood", async () => {
      const chain_id = uniqueId('chain')
      const [a, b] = [uniqueId('tenant'), uniqueId('tenant')]
      const at = (event_id: string, minute: string, tenant_id: string) => ({
        event_id,
        tenant_id,
        occurred_at: `2026-04-23T09:${minute}:00Z`,
      })
      await store.appendEvents([
        hypothesis(at('end', '40', a), { chain_id }),
        outcome(at('begin', '10', a), { chain_id }),
        outcome(at('elsewhere', '20', a), { chain_id: `${chain_id}-2` }),
        outcome(at('of-b', '30', b), { chain_id }),
        factPromoted(at('no-chain', '15', a)),
      ])
      const asOf = await momentPast()
      await store.appendEvent(budgetExceeded(at('late', '20', a), { chain_id }))
      expect(await chain(chain_id)).toEqual(['begin', 'late', 'of-b', 'end'])
      expect(await chain(chain_id, { tenant: a })).toEqual(['begin', 'late', 'end'])
      expect(await chain(chain_id, { tenant: a, asOf })).toEqual(['begin', 'end'])
      expect(await chain(chain_id, { tenant: '' })).toEqual([])
      expect(await chain(uniqueId('chain'))).toEqual([])
    })

    test('of a chain may be left before their end', async () => {
      const chain_id = uniqueId('chain')
      await store.appendEvents([outcome({ event_id: 'first' }, { chain_id }), outcome({}, { chain_id })])
      for await (const { event_id } of store.chain(chain_id)) {
        expect(event_id).toBe('first')
        break
      }
    })

    test('tell how an artifact came to its state, and nothing else', async () => {
      const [artifact, tenant_id] = [uniqueId('lora'), uniqueId('tenant')]
      const at = (event_id: string, minute: string) => ({
        event_id,
        tenant_id,
        occurred_at: `2026-04-23T09:${minute}:00Z`,
      })
      await store.appendEvents([
        transition(artifact, 'Approved', 'Active', at('b', '20')),
        transition(artifact, 'Draft', 'Approved', at('a', '10')),
        transition(`${artifact}-2`, 'Draft', 'Approved', at('x', '15')),
        transition(artifact, 'Draft', 'Approved', { ...at('of-another', '05'), tenant_id: uniqueId('tenant') }),
        outcome(at('y', '15')),
      ])
      const asOf = await momentPast()
      await store.appendEvent(rollback(artifact, at('c', '30')))
      const history = await store.artifactHistory(artifact, { tenant: tenant_id })
      expect(history.map(({ event_id }) => event_id)).toEqual(['a', 'b', 'c'])
      const [first, , last] = history.map(({ event }) => event)
      expect(first?.type === 'ArtifactStateTransitioned' && first.data.event.to_state).toBe('Approved')
      expect(last?.type === 'ArtifactRollbackRecorded' && last.data.rollback.previous_state).toBe('Active')
      const [status] = await store.queryArtifacts({ artifact_id: artifact, tenant_id })
      expect(status).toMatchObject({ transitions: BigInt(history.length), since: history.at(-1)?.occurred_at })
      expect(await store.artifactHistory(artifact, { tenant: tenant_id, asOf })).toHaveLength(2)
      expect(await store.artifactHistory(artifact)).toHaveLength(4)
      expect(await store.artifactHistory(uniqueId('lora'))).toEqual([])
    })

    test('refuse what is no question, with the field, when they are begun', async () => {
      const next = (letters: AsyncIterable<unknown>) => letters[Symbol.asyncIterator]().next()
      const refused = (field: string) => ({ code: 'InvalidQuery', field })
      await expect(chain(1 as never)).rejects.toMatchObject(refused('chain_id'))
      await expect(chain('chain-a', { asOf: 'soon' })).rejects.toMatchObject(refused('as_of'))
      await expect(store.artifactHistory(1 as never)).rejects.toMatchObject(refused('artifact_id'))
      await expect(next(store.deadLetters({ state: 'lost' as never }))).rejects.toMatchObject(refused('state'))
      await expect(next(store.deadLetters({ reason: 'None' }))).rejects.toMatchObject(refused('reason'))
      expect(await next(store.deadLetters())).toMatchObject({ done: true })
    })
  })
}
