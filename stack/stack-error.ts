/**
 * - `UnsupportedPlatform`: no POSIX shell and signals here
 * - `JavaMissing`: no `java`, or one older than 17
 * - `MavenMissing`: the servers are not cached and there is no `mvn`
 * - `ResolveFailed`: Maven, or Kafka's storage tool, ended with an error
 * - `NoFreePort`: no free loopback port was found
 * - `ServerExited`: a server ended while it was starting
 * - `ServerNotReady`: a server did not answer in time
 * - `ServerNotRunning`: a signal was asked for a server that does not run, or the stack was stopped
 */
export type StackErrorCode =
  | 'UnsupportedPlatform'
  | 'JavaMissing'
  | 'MavenMissing'
  | 'ResolveFailed'
  | 'NoFreePort'
  | 'ServerExited'
  | 'ServerNotReady'
  | 'ServerNotRunning'

/** The one error of this folder. A server's error message ends with the tail of that server's log. */
export class StackError extends Error {
  readonly code: StackErrorCode

  constructor(code: StackErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StackError'
    this.code = code
  }
}
