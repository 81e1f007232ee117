import { openChdbReadModelStore } from '../../../projections/clickhouse/chdb-read-model-store.ts'

/** Ends in the way that its second argument names, with the read model in the directory of its first argument open. */
const [directory = '', way = ''] = process.argv.slice(2)
const store = await openChdbReadModelStore({ directory })
const table = store.table('t')
await store.command({ sql: 'CREATE DATABASE IF NOT EXISTS experience_log' })
await store.command({ sql: `CREATE TABLE IF NOT EXISTS ${table} (a UInt64) ENGINE = MergeTree ORDER BY a` })
await store.command({ sql: `INSERT INTO ${table} SELECT number FROM numbers(1000)` })

/** Statements that would never end; one waits for a session. */
function keepBusy(): void {
  const sql = `SELECT sum(sipHash64(n.number, t.a)) FROM numbers(1000000000000000) AS n, ${table} AS t`
  for (let n = 0; n < 3; n++) store.query({ sql }).catch(console.error)
  for (let n = 0; n < 2; n++) store.command({ sql: `INSERT INTO ${table} ${sql}` }).catch(console.error)
}

const ways: Readonly<Record<string, () => void>> = {
  idle: () => process.exit(7),
  'just begun': () => {
    keepBusy()
    process.exit(7)
  },
  busy: () => {
    keepBusy()
    setTimeout(() => process.exit(7), 200)
  },
  closing: () => {
    keepBusy()
    void store.close()
    setTimeout(() => process.exit(7), 200)
  },
  'left by an error': () => {
    keepBusy()
    setTimeout(() => {
      throw new Error('nobody catches this')
    }, 200)
  },
  'left by a rejection': () => {
    keepBusy()
    setTimeout(() => void Promise.reject(new Error('nobody catches this')), 200)
  },
}
ways[way]!()
