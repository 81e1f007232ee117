import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A certificate and its key: PEM texts, and the files that hold them. */
export interface Issued {
  readonly certificate: string
  readonly key: string
  readonly certificateFile: string
  readonly keyFile: string
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** An authority with its files in a directory. */
export class Authority {
  readonly #directory: string
  readonly #own: Issued

  private constructor(directory: string, own: Issued) {
    this.#directory = directory
    this.#own = own
  }

  static async create(directory: string, name: string): Promise<Authority> {
    const [keyFile, certificateFile] = filesOf(directory, name)
    const named = ['-keyout', keyFile, '-out', certificateFile, '-subj', `/CN=${name}`, '-days', '2']
    await run('openssl', ['req', '-x509', ...NEW_KEY, ...named])
    return new Authority(directory, await read(keyFile, certificateFile))
  }

  get certificate(): string {
    return this.#own.certificate
  }

  get certificateFile(): string {
    return this.#own.certificateFile
  }

  /** A certificate for a host name, which a client may use as well. One of -1 day is expired. */
  async issue(name: string, host = 'localhost', days = 2): Promise<Issued> {
    const [keyFile, certificateFile] = filesOf(this.#directory, name)
    const [requestFile, extensionsFile] = [`${keyFile}.request`, `${keyFile}.extensions`]
    await run('openssl', ['req', ...NEW_KEY, '-keyout', keyFile, '-out', requestFile, '-subj', `/CN=${name}`])
    await writeFile(extensionsFile, `subjectAltName=DNS:${host}\n`)
    const signer = ['-CA', this.#own.certificateFile, '-CAkey', this.#own.keyFile, '-CAcreateserial']
    const signed = ['-in', requestFile, '-out', certificateFile, '-days', String(days), '-extfile', extensionsFile]
    await run('openssl', ['x509', '-req', ...signer, ...signed])
    return read(keyFile, certificateFile)
  }
}

/** A key that only opens with a passphrase, from one that opens without. */
export async function encryptKey({ keyFile }: Issued, passphrase: string): Promise<string> {
  const { stdout } = await run('openssl', ['pkcs8', '-topk8', '-in', keyFile, '-passout', `pass:${passphrase}`])
  return stdout
}

function filesOf(directory: string, name: string): [keyFile: string, certificateFile: string] {
  return [join(directory, `${name}.key`), join(directory, `${name}.pem`)]
}

async function read(keyFile: string, certificateFile: string): Promise<Issued> {
  const [key, certificate] = [await readFile(keyFile, 'utf8'), await readFile(certificateFile, 'utf8')]
  return { certificate, key, certificateFile, keyFile }
}
