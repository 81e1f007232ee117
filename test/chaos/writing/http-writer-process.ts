import { HttpExperienceStore } from '../../../client/index.ts'
import { readTask, type WriterTask } from '../processes/child-task.ts'
import { hurryWhenTold } from './hurry-when-told.ts'
import { Pace } from './pace.ts'
import { writeStream } from './write-stream.ts'

/** Long enough to try again, short enough that `writeStream` has to as well. */
const RETRY_FOR_MS = 5000

/* A client's process: writes one stream over HTTP to the server that the environment names, then ends with 0. */
const { spec, journal, perSecond } = readTask() as WriterTask
const { EXPERIENCE_LOG_URL: url = '', EXPERIENCE_LOG_KEY: key } = process.env
const pace = new Pace(perSecond)
hurryWhenTold(pace)
const store = new HttpExperienceStore({ url, key, retryForMs: RETRY_FOR_MS })
process.stderr.write('ready\n')
// The client tells no positions: the audit looks for the events everywhere in the log.
await writeStream({ append: (event) => store.appendEvent(event).then(() => null) }, { spec, journal, pace })
await store.close()
// The channel to the parent would keep this process alive.
process.exit(0)
