// A certificate that Chromium really trusts: an authority of the test's own in the certificate
// database of a private home. Chromium ignores device-bound sessions without a word where the
// certificate of a page does not verify, --ignore-certificate-errors included.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const HOST = 'latchkey.test';
export const FOREIGN_HOST = 'elsewhere.test'; // another site, on the same proxy

const quiet = { stdio: 'ignore' };
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

/** An authority and a certificate of both hosts; `home` is what a browser needs as its $HOME. */
export function makeTrust() {
  const home = mkdtempSync(join(tmpdir(), 'latchkey-home-'));
  const file = (name) => join(home, name);
  const openssl = (...given) => execFileSync('openssl', given, quiet);
  openssl('req', '-x509', ...newKey, '-subj', '/CN=latchkey test authority',
    '-keyout', file('ca.key'), '-out', file('ca.pem'));
  openssl('req', '-new', ...newKey, '-subj', `/CN=${HOST}`, '-keyout', file('key'), '-out', file('csr'));
  writeFileSync(file('extensions'), `subjectAltName=DNS:${HOST},DNS:${FOREIGN_HOST}\n`);
  openssl('x509', '-req', '-in', file('csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'),
    '-CAcreateserial', '-days', '2', '-extfile', file('extensions'), '-out', file('cert'));
  const database = `sql:${file('.pki/nssdb')}`;
  execFileSync('mkdir', ['-p', file('.pki/nssdb')]);
  execFileSync('certutil', ['-d', database, '-N', '--empty-password'], quiet);
  execFileSync('certutil', ['-d', database, '-A', '-t', 'C,,', '-n', 'latchkey-test',
    '-i', file('ca.pem')], quiet);
  return {
    home,
    key: readFileSync(file('key')),
    cert: readFileSync(file('cert')),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/**
 * A proxy that ends TLS in front of the port `target` of 127.0.0.1, which may change. `seen` holds
 * what went through, oldest first: {method, path, request, status, response}, with headers.
 */
export async function startTrustedProxy(trust) {
  const seen = [];
  const server = createServer({ key: trust.key, cert: trust.cert }, (request, response) => {
    const { method, url: path, headers } = request;
    const entry = { method, path, request: headers };
    seen.push(entry);
    const onward = forward({ host: '127.0.0.1', port: proxy.target, method, path, headers }, (answer) => {
      Object.assign(entry, { status: answer.statusCode, response: answer.headers });
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const proxy = {
    target: 0,
    seen,
    url: `https://${HOST}:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}
