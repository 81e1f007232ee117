declare const brand: unique symbol

/** A type that is a `T` at run time but does not mix with other `T`s at compile time. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
