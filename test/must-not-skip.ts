/** Whether this run may leave out nothing: with CI=true or REQUIRE_REAL_SERVERS=1. */
export function mustNotSkip(): boolean {
  return [process.env['CI'], process.env['REQUIRE_REAL_SERVERS']].some((value) => value === 'true' || value === '1')
}
