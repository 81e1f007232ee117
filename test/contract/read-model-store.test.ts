import { openChdbReadModelStore } from '../../projections/clickhouse/chdb-read-model-store.ts'
import { openHttpReadModelStore } from '../../projections/clickhouse/http-read-model-store.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { FRONT_USER, startClickHouseHttpFront } from './clickhouse-http-front.ts'
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
  const directory = await temporaryDirectory()
  const front = await startClickHouseHttpFront(directory.path)
  const user = `${FRONT_USER.username}:${encodeURIComponent(FRONT_USER.password)}`
  const store = openHttpReadModelStore({ url: `http://${user}@127.0.0.1:${front.port}/${database}`, compression })
  return {
    store,
    dispose: async () => {
      await store.close()
      await front.close()
      await directory.remove()
    },
  }
}

describeReadModelStore('HTTP', (database) => overHttp(database, false))
describeReadModelStore('HTTP, compressed', (database) => overHttp(database, true))
