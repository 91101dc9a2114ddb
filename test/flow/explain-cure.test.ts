/** The change that explain names, carried out: then explain allows it, and STS lets the caller in. */
import { PutUserPolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProduct, SOURCE, TARGET, type Product } from '../support/product.ts';
import { adminOf, allowPolicy, clientsWith, refusal, trustPolicy } from '../support/sandbox-clients.ts';

const ROLE = `arn:aws:iam::${TARGET}:role/ci`;

let product: Product;
beforeEach(async () => {
  product = await openProduct({
    seed: {
      accounts: {
        [SOURCE]: {
          users: [
            { UserName: 'ungranted' },
            { UserName: 'untrusted', Policies: [{ PolicyName: 'a', PolicyDocument: allowPolicy('sts:AssumeRole') }] },
            { UserName: 'neither' },
          ],
        },
        [TARGET]: {
          roles: [{ RoleName: 'ci', AssumeRolePolicyDocument: trustPolicy({ AWS: `arn:aws:iam::${SOURCE}:user/ungranted` }) }],
        },
      },
    },
  });
});
afterEach(() => product.close());

interface Answer {
  readonly verdict: string;
  readonly fix: { readonly command: string | null } | null;
}

const explain = async (name: string): Promise<Answer> => {
  const who = ['--as', `arn:aws:iam::${SOURCE}:user/${name}`, '--source-profile', 'source', '--target-profile', 'target'];
  const ran = await product.run(['explain', '--role-arn', ROLE, ...who, '--json']);
  return (JSON.parse(ran.stdout) as { result: Answer }).result;
};

/** The two commands of the AWS CLI that are met here, carried out by the administrator of the account that they are for. */
const carryOut = async (command: string): Promise<string> => {
  const [, operation = '', document = ''] = /^aws iam (\S+) .*--policy-document '(.+)'$/.exec(command) ?? [];
  const option = (flag: string): string => new RegExp(`--${flag} (\\S+)`).exec(command)?.[1] ?? '';
  if (operation === 'put-user-policy')
    await adminOf(product.sandbox, SOURCE).iam.send(
      new PutUserPolicyCommand({ UserName: option('user-name'), PolicyName: option('policy-name'), PolicyDocument: document }),
    );
  else
    await adminOf(product.sandbox, TARGET).iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: option('role-name'), PolicyDocument: document }),
    );
  return operation;
};

test.each([
  ['ungranted', ['put-user-policy']],
  ['untrusted', ['update-assume-role-policy']],
  ['neither', ['update-assume-role-policy', 'put-user-policy']],
])('%s gets in by %j and nothing else', async (name, expected) => {
  const { sts } = clientsWith(product.sandbox, product.sandbox.userCredentials(SOURCE, name));
  const assume = () => sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'session' }));
  expect(await refusal(assume())).toMatchObject({ code: 'AccessDenied' });
  const done: string[] = [];
  for (let answer = await explain(name); answer.verdict !== 'allowed' && done.length < 4; answer = await explain(name))
    done.push(await carryOut(answer.fix?.command ?? ''));
  expect(done).toEqual(expected);
  expect((await assume()).AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${TARGET}:assumed-role/ci/session`);
});
