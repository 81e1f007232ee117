// The least that a process can do to answer from the embedded engine: open a directory, ask, print. Arguments: directory, SQL.
import { Session } from 'chdb'

const [directory, sql] = process.argv.slice(2)
const session = new Session(directory)
process.stdout.write((await session.queryAsync(sql, { format: 'TSV' })).text())
session.close()
