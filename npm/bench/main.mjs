// node npm/bench/main.mjs [NAME...] [--json FILE] [--pairs N] [--seconds S] [--list]
//   [--peers compiled|plain]
// Without a name all benchmarks of the npm package run. With --json, results are added to FILE.
// --peers leaves those out whose peer was compiled for one Node, or all others.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { compare } from './harness.mjs';

const names = [];
const options = { pairs: 9, seconds: 0.25, json: '', list: false, peers: '' };
const words = process.argv.slice(2);
while (words.length > 0) {
  const word = words.shift();
  if (word === '--list') options.list = true;
  else if (word === '--json') options.json = words.shift() ?? '';
  else if (word === '--pairs') options.pairs = Number(words.shift());
  else if (word === '--seconds') options.seconds = Number(words.shift());
  else if (word === '--peers') options.peers = words.shift() ?? '';
  else if (!word.startsWith('--')) names.push(word);
}

function shown({ name, cpu_ns, peer, peer_cpu_ns, times, min, max, n, value, unit, budget }) {
  const place = name.padEnd(28);
  if (unit !== undefined) {
    const kept = value <= budget ? 'met' : 'MISSED';
    return `${place} ${value.toFixed(2).padStart(10)} ${unit}  budget ${budget}: ${kept}`;
  }
  const range = `${min.toFixed(1)} to ${max.toFixed(1)} over ${n} pairs`;
  const kept = times >= budget ? 'met' : 'MISSED';
  return (
    `${place} ${String(cpu_ns).padStart(10)} ns CPU, ${times.toFixed(1)}x as fast as ${peer} ` +
    `(${peer_cpu_ns} ns; ${range})  budget ${budget}x: ${kept}`
  );
}

const files = readdirSync(new URL('.', import.meta.url)).filter((f) => f.endsWith('_bench.mjs'));
const results = [];
for (const file of files.sort()) {
  const { benchmarks, peers = 'plain' } = await import(new URL(file, import.meta.url).href);
  if (options.peers !== '' && options.peers !== peers) continue;
  for (const { name, what, run } of benchmarks) {
    if (names.length > 0 && !names.includes(name)) continue;
    if (options.list) {
      console.log(`  ${name.padEnd(28)} ${what}`);
      continue;
    }
    const result = await run((sides) => compare({ name, ...sides }, options));
    console.log(shown({ name, ...result }));
    results.push({ name, ...result });
  }
}
if (options.json !== '') {
  const before = existsSync(options.json) ? JSON.parse(readFileSync(options.json, 'utf8')) : [];
  writeFileSync(options.json, `${JSON.stringify([...before, ...results], null, 1)}\n`);
}
