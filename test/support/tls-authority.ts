/**
 * A certificate authority of the test's own and a server certificate that it signed, for HOST and 127.0.0.1, kept as files: Node cannot
 * sign certificates, and not every machine has a program that does. Test only, valid until 2120.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const at = (name: string): string => path.join(import.meta.dirname, 'tls', name);
const read = (name: string): string => readFileSync(at(name), 'utf8');

/** The one host name that the certificate holds. */
export const HOST = 'sts.xacct-test.example';

/** A PEM file, for AWS_CA_BUNDLE. */
export const CA_PATH = at('authority.pem');

/** What a TLS server on loopback is given. */
export const SERVER = { key: read('server-key.pem'), cert: read('server.pem') } as const;
