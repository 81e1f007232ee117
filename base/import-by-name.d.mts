/** Imports a module in a way that bundlers leave as it is: they do not see which, and the comments keep them from a warning. */
export function importByName(name: string): Promise<unknown>
