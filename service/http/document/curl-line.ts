import type { AnyRoute, RequestExample } from '../route.ts'

/** Stands for the address of the process. */
export const URL_PLACE = '{{url}}'
/** Stands for the header with the key, where one is needed. */
export const KEY_PLACE = '{{key}}'

/** A request as a line of curl that works in a shell, with places for what the process alone knows. */
export function curlLine({ method, path, needs }: AnyRoute, example: RequestExample): string {
  const { headers = {}, body } = example
  const sent = body === undefined ? headers : { ...headers, 'Content-Type': body.type }
  const implied = body === undefined ? 'GET' : 'POST'
  const words = [
    `curl -s${example.isEndless === true ? 'N' : ''}${method === implied ? '' : ` -X ${method}`}`,
    ` ${quoted(`${URL_PLACE}${example.path ?? path}`)}`,
    needs === 'anyone' ? '' : KEY_PLACE,
    ...Object.entries(sent).map(([name, value]) => ` \\\n  -H ${quoted(`${name}: ${value}`)}`),
    body === undefined ? '' : ` \\\n  --data-binary ${quoted(body.text)}`,
  ]
  return words.join('')
}

/** The header that a key is sent in, for `KEY_PLACE`. */
export const KEY_HEADER = ` \\\n  -H "Authorization: Bearer $KEY"`

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
