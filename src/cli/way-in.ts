/** Who really enters a role, where that is not the source's own credentials: a proof from elsewhere is refused for that reason alone. Pure. */
import type { Access } from '#domain/access.ts';
import { note, type Diagnostic } from '#domain/diagnostic.ts';

/** undefined: the source enters the role itself, and every proof speaks for it. */
export const entersThrough = ({ roleArn, via, webIdentity }: Access): Diagnostic | undefined => {
  const hub = via.at(-1);
  if (hub)
    return note(
      'ASSUMED_VALUE',
      `${roleArn} is entered by sessions of ${hub.roleArn}: only with those at hand is this a proof of the way that Terraform takes`,
      [{ text: 'run it where that role is at hand, such as the CI job, after it has signed in', command: 'xacct verify' }],
    );
  if (webIdentity === undefined) return undefined;
  return note(
    'ASSUMED_VALUE',
    `${roleArn} is entered with a token${webIdentity.issuer === undefined ? '' : ` of ${webIdentity.issuer}`}, and verify calls AssumeRole with the credentials at hand: a refusal says nothing about the token`,
    [{ text: 'whether the trust takes a token', command: `xacct explain --role-arn ${roleArn} --as PRINCIPAL` }],
  );
};
