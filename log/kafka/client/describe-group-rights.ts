import { CompactReader, compactLength } from '../format/compact-reader.ts'
import type { KafkaBroker } from './kafka-broker.ts'
import { errorOfCode } from './lenient-broker.ts'

const DESCRIBE_GROUPS = 15
/** The first version of this form (KIP-482). Rights are told from version 3 on (KIP-430). */
const VERSION = 5
/** What a broker says that does not tell. */
const NOT_TOLD = -(2 ** 31)

/*
 * DescribeGroups, version 5 (https://kafka.apache.org/protocol#The_Messages_DescribeGroups), written as in look-at-topics.ts:
 *
 *     request  = tags array(group:string) withOperations:i8 tags
 *     response = tags throttle:i32 array(found) tags
 *     found    = error:i16 group:string state:string protocolType:string protocol:string array(member) operations:i32 tags
 *     member   = id:string instance:string client:string host:string metadata:bytes assignment:bytes tags
 */

/**
 * What this client may do with a group, whether or not it exists, as a bit for each operation's number; null where the broker does
 * not tell. Rejects as Kafka refuses to describe it.
 */
export async function allowedOnGroup(coordinator: KafkaBroker, group: string): Promise<number | null> {
  if ((coordinator.versions?.[DESCRIBE_GROUPS]?.maxVersion ?? 0) < VERSION) return null
  const name = Buffer.from(group)
  const tags = Buffer.from([0])
  const bytes = Buffer.concat([tags, compactLength(1), compactLength(name.length), name, Buffer.from([1]), tags])
  const allowed = await coordinator.connectionPool.send({
    request: {
      apiKey: DESCRIBE_GROUPS,
      apiVersion: VERSION,
      apiName: 'DescribeGroups',
      encode: async () => ({ buf: bytes, buffer: bytes }),
    },
    response: { decode: async (payload) => decodeOperations(payload), parse: async (data) => data },
  })
  return allowed as number | null
}

const MEMBER_FIELDS = 6

function decodeOperations(payload: Buffer): number | null {
  const reader = new CompactReader(payload)
  reader.tags()
  reader.int32()
  const [operations] = reader.array(() => {
    const error = errorOfCode(reader.int16())
    if (error !== undefined) throw error
    for (const _ of ['group', 'state', 'protocolType', 'protocol']) reader.string()
    reader.array(() => {
      for (let field = 0; field < MEMBER_FIELDS; field++) reader.string()
      reader.tags()
    })
    const allowed = reader.int32()
    reader.tags()
    return allowed
  })
  return operations === undefined || operations === NOT_TOLD ? null : operations
}
