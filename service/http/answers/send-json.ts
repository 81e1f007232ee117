import type { FastifyReply } from 'fastify'
import { jsonLine } from '../../../schemas/json/json-line.ts'

/** Sends a plain value as JSON: bigints as bare integers, never rounded. */
export function sendJson(reply: FastifyReply, value: object, status = 200): void {
  sendJsonText(reply, jsonLine(value), status)
}

/** Sends JSON text. */
export function sendJsonText(reply: FastifyReply, text: string, status = 200): void {
  void reply.code(status).type('application/json; charset=utf-8').send(`${text}\n`)
}
