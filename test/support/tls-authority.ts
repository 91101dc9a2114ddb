/** A certificate authority of the test's own, made by openssl, and a server certificate that it signed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Authority {
  /** A PEM file, for AWS_CA_BUNDLE. */
  readonly caPath: string;
  readonly key: string;
  readonly cert: string;
}

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export const makeAuthority = (hosts: readonly string[]): Authority => {
  const folder = mkdtempSync(path.join(tmpdir(), 'xacct-tls-'));
  const at = (name: string): string => path.join(folder, name);
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  openssl(
    'req',
    '-x509',
    ...CURVE,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-subj',
    '/CN=xacct test authority',
    '-days',
    '2',
  );
  openssl('req', ...CURVE, '-keyout', at('key.pem'), '-out', at('request.pem'), '-subj', '/CN=xacct test server');
  writeFileSync(at('extensions'), `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')},IP:127.0.0.1`);
  const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('extensions'), '-days', '2'];
  openssl('x509', '-req', '-in', at('request.pem'), ...signing, '-out', at('cert.pem'));
  return { caPath: at('ca.pem'), key: readFileSync(at('key.pem'), 'utf8'), cert: readFileSync(at('cert.pem'), 'utf8') };
};
