// Plain JavaScript: TypeScript would wrap the name in a function that rewrites it, which minifiers then break.
export const importByName = (name) =>
  import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ name)
