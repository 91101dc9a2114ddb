/** Credentials of a role that is entered through others: one AssumeRole after the other, in memory only, renewed before they expire. */
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { openSts, type Keys } from './clients.ts';
import { profileFlagOf, renewHint } from './credential-error.ts';
import { keepFresh, keysOf, type CredentialParts, type Credentials } from './credentials.ts';
import { translateError } from './errors.ts';
import { readSharedConfig } from './shared-config.ts';

/** In CloudTrail of the account that is entered. */
const SESSION_NAME = 'xacct';

const nameOf = (roleArn: string): string => roleArn.slice(roleArn.indexOf('/') + 1);

/** The device of a profile with keys of its own; a role profile has given its code already. */
export const deviceOf = async (base: Credentials, env: CredentialParts['env']): Promise<string | undefined> => {
  const choice = base.choice();
  if (choice?.kind !== 'profile' || choice.means !== 'keys') return undefined;
  return (await readSharedConfig(env)).profiles.get(choice.name)?.['mfa_serial'];
};

const notEntered = (roleArn: string, error: unknown, base: Credentials, parts: CredentialParts): XacctError => {
  const choice = base.choice();
  const context = { ...parts, action: 'sts:AssumeRole', profileFlag: profileFlagOf(choice), renew: renewHint(choice) };
  const translated = translateError(error, context);
  const [first] = translated.diagnostics;
  if (translated.code !== 'AWS_REFUSED' || first === undefined) return translated;
  const refused = new XacctError(
    problem('NO_CREDENTIALS', `${base.label()} cannot enter ${roleArn}: ${first.message}`, {
      ...(first.detail !== undefined && { detail: first.detail }),
      path: '--via-role',
      hints: [
        { text: 'the role must trust who enters it, whose own policies must allow sts:AssumeRole on it' },
        { text: 'see why', command: `xacct explain --role-arn ${roleArn}` },
      ],
    }),
  );
  refused.cause = translated.cause;
  return refused;
};

/**
 * Sessions of chained roles last an hour at most, which is also what STS gives unasked.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
 */
export const throughRoles = (base: Credentials, roleArns: readonly string[], parts: CredentialParts): Credentials => {
  const enter = async (roleArn: string, keys: Keys, mfa: { SerialNumber?: string; TokenCode?: string }): Promise<Keys> => {
    try {
      const sts = openSts(await parts.clientOptions(), () => Promise.resolve(keys));
      const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: SESSION_NAME, ...mfa });
      return keysOf((await sts.send(command)).Credentials);
    } catch (error) {
      throw notEntered(roleArn, error, base, parts);
    }
  };
  const load = async (): Promise<Keys> => {
    let keys = await base.resolve();
    const device = await deviceOf(base, parts.env);
    let mfa =
      device === undefined || !parts.askMfaCode ? {} : { SerialNumber: device, TokenCode: await parts.askMfaCode(device) };
    for (const roleArn of roleArns) {
      keys = await enter(roleArn, keys, mfa);
      parts.redact.know(keys.secretAccessKey, keys.sessionToken);
      mfa = {};
    }
    return keys;
  };
  return {
    resolve: keepFresh(load, parts.redact),
    choice: base.choice,
    // What is left of the session counts for nothing: it is renewed as long as the credentials that it began with last.
    life: base.life,
    label: () => `${base.label()}, through ${roleArns.map(nameOf).join(' and ')}`,
  };
};
