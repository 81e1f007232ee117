import { expect, test } from 'vitest'
import { sharingTenants } from '../../chaos/audit/sharing-tenants.ts'

function stream(seed: number, ...tenants: (string | null)[]) {
  return { spec: { seed, events: 1, tenants }, journal: `journal-${seed}` }
}

test('an audit knows all streams that wrote to its tenants, and those that share others with them', () => {
  const streams = [stream(1, 'a', 'b'), stream(2, 'b', 'c'), stream(3, 'c'), stream(4, 'd', null)]
  expect(sharingTenants([streams[0]!], streams)).toEqual(streams.slice(0, 3))
  expect(sharingTenants([streams[3]!], streams)).toEqual([streams[3]])
})
