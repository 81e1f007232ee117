import { defineConfig } from 'vitest/config'

/** For what hangs: no test may fail because the machine has other things to do. */
const HANG_MS = 600_000

export default defineConfig({
  test: {
    // Two files at a time: most wait for servers, which share the machine with them.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/conformance/**/*.test.ts'],
          testTimeout: HANG_MS,
        },
      },
      {
        test: {
          name: 'servers',
          include: ['test/**/*.test.ts'],
          exclude: ['test/unit/**', 'test/conformance/**'],
          globalSetup: ['test/real-servers.ts'],
          testTimeout: HANG_MS,
          hookTimeout: HANG_MS,
        },
      },
    ],
  },
})
