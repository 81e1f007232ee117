#!/usr/bin/env node
// Before anything uses libuv's threads, since their number is read once: ClickHouse holds one for each query and insert, and
// LMDB needs one to commit. A module in ECMAScript form would be too late: loading it takes threads already.
process.env['UV_THREADPOOL_SIZE'] ??= '16'
void import('./main.js')
