import type { JsonSchema } from '../../route.ts'
import type { OpenApiDocument } from '../open-api-document.ts'
import type { Answer, Content, Operation } from '../operation-of.ts'
import type { Parameter } from '../parameters.ts'
import { codeBlock, escaped, inline, prose } from './html.ts'
import { memberRows, row, typeText } from './schema-parts.ts'

/** A route, as the page shows it: what it does beside what to type. */
export interface PlacedOperation extends Operation {
  readonly path: string
  readonly method: string
}

const PLACES = [
  ['path', 'In the path'],
  ['query', 'Query'],
  ['header', 'Headers'],
] as const

export function operationArticle(operation: PlacedOperation, document: OpenApiDocument): string {
  const { operationId, method, path, summary, description, parameters = [], requestBody, responses } = operation
  const samples = operation['x-codeSamples'] ?? []
  return `<article id="${escaped(operationId)}">
<div class="what">
<h3><a href="#${escaped(operationId)}">${inline(summary)}</a></h3>
<p class="route"><span class="method ${escaped(method)}">${escaped(method.toUpperCase())}</span> <code>${pathText(path)}</code></p>
${prose(description)}
${PLACES.map(([place, title]) => parameterRows(title, parameters, place)).join('')}
${requestBody === undefined ? '' : `<h4>Body</h4>\n${prose(requestBody.description)}${contentRows(requestBody)}`}
<h4>Answers</h4>
${answerRows(responses, document)}
</div>
<div class="try">${samples.map(({ label, source }) => codeBlock(label, source)).join('\n')}</div>
</article>`
}

/** A path that may break behind each slash. */
function pathText(path: string): string {
  return escaped(path)
    .replaceAll('/', '/<wbr>')
    .replaceAll(/\{\w+\}/g, '<i>$&</i>')
}

function parameterRows(title: string, parameters: readonly Parameter[], place: Parameter['in']): string {
  const rows = parameters
    .filter((parameter) => parameter.in === place)
    .map(({ name, required, schema, description }) => row({ name, isRequired: required, schema, description }))
  return rows.length === 0 ? '' : `<h4>${title}</h4>\n<dl class="rows">${rows.join('\n')}</dl>\n`
}

/** One block a content type; types that hold the same share one. */
function contentRows({ content = {} }: Content): string {
  const bySchema = new Map<string, { readonly types: string[]; readonly schema: JsonSchema }>()
  for (const [type, { schema }] of Object.entries(content)) {
    const shown = `${typeText(schema)}${memberRows(schema)}`
    const known = bySchema.get(shown)
    if (known === undefined) bySchema.set(shown, { types: [type], schema })
    else known.types.push(type)
  }
  return Array.from(bySchema.values(), ({ types, schema }) => {
    const names = types.map((type) => `<code>${escaped(type)}</code>`).join(' ')
    const said = typeof schema['description'] === 'string' ? `<p>${inline(schema['description'])}</p>` : ''
    return `<div class="content"><p class="media">${names}<span class="type">${typeText(schema)}</span></p>${said}${memberRows(schema)}</div>`
  }).join('\n')
}

function answerRows(responses: Operation['responses'], { components }: OpenApiDocument): string {
  const answers = Object.entries(responses).map(([status, answer]) => ({ status, answer }))
  const own = answers.filter(({ answer }) => !('$ref' in answer))
  const errors = answers.flatMap(({ status, answer }) => ('$ref' in answer ? [{ status, name: answer.$ref }] : []))
  const shown = new Map<string, string>()
  const rows = own.map(({ status, answer }) => answerRow(status, answer as Answer, shown))
  const links = errors.map(({ status, name }) => {
    const { description } = components.responses[name.slice(name.lastIndexOf('/') + 1)] as { description: string }
    return `<a class="status" href="#errors" title="${escaped(description)}">${escaped(status)}</a>`
  })
  return `<dl class="rows">${rows.join('\n')}<div><dt>${links.join(' ')}</dt><dd>An <a href="#errors">error</a>.</dd></div></dl>`
}

/** `shown`: what earlier answers hold, with their statuses. */
function answerRow(status: string, answer: Answer, shown: Map<string, string>): string {
  const headers = Object.entries(answer.headers ?? {}).map(([name, { description, schema }]) =>
    row({ name, isRequired: false, schema, description }, 1),
  )
  const content = contentRows(answer)
  const earlier = content === '' ? undefined : shown.get(content)
  if (earlier === undefined) shown.set(content, status)
  const told = headers.length === 0 ? '' : `<dl class="rows">${headers.join('\n')}</dl>`
  const inside = earlier === undefined ? `${told}${content}` : `<p>It holds what ${escaped(earlier)} does.</p>`
  return `<div><dt><span class="status">${escaped(status)}</span></dt><dd>${inline(answer.description)}${inside}</dd></div>`
}
