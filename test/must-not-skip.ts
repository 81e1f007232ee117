/** Whether this run may leave out nothing: with CI=true or REQUIRE_REAL_SERVERS=1. */
export const mustNotSkip = (): boolean =>
  [process.env['CI'], process.env['REQUIRE_REAL_SERVERS']].some((value) => value === 'true' || value === '1')
