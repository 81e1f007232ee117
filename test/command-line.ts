/** The command line from the sources or, with TEST_BUILT=1, as it was built: hundreds of processes then start in half the time. */
export const COMMAND_LINE: readonly string[] =
  process.env['TEST_BUILT'] === '1' ? ['dist/service/cli/main.js'] : ['--import', 'tsx', 'service/cli/main.ts']
