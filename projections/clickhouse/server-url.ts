import { ExperienceError } from '../../base/experience-error.ts'

/** The URL of a ClickHouse server. Error: `InvalidSettings`. */
export function parseServerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ExperienceError('InvalidSettings', 'url: must begin with http:// or https://', { field: 'url' })
  }
  return url
}

/** The user that a URL names, or ClickHouse's `default`. Error: `InvalidSettings`. */
export function userIn(url: string): string {
  return decodeURIComponent(parseServerUrl(url).username) || 'default'
}

/** The database that a URL names, or null. Error: `InvalidSettings`. */
export function databaseIn(url: string): string | null {
  const path = decodeURIComponent(parseServerUrl(url).pathname.slice(1))
  return path === '' ? null : path
}
