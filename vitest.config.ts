import { defineConfig } from 'vitest/config'

/** For what hangs: no test may fail because the machine has other things to do. */
const HANG_MS = 600_000

export default defineConfig({
  test: {
    // Three files at a time, on two cores: most wait for servers, which share the machine with them.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/conformance/**/*.test.ts'],
          // Nothing here leaves anything behind: to load hundreds of modules anew for each file takes as long as the tests.
          isolate: false,
          testTimeout: HANG_MS,
        },
      },
      {
        test: {
          name: 'servers',
          include: ['test/**/*.test.ts'],
          exclude: ['test/unit/**', 'test/conformance/**', 'test/brokers/**', 'test/clients/**'],
          globalSetup: ['test/real-servers.ts'],
          testTimeout: HANG_MS,
          hookTimeout: HANG_MS,
        },
      },
      {
        // Run by `npm run test:clients`: programs in other languages, which fetch and build what they need.
        test: {
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          testTimeout: HANG_MS,
          hookTimeout: HANG_MS,
        },
      },
      {
        // Run by `npm run test:brokers`, once for each release of Kafka.
        test: {
          name: 'brokers',
          include: ['test/brokers/**/*.test.ts'],
          globalSetup: ['test/real-servers.ts'],
          testTimeout: HANG_MS,
          hookTimeout: HANG_MS,
        },
      },
    ],
  },
})
