import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CommandSocket } from '../../../service/serve/second-terminal/command-socket.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'

test('who sends what is no call is cut, and others are answered as before', async () => {
  const directory = await temporaryDirectory()
  const path = join(directory.path, 's')
  const where = (): string => 'http://127.0.0.1:7070'
  const socket = await CommandSocket.listen(path, { run: async () => 0, whyNot: () => 'not now', where })
  const answerTo = async (text: string): Promise<string> => {
    const connection = connect(path)
    let answer = ''
    connection.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    connection.on('error', () => {})
    connection.write(text)
    await once(connection, 'close')
    return answer
  }
  for (const text of ['null\n', '7\n', '"call"\n', 'true\n', 'no JSON\n']) expect(await answerTo(text)).toBe('')
  expect(await answerTo('{"where":true}\n')).toBe('{"url":"http://127.0.0.1:7070"}\n')
  expect(await answerTo('{"args":[]}\n')).toBe('{"refused":"not now"}\n')
  await socket.close()
  await directory.remove()
})
