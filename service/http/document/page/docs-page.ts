import type { JsonSchema } from '../../route.ts'
import type { OpenApiDocument } from '../open-api-document.ts'
import { firstSteps, KEYS } from './first-steps.ts'
import { escaped, inline, prose } from './html.ts'
import { operationArticle, type PlacedOperation } from './operation-article.ts'
import { memberRows, typeText } from './schema-parts.ts'

/** The document as a page: rendered here, without scripts or anything of others, so that it works behind the strictest policy. */
export function docsPage(document: OpenApiDocument): string {
  const { info, tags, paths, components } = document
  const [lead, ...rest] = info.description.split('\n\n')
  const operations = Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]): PlacedOperation => ({ ...operation, path, method })),
  )
  const groups = tags.map((tag) => ({ ...tag, operations: operations.filter((each) => each.tags.includes(tag.name)) }))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(info.title)} API</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<a class="skip" href="#content">To the content</a>
<nav aria-label="Contents">
<a class="brand" href="#content">${escaped(info.title)}<span>${escaped(info.version)}</span></a>
<div class="links">
<section><h2><a href="#start">Start</a></h2><ul>
<li><a href="#start">First lines</a></li><li><a href="#answers">Answers</a></li><li><a href="#keys">Keys</a></li><li><a href="#errors">Errors</a></li>
</ul></section>
${groups.map(({ name, operations: own }) => contents(name, own)).join('\n')}
<section><h2><a href="#types">Types</a></h2></section>
</div>
</nav>
<main id="content">
<header><h1>${escaped(info.title)}</h1>${prose(lead!)}
<p class="also">The same for programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p></header>
${firstSteps(operations)}
<section id="answers" class="plain"><h2>Answers</h2>${prose(rest.join('\n\n'))}</section>
<section id="keys" class="plain"><h2>Keys</h2>${KEYS}</section>
<section id="errors" class="plain"><h2>Errors</h2>${errorRows(document)}</section>
${groups.map(({ name, description, operations: own }) => group(name, description, own, document)).join('\n')}
<section id="types" class="plain"><h2>Types</h2>
<p>What bodies and answers hold. Fields that are not required may be left out or <code>null</code>, unless their type says otherwise.</p>
${Object.entries(components.schemas).map(typeDetails).join('\n')}
</section>
</main>
</body>
</html>
`
}

function idOf(tag: string): string {
  return tag.toLowerCase()
}

function contents(name: string, operations: readonly PlacedOperation[]): string {
  const links = operations.map(
    ({ operationId, summary }) => `<li><a href="#${escaped(operationId)}">${inline(summary)}</a></li>`,
  )
  return `<section><h2><a href="#${idOf(name)}">${escaped(name)}</a></h2><ul>${links.join('')}</ul></section>`
}

function group(
  name: string,
  description: string,
  operations: readonly PlacedOperation[],
  document: OpenApiDocument,
): string {
  const articles = operations.map((operation) => operationArticle(operation, document))
  return `<section id="${idOf(name)}" class="group"><h2>${escaped(name)}</h2>${prose(description)}\n${articles.join('\n')}</section>`
}

/** The errors that any route may answer with. */
function errorRows({ components, paths }: OpenApiDocument): string {
  const operations = Object.values(paths).flatMap((byMethod) => Object.values(byMethod))
  const statuses = new Map<string, string>()
  for (const { responses } of operations) {
    for (const [status, answer] of Object.entries(responses)) if ('$ref' in answer) statuses.set(status, answer.$ref)
  }
  const rows = [...statuses]
    .toSorted(([one], [other]) => Number(one) - Number(other))
    .map(([status, ref]) => {
      const { description } = components.responses[ref.slice(ref.lastIndexOf('/') + 1)] as { description: string }
      return `<div><dt><span class="status">${escaped(status)}</span></dt><dd>${inline(description)}</dd></div>`
    })
  return `<p>Each has the body <a href="#type-Error">Error</a>, and the header <code>X-Request-Id</code>.</p><dl class="rows">${rows.join('\n')}</dl>`
}

/** Folded; a link to what is inside opens it. */
function typeDetails([name, schema]: [string, JsonSchema]): string {
  const said = typeof schema['description'] === 'string' ? schema['description'] : ''
  const rows = memberRows(schema)
  const shown = rows === '' ? `<p class="type">${typeText(schema)}</p>` : rows
  return `<details><summary><code>${escaped(name)}</code><span>${inline(said)}</span></summary><div id="type-${escaped(name)}">${shown}</div></details>`
}
