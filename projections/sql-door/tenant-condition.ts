import { quoteText } from '../../base/quote-sql.ts'
import { ALL_CLAIM, ONE_MARK, SEAL_LENGTH, TENANT_SETTING } from './tenant-seal.ts'

/**
 * The condition of the row policy: which rows a statement sees. All but the comparison with `tenant_id` is computed once a statement, and that
 * comparison is served by the primary key. Without the setting, or with a value that was not sealed with the key, it is false for every row.
 */
export function tenantCondition(key: string, setting = TENANT_SETTING): string {
  const value = `getSetting(${quoteText(setting)})`
  const claim = `substring(${value}, ${SEAL_LENGTH + 1})`
  const isSealed = `${sealed(key, sealed(key, claim))} = substring(${value}, 1, ${SEAL_LENGTH})`
  const isAll = `${claim} = ${quoteText(ALL_CLAIM)}`
  const isOfTenant = `startsWith(${claim}, ${quoteText(ONE_MARK)}) AND tenant_id = substring(${claim}, ${ONE_MARK.length + 1})`
  return `${isSealed} AND (${isAll} OR (${isOfTenant}))`
}

function sealed(key: string, sql: string): string {
  return `lower(hex(SHA256(concat(${quoteText(key)}, ${sql}))))`
}
