// Copies what the built modules read beside themselves.
import { chmodSync, cpSync, mkdirSync } from 'node:fs'

mkdirSync('dist/producers/recordings', { recursive: true })
cpSync('producers/recordings/converge-engine.ndjson', 'dist/producers/recordings/converge-engine.ndjson')
chmodSync('dist/service/cli/bin.cjs', 0o755)
