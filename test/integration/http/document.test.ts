import { Validator } from '@seriousme/openapi-schema-validator'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { OpenApiDocument } from '../../../service/http/document/open-api-document.ts'
import { eventKinds } from '../../../schemas/contract/event-kind.ts'
import { runCommand } from '../../../stack/run-command.ts'
import { lmdb } from '../service-place.ts'
import { AnswerCheck } from './answer-check.ts'
import { HttpBench, withKey } from './http-bench.ts'

const bench = new HttpBench()
const CURL_LIMIT_MS = 60_000
const HTTP_FOLDER = fileURLToPath(new URL('../../../service/http/', import.meta.url))

/** Paths that the routes' files name. */
function writtenPaths(): string[] {
  const files = readdirSync(HTTP_FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const texts = files.map((file) => readFileSync(`${HTTP_FOLDER}${file}`, 'utf8'))
  return [
    ...new Set(texts.flatMap((text) => Array.from(text.matchAll(/^ {6}path: '(\/[^']*)'/gm), ([, path]) => path!))),
  ]
}

async function documentOf(url: string): Promise<OpenApiDocument> {
  return (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument
}

describe('the document of the API', () => {
  test('is an OpenAPI 3.1 document', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const result = await new Validator().validate((await documentOf(url)) as never)
    expect(result).toEqual({ valid: true })
  })

  test('has every route, with an answer, and every kind of event, once', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const text = await (await fetch(`${url}/openapi.json`)).text()
    const { paths, components, servers } = JSON.parse(text) as OpenApiDocument
    expect(Object.keys(paths).toSorted()).toEqual(writtenPaths().toSorted())
    expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(['ExperienceEventEnvelope', ...eventKinds]))
    for (const kind of eventKinds) expect(text.split(`"${kind}":{"type":"object"`)).toHaveLength(2)
    // Bounds are exact, beyond what JavaScript's numbers hold.
    expect(text).toContain('"maximum":18446744073709551615')
    expect(servers).toEqual([{ url }])
  })

  test('describes only what a process does', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb), { roles: ['ingest'] })
    const { paths } = await documentOf(url)
    expect(Object.keys(paths['/v1/events']!)).toEqual(['post'])
  })

  test('names no host that a client made up', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const evil = await runCommand('curl', ['-s', '-H', 'Host: a"><script>', `${url}/docs`], CURL_LIMIT_MS)
    expect(evil.output).not.toContain('<script')
  })

  test('gives lines of curl that work, and tells what they answer', async () => {
    const environment = bench.newEnvironment(lmdb)
    const key = await bench.createKey(environment, null, ['produce', 'read', 'operate'])
    const { url } = await bench.serve(environment)
    const check = await AnswerCheck.of(url)
    const { paths } = await documentOf(url)
    const faults: string[] = []
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, { 'x-codeSamples': samples = [] }] of Object.entries(operations)) {
        if (samples.length === 0) faults.push(`${method} ${path}: has no line of curl`)
        for (const { source } of samples) {
          // What never ends is cut.
          const line = source.replace(/^curl -sN/, 'curl -s --max-time 3 -N').replace(/^curl -s/, 'curl -si --http1.1')
          const answered = parseAnswer(
            (await runCommand('env', [`KEY=${key}`, 'sh', '-c', line], CURL_LIMIT_MS)).output,
          )
          const fault = check.faultOf(method, path, answered)
          if (fault !== null) faults.push(fault)
          // An operator's act may find nothing to do.
          if (answered.status >= 400 && answered.status !== 404 && !path.startsWith('/v1/ops/'))
            faults.push(`${source}: ${answered.body}`)
        }
      }
    }
    expect(faults).toEqual([])
  })

  test('tells the errors that every route answers with', async () => {
    const environment = bench.newEnvironment(lmdb)
    const produce = await bench.createKey(environment, 'acme', ['produce'])
    const operate = await bench.createKey(environment, 'acme', ['operate'])
    const { url } = await bench.serve(environment)
    const check = await AnswerCheck.of(url)
    for (const [path, operations] of Object.entries((await documentOf(url)).paths)) {
      for (const [method, { security }] of Object.entries(operations)) {
        if (security.length === 0) continue
        const address = `${url}${path.replaceAll(/\{\w+\}/g, 'some-id')}`
        const needsProduce = security.some(({ key }) => (key as string[]).includes('produce'))
        const asked = [
          [401, {}],
          [403, withKey(needsProduce ? operate : produce)],
        ] as const
        for (const [status, init] of asked) {
          const response = await fetch(address, { ...init, method: method.toUpperCase() })
          expect(`${method} ${path} ${response.status}`).toBe(`${method} ${path} ${status}`)
          const answered = { status, type: response.headers.get('content-type'), body: await response.text() }
          expect(check.faultOf(method, path, answered)).toBeNull()
        }
      }
    }
  })

  test('refuses what a path has no method for, and says what it has', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const refused = await fetch(`${url}/v1/events`, { method: 'PUT' })
    expect(refused.status).toBe(405)
    expect(refused.headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'POST'])
    expect(await refused.json()).toMatchObject({ error: { code: 'InvalidQuery' } })
  })
})

describe('the page', () => {
  test('is where who knows the address alone is led', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const led = await fetch(url, { redirect: 'manual' })
    expect([led.status, led.headers.get('location')]).toEqual([302, 'docs'])
    expect((await fetch(url)).url).toBe(`${url}/docs`)
  })

  test('shows every route, and takes nothing from elsewhere', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const page = await fetch(`${url}/docs`)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const html = await page.text()
    for (const operations of Object.values((await documentOf(url)).paths)) {
      for (const { operationId } of Object.values(operations)) expect(html).toContain(`id="${operationId}"`)
    }
    expect(html).not.toMatch(/<script|style=|<img|src=|\{\{/)
    expect(html).toContain(url)
    const linked = Array.from(html.matchAll(/href="#([^"]+)"/g), ([, id]) => id!)
    for (const id of new Set(linked)) expect(html).toContain(`id="${id}"`)
    expect((await fetch(`${url}/docs/style.css`)).headers.get('content-type')).toBe('text/css; charset=utf-8')
  })

  test('shows lines with a key as soon as there is one', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    expect(await (await fetch(`${url}/docs`)).text()).not.toContain('Bearer $KEY')
    await bench.createKey(environment, null, ['read'])
    await expect.poll(async () => (await fetch(`${url}/docs`)).text(), { timeout: 10_000 }).toContain('Bearer $KEY')
  })
})

function parseAnswer(text: string): { readonly status: number; readonly type: string | null; readonly body: string } {
  const end = /\r?\n\r?\n/.exec(text)
  const head = text.slice(0, end?.index)
  const body = end === null ? '' : text.slice(end.index + end[0].length)
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    type: /^content-type: (.*)$/im.exec(head)?.[1]?.trim() ?? null,
    body,
  }
}
