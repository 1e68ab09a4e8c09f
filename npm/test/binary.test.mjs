// What the addon takes from the process it is loaded into: Node-API and the C library, and nothing
// else. Node exports an OpenSSL of its own, which would otherwise stand in for ours.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './support/lucia_tables.mjs';

const platform = `${process.platform}-${process.arch}`;
const binary = fileURLToPath(new URL(`../prebuilds/${platform}/latchkey.node`, import.meta.url));

function symbols(file, kind) {
  const out = execFileSync('nm', ['-D', '--with-symbol-versions', kind, file], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return out.split('\n').filter(Boolean).map((line) => line.trim().split(/\s+/).at(-1));
}

test('only Node-API and the C library are asked for anything', () => {
  // The last three are hooks of the linker and of profilers: weak, and nobody defines them.
  const known =
    /^napi_|@GLIBC_|^\w+@GCC_|^(__gmon_start__|_ITM_deregisterTMCloneTable|_ITM_registerTMCloneTable)$/;
  const others = symbols(binary, '--undefined-only').filter((name) => !known.test(name));
  assert.deepEqual(others, []);
});

test('nothing that Node exports has the name of something the addon wants', () => {
  const node = new Set(symbols(readlinkSync('/proc/self/exe'), '--defined-only'));
  assert.ok(node.size > 1000, 'Node exports its symbols');
  // stdin and stderr are the C library's in every program.
  const wanted = symbols(binary, '--undefined-only').filter(
    (name) => !/^(napi_|stdin@GLIBC|stderr@GLIBC)/.test(name),
  );
  const taken = wanted.filter((name) => node.has(name.replace(/@.*/, '')) || node.has(name));
  assert.deepEqual(taken, []);
});

test('the addon offers its entry points and nothing else', () => {
  const offered = symbols(binary, '--defined-only').map((name) => name.replace(/@.*/, ''));
  assert.deepEqual(
    offered.filter((name) => !/^(napi_register_module|node_api_module_get_api_version)_v1$/.test(name)),
    [],
  );
});

test('no newer C library is needed than that of Amazon Linux 2023, and no library that Node does without', () => {
  const versions = symbols(binary, '--undefined-only').flatMap((name) => {
    const version = /@GLIBC_2\.(\d+)/.exec(name);
    return version ? [Number(version[1])] : [];
  });
  assert.ok(versions.length > 0 && Math.max(...versions) <= 34, `2.${Math.max(...versions)}`);
  const dynamic = execFileSync('objdump', ['-p', binary], { encoding: 'utf8' });
  const needed = [...dynamic.matchAll(/NEEDED\s+(\S+)/g)].map(([, name]) => name);
  for (const name of needed) assert.match(name, /^(libc|libm|libgcc_s|ld-linux-x86-64|ld-linux-aarch64)\.so/);
  assert.doesNotMatch(dynamic, /R(UN)?PATH/);
});

test('the libpq it loads speaks to the OpenSSL of the system, and not to that of Node', (t) => {
  const folder = temporaryFolder(t);
  const script = "require('./dist/native/index.js').nativePostgres()";
  execFileSync(process.execPath, ['-e', script], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      ...process.env,
      LD_BIND_NOW: '1', // binds what would be bound at its first use
      LD_DEBUG: 'bindings',
      LD_DEBUG_OUTPUT: join(folder, 'bindings'),
    },
  });
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').split('\n'),
  );
  const bound = lines.flatMap((line) => {
    const found = /binding file \S*libpq\.so\S* \[0\] to (\S+) \[0\]: normal symbol `(\w+)'/.exec(line);
    return found ? [{ to: found[1], symbol: found[2] }] : [];
  });
  const crypto = bound.filter(({ symbol }) => /^(SSL|TLS|X509|BIO|EVP|HMAC|RAND|ERR)_/.test(symbol));
  assert.ok(crypto.length > 20, 'libpq was loaded and uses OpenSSL');
  for (const { to, symbol } of crypto) assert.match(to, /lib(ssl|crypto)\.so\.3$/, symbol);
});
