/** Statements that run at once; others wait their turn. */
export const MAX_RUNNING = 8

/** For UV_THREADPOOL_SIZE: each statement keeps one of libuv's threads, and stopping one and handling files need some as well. */
export const THREADS_NEEDED = MAX_RUNNING + 8
