/** How the page looks: near-monochrome with one accent, on a grid of 4 px, light or dark as the reader's system is. */
export const STYLE_SHEET = `
:root {
  color-scheme: light dark;
  --back: #ffffff; --raised: #f7f7f8; --line: #e6e6e9; --text: #1b1b1f; --soft: #5f5f6b; --faint: #74747f;
  --accent: #4b45c6; --accent-back: #eeedfb;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #101113; --raised: #17181b; --line: #26272c; --text: #ececee; --soft: #a5a6ae; --faint: #8a8b94;
    --accent: #a5a1ff; --accent-back: #23213f;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 24px; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--back); color: var(--text); font: 15px/24px var(--sans);
  display: grid; grid-template-columns: 264px minmax(0, 1fr);
}
a { color: var(--accent); text-decoration: none; text-underline-offset: 4px; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
p { margin: 0 0 12px; color: var(--soft); max-width: 68ch; }
code, pre { font-family: var(--mono); font-size: .87em; font-variant-ligatures: none; }
p code, dd code, summary code { color: var(--text); }
p code, dd > code { overflow-wrap: anywhere; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 16px; top: 16px; z-index: 2; background: var(--back); padding: 8px 12px; }

nav {
  position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 32px 16px 32px 24px; border-right: 1px solid var(--line);
  font-size: 13px; line-height: 20px; scrollbar-width: thin;
}
.brand { display: flex; align-items: baseline; gap: 8px; color: var(--text); font-size: 15px; font-weight: 600; letter-spacing: -.01em; padding: 0 8px; }
.brand:hover { text-decoration: none; }
.brand span { color: var(--faint); font-size: 12px; font-weight: 400; font-variant-numeric: tabular-nums; }
nav section { margin-top: 24px; }
nav h2 { margin: 0 0 4px; padding: 0 8px; font-size: 12px; line-height: 20px; font-weight: 600; letter-spacing: 0; }
nav h2 a { color: var(--text); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: 4px 8px; border-radius: 4px; color: var(--soft); }
nav li a:hover { background: var(--raised); color: var(--text); text-decoration: none; }

main { padding: 64px 48px 128px; min-width: 0; max-width: 1280px; }
h1 { margin: 0 0 16px; font-size: 32px; line-height: 40px; font-weight: 650; letter-spacing: -.022em; }
header p:first-of-type { font-size: 18px; line-height: 28px; color: var(--text); max-width: 60ch; margin-bottom: 20px; }
h2 { margin: 0 0 8px; font-size: 22px; line-height: 32px; font-weight: 620; letter-spacing: -.015em; }
h3 { margin: 0 0 8px; font-size: 17px; line-height: 24px; font-weight: 600; letter-spacing: -.01em; }
h3 a, h3 a:hover { color: inherit; }
h4 { margin: 24px 0 4px; font-size: 12px; line-height: 20px; font-weight: 600; color: var(--faint); }
.plain { margin-top: 56px; max-width: 760px; }
.group { margin-top: 72px; padding-top: 40px; border-top: 1px solid var(--line); }

article { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 400px); gap: 40px; padding: 40px 0; border-top: 1px solid var(--line); }
article:first-of-type { border-top: 0; padding-top: 24px; }
.route { margin: 0 0 16px; }
.route code { color: var(--text); overflow-wrap: anywhere; }
.route i { font-style: normal; color: var(--accent); }
.method { display: inline-block; margin-right: 4px; font: 600 11px/20px var(--mono); letter-spacing: .04em; color: var(--accent); background: var(--accent-back); border-radius: 4px; padding: 0 6px; }
.try { align-self: start; position: sticky; top: 24px; min-width: 0; }
.code { margin: 0 0 12px; background: var(--raised); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.code figcaption { padding: 8px 16px 0; font-size: 12px; line-height: 20px; color: var(--faint); }
.code pre { margin: 0; padding: 4px 16px 12px; line-height: 20px; white-space: pre-wrap; overflow-wrap: anywhere; }
.code code { font-size: 12.5px; }

.rows { margin: 0; }
.rows > div { padding: 8px 0; border-top: 1px solid var(--line); }
.rows > div:first-child { border-top: 0; }
dt { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; }
dt code { font-weight: 600; overflow-wrap: anywhere; }
dt .type code { font-weight: 400; }
.type { font-size: 13px; color: var(--faint); overflow-wrap: anywhere; min-width: 0; }
.type code { font-size: 12px; }
.needed { font-size: 12px; color: var(--accent); }
dd { margin: 0; color: var(--soft); font-size: 14px; line-height: 20px; max-width: 68ch; }
dd p { font-size: 14px; line-height: 20px; margin: 8px 0 0; }
dd .rows { margin: 4px 0 0; padding-left: 12px; border-left: 1px solid var(--line); }
.status { font: 600 13px/20px var(--mono); color: var(--text); font-variant-numeric: tabular-nums; }
a.status { color: var(--faint); font-weight: 400; }
.content { margin: 4px 0 12px; }
.media { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: baseline; margin: 0; }
.media code { font-size: 12px; }
.content > p:not(.media) { margin: 0; font-size: 14px; line-height: 20px; }

details { border-top: 1px solid var(--line); }
summary { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: baseline; padding: 8px 0; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before { content: "+"; width: 8px; color: var(--faint); font-family: var(--mono); }
details[open] > summary::before { content: "–"; }
summary code { font-weight: 600; }
summary span { color: var(--faint); font-size: 13px; }
details > div { padding: 0 0 12px 20px; }
details p.type { margin: 0; }
:target { scroll-margin-top: 24px; }
details > div:target { box-shadow: inset 2px 0 var(--accent); }

@media (max-width: 1180px) {
  article { grid-template-columns: minmax(0, 1fr); gap: 16px; }
  .try { position: static; max-width: 760px; }
}
@media (max-width: 800px) {
  body { display: block; }
  html { scroll-padding-top: 72px; }
  nav {
    z-index: 1; height: auto; display: flex; align-items: baseline; gap: 12px; padding: 12px 16px; overflow: visible;
    background: var(--back); border-right: 0; border-bottom: 1px solid var(--line);
  }
  .brand { padding: 0; white-space: nowrap; }
  .brand span, nav ul { display: none; }
  .links { display: flex; gap: 4px; overflow-x: auto; scrollbar-width: none; min-width: 0; }
  nav section { margin: 0; }
  nav h2 { margin: 0; padding: 0; font-weight: 400; font-size: 13px; }
  nav h2 a { display: block; padding: 4px 8px; color: var(--soft); }
  main { padding: 32px 16px 96px; }
  h1 { font-size: 28px; line-height: 36px; }
  header p:first-of-type { font-size: 16px; line-height: 24px; }
  .plain { margin-top: 40px; }
  .group { margin-top: 48px; padding-top: 32px; }
  article { padding: 32px 0; }
}
@media print {
  body { display: block; }
  nav { display: none; }
  article { break-inside: avoid-page; }
}
`
