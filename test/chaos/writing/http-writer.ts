import type { ChildProgram } from '../processes/child.ts'

/** How a client starts that writes the stream of a task over HTTP. */
export function httpWriter(
  task: string,
  url: string,
  key: string | null,
): Pick<ChildProgram, 'program' | 'environment'> {
  return {
    program: ['test/chaos/writing/http-writer-process.ts', task],
    environment: { EXPERIENCE_LOG_URL: url, ...(key === null ? {} : { EXPERIENCE_LOG_KEY: key }) },
  }
}
