#include "http/pages/assets.h"

namespace latchkey::http {

const std::string_view kStylesheet = R"css(:root {
  color-scheme: light dark;
  --ground: #f4f5f7;
  --surface: #ffffff;
  --raised: #f8f9fa;
  --text: #1a1f26;
  --muted: #56606c;
  --line: #d9dee4;
  --field: #818b97;
  --accent: #0b6e6e;
  --accent-strong: #085858;
  --on-accent: #ffffff;
  --tint: #e3f1f0;
  --danger: #b3261e;
  --danger-tint: #fdeceb;
  --brass: #a9741a;
  --shadow: 0 1px 2px rgb(20 30 40 / 6%), 0 8px 24px rgb(20 30 40 / 6%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1317;
    --surface: #181d23;
    --raised: #1f252c;
    --text: #e9ecef;
    --muted: #a3adb8;
    --line: #2d353e;
    --field: #6c7783;
    --accent: #6cd3c9;
    --accent-strong: #93e2da;
    --on-accent: #06231f;
    --tint: #16302f;
    --danger: #ff9a91;
    --danger-tint: #3a1d1b;
    --brass: #e3b566;
    --shadow: none;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0;
  min-height: 100vh;
  display: flex;
  flex-direction: column;
  background: var(--ground);
  color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans",
    sans-serif;
}
h1, h2, p, ul, dl, dd { margin: 0; padding: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h2 { font-size: 1.0625rem; line-height: 1.35; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: 0.15em; }
a:hover { color: var(--accent-strong); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
.skip { position: absolute; left: 1rem; top: -4rem; z-index: 1; padding: 0.6rem 1rem;
  background: var(--surface); border-radius: 8px; }
.skip:focus { top: 0.75rem; }
.top { background: var(--surface); border-bottom: 1px solid var(--line); }
.bar { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between;
  gap: 0.25rem 1.5rem; max-width: 52rem; margin: 0 auto; padding: 0.6rem 1.25rem; }
.brand { display: inline-flex; align-items: center; gap: 0.55rem; min-height: 2.75rem;
  font-weight: 650; font-size: 1.0625rem; letter-spacing: -0.01em; color: var(--text);
  text-decoration: none; }
.brand:hover { color: var(--text); }
.logo { fill: none; stroke: var(--brass); stroke-width: 2.2; stroke-linecap: round;
  stroke-linejoin: round; }
nav { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem; }
nav form { display: flex; }
nav a, nav button { display: inline-flex; align-items: center; min-height: 2.75rem;
  padding: 0 0.75rem; border: 0; border-radius: 8px; background: none; color: var(--text);
  font: inherit; text-decoration: none; cursor: pointer; }
nav a:hover, nav button:hover { background: var(--raised); color: var(--text); }
nav [aria-current] { color: var(--accent); font-weight: 600; }
main { flex: 1; width: 100%; max-width: 52rem; margin: 0 auto; padding: 2.5rem 1.25rem 3.5rem; }
footer { padding: 1.25rem; text-align: center; color: var(--muted); font-size: 0.875rem; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 14px;
  box-shadow: var(--shadow); padding: 1.75rem; }
.narrow { max-width: 26rem; margin: 0 auto; }
.hero { max-width: 36rem; margin: 1.5rem auto 0; padding: 2.75rem 2rem; text-align: center; }
img.logo { height: 1.625rem; width: auto; max-width: 8rem; }
.hero .logo { width: 3.5rem; height: 3.5rem; }
.hero img.logo { width: auto; max-width: 14rem; }
.hero .actions { justify-content: center; }
.hero .notice { text-align: left; }
.stack > * + * { margin-top: 1.1rem; }
.lead { color: var(--muted); font-size: 1.0625rem; max-width: 38rem; }
.muted, .hint { color: var(--muted); }
.hint { font-size: 0.875rem; }
.field label { display: block; margin-bottom: 0.35rem; font-weight: 600; }
.field input { display: block; width: 100%; min-height: 2.9rem; padding: 0.55rem 0.8rem;
  border: 1px solid var(--field); border-radius: 9px; background: var(--surface);
  color: var(--text); font: inherit; }
.field input:focus-visible { outline-offset: 0; border-color: var(--accent); border-radius: 9px; }
.field input[readonly] { background: var(--raised); color: var(--muted); }
.field input[aria-invalid] { border-color: var(--danger); }
.field .hint { margin-top: 0.35rem; }
.check { display: flex; align-items: center; gap: 0.6rem; min-height: 2.75rem; cursor: pointer; }
.check input { width: 1.15rem; height: 1.15rem; margin: 0; accent-color: var(--accent); }
.button, .card button, .wide button { display: inline-flex; align-items: center;
  justify-content: center; min-height: 2.75rem; padding: 0.55rem 1.15rem;
  border: 1px solid transparent; border-radius: 9px; background: var(--accent);
  color: var(--on-accent); font: inherit; font-weight: 600; text-decoration: none;
  cursor: pointer; }
.button:hover, .card button:hover { background: var(--accent-strong); color: var(--on-accent); }
.button.quiet, .card button.quiet, .wide button.quiet { background: var(--surface);
  border-color: var(--field); color: var(--text); }
.button.quiet:hover, .card button.quiet:hover, .wide button.quiet:hover {
  background: var(--raised); color: var(--text); }
.card button.danger, .wide button.danger { background: var(--surface);
  border-color: var(--danger); color: var(--danger); }
.card button.danger:hover, .wide button.danger:hover { background: var(--danger-tint);
  color: var(--danger); }
.card button.full { width: 100%; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; }
.error, .notice { padding: 0.75rem 0.95rem; border-radius: 9px; border-left: 4px solid; }
.error { background: var(--danger-tint); border-color: var(--danger); }
.notice { background: var(--tint); border-color: var(--accent); }
.error a, .notice a { color: inherit; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr));
  gap: 1rem; margin-top: 1.75rem; }
.tile { display: block; color: inherit; text-decoration: none; }
.tile:hover { border-color: var(--accent); color: inherit; }
.tile h2 { color: var(--accent); margin-bottom: 0.25rem; }
.facts { display: grid; gap: 0.9rem 1.5rem;
  grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }
.facts dt { color: var(--muted); font-size: 0.875rem; }
.facts dd { overflow-wrap: anywhere; }
.activity { list-style: none; display: grid; gap: 0.4rem; }
.sessions { list-style: none; display: grid; gap: 0.9rem; }
.session { display: flex; flex-wrap: wrap; align-items: center; gap: 1rem 1.5rem;
  padding: 1.25rem 1.5rem; }
.session.current { border-color: var(--accent); }
.session .what { flex: 1 1 22rem; min-width: 0; }
.session form { flex: 0 0 9.5rem; }
.session button { width: 100%; }
.session h2 { display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem 0.6rem;
  margin-bottom: 0.7rem; }
.badge { padding: 0.1rem 0.6rem; border-radius: 99px; background: var(--tint);
  color: var(--accent); font-size: 0.8125rem; font-weight: 600; }
@media (max-width: 30rem) {
  main { padding: 1.5rem 1rem 2.5rem; }
  .bar { padding: 0.4rem 1rem; }
  .card { padding: 1.25rem; }
  .session form { flex-basis: 100%; }
  .wide button { width: 100%; }
  .actions .button { flex: 1 1 100%; }
  nav { margin-left: -0.5rem; gap: 0; }
  nav a, nav button { padding: 0 0.5rem; font-size: 0.9375rem; }
}
@media (prefers-reduced-motion: no-preference) {
  a, button, .tile, input { transition: background-color 120ms, border-color 120ms, color 120ms; }
}
@media (forced-colors: active) {
  .badge { border: 1px solid; }
}
)css";

}  // namespace latchkey::http
