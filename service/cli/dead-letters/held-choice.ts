/** Which topics: by their names, one tenant's, or all that are held. */
export type HeldChoice = { readonly topics: readonly string[] } | { readonly tenant: string } | 'all'
