import { openChdbReadModelStore } from '../../projections/clickhouse/chdb-read-model-store.ts'
import { openHttpReadModelStore } from '../../projections/clickhouse/http-read-model-store.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { startClickHouse } from './clickhouse-server/clickhouse-server-fixture.ts'
import { describeReadModelStore, type ReadModelStoreFixture } from './read-model-store.contract.ts'

describeReadModelStore('chDB', async (database) => {
  const directory = await temporaryDirectory()
  const store = await openChdbReadModelStore({ directory: directory.path, database })
  return {
    store,
    dispose: async () => {
      await store.close()
      await directory.remove()
    },
  }
})

async function overHttp(database: string, compression: boolean): Promise<ReadModelStoreFixture> {
  const server = await startClickHouse({ user: 'writer', password: 'p@ss/word' })
  const store = openHttpReadModelStore({ url: `${server.urlOfUser}/${database}`, compression })
  return {
    store,
    dispose: async () => {
      await store.close()
      await server.stop()
    },
  }
}

describeReadModelStore('HTTP', (database) => overHttp(database, false))
describeReadModelStore('HTTP, compressed', (database) => overHttp(database, true))
