import type { ForeignQuestion, ReadModelStore, Statement } from '../read-model-store.ts'
import { lookAtWall } from '../sql-door/look-at-wall.ts'
import { ServerWall } from '../sql-door/server-wall.ts'
import type { SqlDoor } from '../sql-door/sql-door.ts'
import { sealedTenant, sealKey, TENANT_SETTING } from '../sql-door/tenant-seal.ts'
import { judgeWall } from '../sql-door/wall-faults.ts'
import { foreignStatement } from './foreign-statement.ts'
import { openHttpClient, type HttpAddress, type HttpClient } from './http-client.ts'
import { httpFault } from './http-fault.ts'
import { askForeign } from './http-foreign.ts'
import { serverFault, storageError } from './server-fault.ts'
import { parseJsonRows } from './statement-text.ts'

/** The same store, whose foreign questions go out as a user of their own, behind the server's wall. Error: `InvalidSettings`. */
export function walledStore(own: ReadModelStore, address: HttpAddress, door: SqlDoor): ReadModelStore {
  const questions = new WalledQuestions(own, address, door)
  return {
    database: own.database,
    wall: questions.wall,
    table: (name) => own.table(name),
    command: (statement) => own.command(statement),
    query: (statement, left) => own.query(statement, left),
    answerForeign: (question, left) => questions.answer(question, left),
    insert: (block) => own.insert(block),
    close: async () => void (await Promise.all([own.close(), questions.close()])),
  }
}

/** Foreign questions as a user of their own. */
class WalledQuestions {
  readonly wall: ServerWall
  readonly #http: HttpClient
  readonly #key: string

  constructor(own: ReadModelStore, address: HttpAddress, door: SqlDoor) {
    const { username, password, limits } = door
    // The user has its settings from the server: it may send none of ours.
    this.#http = openHttpClient({ ...address, username, password }, {})
    this.#key = sealKey(password)
    const nothing: ForeignQuestion = {
      sql: 'SELECT 1 AS one',
      tenant: { kind: 'none' },
      format: 'JSONEachRow',
      limits: { ...limits, more: 'error' },
    }
    const askers = {
      own,
      asDoor: <Row>(statement: Statement) => this.#rows<Row>(statement),
      question: () => this.#ask(nothing),
    }
    this.wall = new ServerWall(async () => judgeWall(own.database, door, await lookAtWall(askers, door)))
  }

  /** As `answerForeign` of a store. */
  async answer(question: ForeignQuestion, left?: AbortSignal): Promise<Buffer> {
    await this.wall.check()
    return this.#ask(question, left)
  }

  close(): Promise<void> {
    return this.#http.client.close()
  }

  async #ask(question: ForeignQuestion, left?: AbortSignal): Promise<Buffer> {
    const tenant = { [TENANT_SETTING]: sealedTenant(this.#key, question.tenant) }
    return this.#told(askForeign(this.#http.client, foreignStatement(question, 'server', tenant), question, {}, left))
  }

  async #rows<Row>({ sql, params = {} }: Statement): Promise<Row[]> {
    const answered = this.#http.client.query({ query: sql, query_params: params, format: 'JSONEachRow' })
    return parseJsonRows<Row>(await this.#told(answered.then((result) => result.text())))
  }

  async #told<Answer>(asked: Promise<Answer>): Promise<Answer> {
    try {
      return await asked
    } catch (error) {
      // Settings that are refused are the wall's matter, not of who may send the store's own.
      const fault = serverFault(error)
      throw fault === null ? httpFault(error, this.#http) : storageError(fault)
    }
  }
}
