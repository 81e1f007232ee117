import type { FastifyRequest } from 'fastify'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { sendJsonText } from '../answers/send-json.ts'
import type { Access } from '../access/access.ts'
import { route, type AnyRoute } from '../route.ts'
import { KEY_HEADER, KEY_PLACE, URL_PLACE } from './curl-line.ts'
import { openApiDocument } from './open-api-document.ts'
import { docsPage } from './page/docs-page.ts'
import { escaped } from './page/html.ts'
import { STYLE_SHEET } from './page/style-sheet.ts'

/** What a host may be spelt with: it stands in what is answered. */
const HOST = /^(?:[\w.-]{1,253}|\[[\da-fA-F:.]{2,45}\])(?::\d{1,5})?$/
const NO_HOST = 'localhost'

/** Describes routes, and itself, for programs and for people. The texts are made once. */
export function documentRoutes(access: Pick<Access, 'isOpen'>, described: readonly AnyRoute[]): AnyRoute[] {
  const own = [
    route({
      method: 'GET',
      path: '/',
      tag: 'Service',
      summary: 'Leads to this document',
      needs: 'anyone',
      answers: {
        302: { description: 'It is at `/docs`.', content: {}, headers: { Location: { description: 'Where it is' } } },
      },
      // Relative: a proxy may put a path before ours.
      handle: async ({ reply }) => void reply.redirect('docs'),
    }),
    route({
      method: 'GET',
      path: '/openapi.json',
      tag: 'Service',
      summary: 'This document, for programs',
      description: 'OpenAPI 3.1.',
      needs: 'anyone',
      examples: [{ summary: 'Fetch it' }],
      answers: {
        200: {
          description: 'The document.',
          content: { 'application/json': { type: 'object', required: ['openapi'] } },
        },
      },
      handle: async ({ request, reply }) => sendJsonText(reply, filled(texts().json, request, jsonEscaped)),
    }),
    route({
      method: 'GET',
      path: '/docs',
      tag: 'Service',
      summary: 'This document, for people',
      needs: 'anyone',
      answers: { 200: { description: 'The page.', content: { 'text/html': { type: 'string' } } } },
      handle: async ({ request, reply }) => {
        void reply.type('text/html; charset=utf-8').send(filled(texts().html, request, escaped))
      },
    }),
    route({
      method: 'GET',
      path: '/docs/style.css',
      tag: 'Service',
      summary: 'How the page looks',
      needs: 'anyone',
      answers: { 200: { description: 'The style sheet.', content: { 'text/css': { type: 'string' } } } },
      handle: async ({ reply }) => {
        void reply.type('text/css; charset=utf-8').header('cache-control', 'no-cache').send(STYLE_SHEET)
      },
    }),
  ]

  let made: { readonly json: string; readonly html: string } | null = null

  function texts(): { readonly json: string; readonly html: string } {
    if (made === null) {
      const document = openApiDocument([...described, ...own])
      made = { json: jsonLine(document), html: docsPage(document) }
    }
    return made
  }

  /** With the address by which the client knows this process, and the key's header where it is needed. */
  function filled(text: string, request: FastifyRequest, inText: (value: string) => string): string {
    const host = HOST.test(request.host) ? request.host : NO_HOST
    return text
      .replaceAll(URL_PLACE, () => inText(`${request.protocol}://${host}`))
      .replaceAll(KEY_PLACE, () => inText(access.isOpen ? '' : KEY_HEADER))
  }

  return own
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
