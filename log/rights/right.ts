/** Leave to do something with what a log holds, as Kafka grants it. */
export interface Right {
  readonly resource: RightResource
  readonly name: string
  /** Whether it is about all names that start with `name`. */
  readonly isPrefix: boolean
  readonly operation: RightOperation
}

export type RightResource = 'topic' | 'group' | 'transactional id'

/** `Read`, `Write` and `Delete` include `Describe`; `Create` and `DescribeConfigs` do not. */
export type RightOperation = 'Read' | 'Write' | 'Create' | 'Delete' | 'Describe' | 'DescribeConfigs'

/** Whether whoever may do it may also look at the resource. */
export function includesDescribe(operation: RightOperation): boolean {
  return operation !== 'Create' && operation !== 'DescribeConfigs'
}

/** A right that is needed and was not granted. */
export interface MissingRight extends Right {
  /** Who lacks it; null where who asks is not known by a name. */
  readonly user: string | null
}
