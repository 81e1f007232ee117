import { z } from 'zod'
import { createKey, findKey, listKeys, revokeKey } from '../../../operations/keys/manage-keys.ts'
import { shownKey } from '../../../operations/keys/shown-key.ts'
import type { OperationsLog } from '../../../operations/log/operations-log.ts'
import { sendJson } from '../answers/send-json.ts'
import { readJson } from '../body/read-json.ts'
import type { HttpParts } from '../http-parts.ts'
import { audited } from '../operate/audited.ts'
import { route, type AnyRoute } from '../route.ts'
import { NewKeyBody, newKeyOf } from './new-key-body.ts'
import { createdKeySchema, shownKeySchema } from './key-answers.ts'

const json = 'application/json'
const KeyId = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/, { error: 'must be the id of a key: 12 hex digits' }),
})

/** Creates, lists and revokes keys. An operator of one tenant sees that tenant's keys alone. */
export function keyRoutes({ access }: HttpParts, operations: OperationsLog): AnyRoute[] {
  return [
    route({
      method: 'DELETE',
      path: '/v1/ops/keys/{id}',
      tag: 'Keys',
      summary: 'Revoke a key',
      description:
        'No process lets it in any more, within seconds, and streams that it opened end. Once is as good as twice.',
      needs: ['operate'],
      params: KeyId,
      examples: [{ summary: 'Revoke a key by its id', path: '/v1/ops/keys/0123456789ab' }],
      query: z.strictObject({}),
      answers: { 200: { description: 'What the key was.', content: { [json]: shownKeySchema } } },
      handle: async ({ params, caller, request, reply }) => {
        const { id } = await findKey(operations, params.id, caller.tenant)
        const by = await audited(operations, { caller, request })
        const revoked = await revokeKey(operations.as(by), id)
        await access.keysChanged()
        sendJson(reply, shownKey(revoked, Date.now()))
      },
    }),
    route({
      method: 'GET',
      path: '/v1/ops/keys',
      tag: 'Keys',
      summary: 'List keys, revoked and expired ones too, the oldest first',
      needs: ['operate'],
      query: z.strictObject({}),
      answers: {
        200: {
          description: 'The keys, without what would open anything.',
          content: { [json]: z.strictObject({ keys: z.array(shownKeySchema) }) },
        },
      },
      handle: async ({ caller, reply }) => {
        const keys = await listKeys(operations, caller.tenant)
        sendJson(reply, { keys: keys.map((key) => shownKey(key, Date.now())) })
      },
    }),
    route({
      method: 'POST',
      path: '/v1/ops/keys',
      tag: 'Keys',
      summary: 'Create a key',
      description: 'The answer holds the key: it is told once, and the log keeps its hash alone.',
      needs: ['operate'],
      query: z.strictObject({}),
      body: { description: 'What the key is to be.', content: { [json]: NewKeyBody } },
      examples: [
        {
          summary: 'A key that reads a tenant for twelve hours',
          body: { type: json, text: '{"tenant":"acme","roles":["read"],"expires":"12h"}' },
        },
      ],
      answers: { 201: { description: 'The key, told once.', content: { [json]: createdKeySchema } } },
      handle: async ({ caller, request, reply }) => {
        const key = newKeyOf(await readJson(request, NewKeyBody), caller)
        const by = await audited(operations, { caller, request })
        const created = await createKey(operations.as(by), key)
        await access.keysChanged()
        sendJson(reply, created, 201)
      },
    }),
  ]
}
