/** The only way to skip a test: by naming the peer that is missing. Says so, and writes what ran and what did not to XACCT_PEER_LOG. */
import { appendFileSync } from 'node:fs';
import { beforeAll, describe } from 'vitest';
import { findPeer, type Peer } from '../../scripts/peers.mjs';

const record = (peer: Peer, status: 'used' | 'skipped'): void => {
  const log = process.env['XACCT_PEER_LOG'];
  if (log !== undefined) appendFileSync(log, `${JSON.stringify({ peer, status })}\n`);
};

/** Where the peer is. Only inside `describeWithPeers`, which has made sure that it is there. */
export const pathOf = (peer: Peer): string => {
  const place = findPeer(peer);
  if (place === undefined) throw new Error(`${peer} is not on the PATH: name it in describeWithPeers`);
  return place;
};

/** A peer that a part of a test is run by: undefined where it is missing, which the test has to say. */
export const usePeer = (peer: Peer): string | undefined => {
  const place = findPeer(peer);
  record(peer, place === undefined ? 'skipped' : 'used');
  return place;
};

/** A `describe` that runs when every peer is there, and is reported as skipped, by the missing peer's name, when one is not. */
export const describeWithPeers = (peers: readonly Peer[], title: string, body: () => void): void => {
  const missing = peers.filter((peer) => findPeer(peer) === undefined);
  for (const peer of missing) {
    process.stderr.write(`skipped: ${peer} is not on the PATH (${title})\n`);
    record(peer, 'skipped');
  }
  describe.skipIf(missing.length > 0)(title, () => {
    beforeAll(() => {
      for (const peer of peers) record(peer, 'used');
    });
    body();
  });
};
