import type { ExperienceError } from '../base/experience-error.ts'
import { offset, type Position } from '../base/position.ts'
import { errorOfTold } from './answer-error.ts'
import { readJsonObject, unexpectedAnswer, type JsonObject } from './read-json.ts'

/** What became of the events of a request. */
export interface AppendAnswer {
  /** The last position in each partition. */
  readonly positions: readonly Position[]
  /** By the event's place in the request. */
  readonly refused: ReadonlyMap<number, ExperienceError>
}

/** Reads the answer to so many events. Errors: what the server answers of the request as a whole. */
export async function readAppendAnswer(answer: Response, events: number): Promise<AppendAnswer> {
  const body = readJsonObject(await answer.text())
  const refused = new Map(listIn(body, 'errors').map((each) => [Number(each['index']), errorOfTold(each)]))
  const answered = Number(body['accepted'] ?? 0) + Number(body['rejected'] ?? 0)
  if (answered !== events) throw errorOfTold((body['error'] ?? {}) as JsonObject)
  return { positions: listIn(body, 'positions').map(lastOf), refused }
}

function lastOf({ topic, partition, last }: JsonObject): Position {
  if (typeof topic !== 'string' || typeof partition !== 'bigint' || typeof last !== 'bigint')
    throw unexpectedAnswer('holds a position that is none')
  return { topic, partition: Number(partition), offset: offset(last) }
}

function listIn(body: JsonObject, name: string): readonly JsonObject[] {
  const list = body[name] ?? []
  if (!Array.isArray(list)) throw unexpectedAnswer(`holds no list of ${name}`)
  return list as JsonObject[]
}
