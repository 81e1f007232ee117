import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ParameterValue } from '../../../queries/sql/parameter-values.ts'
import { parseInput } from '../../../schemas/contract/parse-input.ts'
import { readBody } from '../body/read-body.ts'
import { HttpError } from '../http-error.ts'
import { contentTypeOf, unsupported } from '../register-route.ts'

/** What parameters may take beside a statement, bytes. */
const PARAMETER_BYTES = 256 << 10
const PARAMETER = /^param_(\w{1,100})$/

/** A statement with the values of its parameters. */
export interface AskedStatement {
  readonly text: string
  readonly parameters: ReadonlyMap<string, ParameterValue>
}

/** A value, a list, or a list of lists: no deeper, so that none is too deep to go through. */
const Plain = z.union([z.string(), z.number(), z.boolean(), z.null()])
const PlainList = z.array(Plain)
const Value = z.union([Plain, PlainList, z.array(z.union([Plain, PlainList]))])

export const StatementBody = z
  .strictObject({
    sql: z.string().describe('The statement: one SELECT'),
    parameters: z
      .record(z.string().regex(/^\w{1,100}$/, { error: 'must be letters, digits and _' }), Value)
      .optional()
      .describe('Values of `{name:Type}` in the statement, by name; whole numbers beyond 2^53 as texts'),
  })
  .meta({ id: 'SqlQuestion', description: 'A statement, and the values of its parameters' })

/** Values of the parameters of a statement that is known already. */
export const ParametersBody = StatementBody.pick({ parameters: true }).meta({ id: 'SqlParameters' })

const JSON_TYPE = 'application/json'
/** Also what curl says of a body by itself. */
const TEXT_TYPES: ReadonlySet<string> = new Set([
  '',
  'text/plain',
  'application/sql',
  'application/x-www-form-urlencoded',
])

/** What a body asks: JSON, or the statement itself with its parameters in the query. Errors: 400, 413, 415. */
export async function statementInBody(
  request: FastifyRequest,
  others: Readonly<Record<string, unknown>>,
  maxBytes: number,
): Promise<AskedStatement> {
  const type = contentTypeOf(request) ?? ''
  if (TEXT_TYPES.has(type)) {
    return statementInQuery(utf8(await readBody(request, maxBytes)), others, maxBytes)
  }
  if (type !== JSON_TYPE) throw unsupported('content-type', [JSON_TYPE, 'text/plain', 'application/sql'])
  const body = utf8(await readBody(request, 2 * maxBytes + PARAMETER_BYTES))
  const { sql, parameters = {} } = parseInput(StatementBody, parsed(body))
  const asked = statementInQuery(sql, others, maxBytes)
  return { text: asked.text, parameters: new Map([...asked.parameters, ...Object.entries(parameters)]) }
}

/** A statement whose parameters are those of the query that are called `param_…`. Errors: 400, 413. */
export function statementInQuery(
  text: string,
  others: Readonly<Record<string, unknown>>,
  maxBytes: number,
): AskedStatement {
  if (Buffer.byteLength(text) > maxBytes)
    throw new HttpError(413, 'InvalidQuery', `sql: may take ${maxBytes} bytes at most`, { field: 'sql' })
  const parameters = Object.entries(others).map(([key, value]): [string, string] => {
    const name = PARAMETER.exec(key)?.[1]
    if (name === undefined)
      throw atFault(key, 'is no parameter of this question: those of the statement are called param_name')
    if (typeof value !== 'string') throw atFault(key, 'is given more than once')
    return [name, value]
  })
  return { text, parameters: new Map(parameters) }
}

function atFault(key: string, what: string): HttpError {
  return new HttpError(400, 'InvalidQuery', `${key}: ${what}`, { field: key })
}

function utf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new HttpError(400, 'InvalidQuery', 'body: is not UTF-8', { field: 'body' })
  }
}

/** The parser's own words would repeat a part of the body. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new HttpError(400, 'InvalidQuery', 'body: is not JSON', { field: 'body' })
  }
}
