/** init over HTTP with the SDK's real clients: what it makes, what it keeps, and what stops it before anything is changed. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stateOf } from '../support/account-state.ts';
import { BOTH, openProduct, S3_POLICY, SOURCE, TARGET, type Product } from '../support/product.ts';
import { trustPolicy } from '../support/sandbox-clients.ts';

const INIT = ['init', ...BOTH, '--policy', 's3=./s3.json', '--yes'];
const FIRST_ID = '1'.padStart(32, '0');

let product: Product;
beforeEach(async () => {
  product = await openProduct({
    seed: { accounts: { [TARGET]: { roles: [{ RoleName: 'taken', AssumeRolePolicyDocument: trustPolicy({ AWS: SOURCE }) }] } } },
  });
  await product.put('s3.json', S3_POLICY);
});
afterEach(() => product.close());

describe('init', () => {
  test('makes the role, its trust and its permissions, proves them, and says what it did', async () => {
    expect(await product.run(INIT)).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "Plan for account 222222222222: 3 to change
        + role/xacct-terraform
            + path: /
            + description: Assumed by Terraform from another account, managed by xacct
            + maxSessionSeconds: 3600
            + Allow sts:AssumeRole for arn:aws:iam::111111111111:user/admin when
              sts:ExternalId StringEquals 00000000000000000000000000000001
            + Allow sts:SetSourceIdentity, sts:TagSession for
              arn:aws:iam::111111111111:user/admin
            + tags: xacct:managed=1,
              xacct:id=111111111111/222222222222/xacct-terraform
        + policy/xacct-terraform-s3
            + Allow s3:ListBucket on arn:aws:s3:::my-bucket
        + role/xacct-terraform/attachment/arn:aws:iam::222222222222:policy/xacct-terraform-s3
        who may assume the role then:
            arn:aws:iam::111111111111:user/admin
      wrote ./xacct.yaml
      made 3 changes in account 222222222222
      arn:aws:iam::222222222222:role/xacct-terraform
        from arn:aws:iam::111111111111:user/admin (profile source)
        by STS of us-east-1 (custom endpoint, <endpoint>)
        ✓ the source credentials work N ms
        ✓ the source may assume the role N ms
        ✓ the session is in the target account N ms
        ✓ without the external ID it is refused N ms
        sessions last 1h, as declared; runs: long-term keys do not expire
      next: xacct emit-tf > provider.tf
      ",
        "stdout": "",
      }
    `);
    expect(product.writes()).toEqual(['AttachRolePolicy', 'CreatePolicy', 'CreateRole']);
    expect(await product.list()).toEqual(['.xacct', 's3.json', 'xacct.yaml']);
    expect(await product.read('xacct.yaml')).toMatchInlineSnapshot(`
      "# yaml-language-server: $schema=https://unpkg.com/xacct@0.0.0-test/schemas/xacct.schema.json
      # The set-up that xacct makes and proves. Change it and run: xacct init
      version: 1
      source:
        account: "111111111111"
        profile: source # a hint: the name on one machine
      role:
        name: xacct-terraform
        path: /
        description: "Assumed by Terraform from another account, managed by xacct"
        # Who may assume the role, apart from the external ID below.
        trust: ["arn:aws:iam::111111111111:user/admin"]
        maxSessionDuration: 1h
      permissions:
        # Made in the target as customer-managed policies: name, and the JSON file.
        policies:
          s3: "./s3.json"
        policyArns: []
      terraform:
        region: us-east-1
        sessionName: terraform
        duration: 1h
      targets:
        target:
          account: "222222222222"
          profile: target # a hint: the name on one machine
          role:
            externalId: "00000000000000000000000000000001" # not a secret; each target has its own
      "
    `);
  });

  test('run again, it finds everything as it should be and makes no write', async () => {
    await product.run(INIT);
    const [before, file] = [product.writes(), await product.read('xacct.yaml')];
    expect(await product.run(['init', ...BOTH, '--yes'])).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "Plan for account 222222222222: nothing to do, all 5 parts are as they should be
      arn:aws:iam::222222222222:role/xacct-terraform
        from arn:aws:iam::111111111111:user/admin (profile source)
        by STS of us-east-1 (custom endpoint, <endpoint>)
        ✓ the source credentials work N ms
        ✓ the source may assume the role N ms
        ✓ the session is in the target account N ms
        ✓ without the external ID it is refused N ms
        sessions last 1h, as declared; runs: long-term keys do not expire
      next: xacct emit-tf > provider.tf
      ",
        "stdout": "",
      }
    `);
    expect(product.writes()).toEqual(before);
    expect(await product.read('xacct.yaml')).toBe(file);
  });

  test('run again without xacct.yaml, it keeps the external id that the role asks for', async () => {
    await product.run(INIT);
    const before = product.writes();
    await product.put('xacct.yaml', '');
    const again = await product.run([...INIT, '--config', 'other.yaml']);
    expect(again.status).toBe(0);
    expect(product.writes()).toEqual(before);
    expect(await product.read('other.yaml')).toContain(`externalId: "${FIRST_ID}"`);
  });

  test('with --dry-run it shows the plan, makes no write and writes no file', async () => {
    const ran = await product.run([...INIT, '--dry-run', '--json']);
    expect(ran.status).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ok: true,
      result: { targets: [{ name: 'target', proved: false, applied: [], verify: null }] },
    });
    expect(ran.stderr).toContain('3 to change');
    expect(product.writes()).toEqual([]);
    expect(await product.list()).toEqual(['s3.json']);
  });

  test('with --json it says the same in one object', async () => {
    const ran = await product.run([...INIT, '--json']);
    expect(JSON.parse(ran.stdout)).toMatchInlineSnapshot(`
      {
        "command": "init",
        "diagnostics": [],
        "ok": true,
        "result": {
          "targets": [
            {
              "applied": [
                "create-role xacct-terraform",
                "create-policy xacct-terraform-s3",
                "attach-policy arn:aws:iam::222222222222:policy/xacct-terraform-s3",
              ],
              "name": "target",
              "plan": {
                "changes": [
                  {
                    "action": "create",
                    "address": "role/xacct-terraform",
                    "after": {
                      "description": "Assumed by Terraform from another account, managed by xacct",
                      "maxSessionSeconds": 3600,
                      "name": "xacct-terraform",
                      "path": "/",
                      "tags": {
                        "xacct:id": "111111111111/222222222222/xacct-terraform",
                        "xacct:managed": "1",
                      },
                      "trustPolicy": {
                        "Statement": [
                          {
                            "Action": "sts:AssumeRole",
                            "Condition": {
                              "StringEquals": {
                                "sts:ExternalId": "00000000000000000000000000000001",
                              },
                            },
                            "Effect": "Allow",
                            "Principal": {
                              "AWS": "arn:aws:iam::111111111111:user/admin",
                            },
                            "Sid": "AssumeRole",
                          },
                          {
                            "Action": [
                              "sts:SetSourceIdentity",
                              "sts:TagSession",
                            ],
                            "Effect": "Allow",
                            "Principal": {
                              "AWS": "arn:aws:iam::111111111111:user/admin",
                            },
                            "Sid": "TagSession",
                          },
                        ],
                        "Version": "2012-10-17",
                      },
                    },
                    "before": null,
                    "risk": "widens access",
                  },
                  {
                    "action": "create",
                    "address": "policy/xacct-terraform-s3",
                    "after": {
                      "Statement": [
                        {
                          "Action": "s3:ListBucket",
                          "Effect": "Allow",
                          "Resource": "arn:aws:s3:::my-bucket",
                        },
                      ],
                      "Version": "2012-10-17",
                    },
                    "before": null,
                    "risk": "widens access",
                  },
                  {
                    "action": "create",
                    "address": "role/xacct-terraform/attachment/arn:aws:iam::222222222222:policy/xacct-terraform-s3",
                    "after": "arn:aws:iam::222222222222:policy/xacct-terraform-s3",
                    "before": null,
                    "risk": "widens access",
                  },
                ],
              },
              "proved": true,
              "role": {
                "arn": "arn:aws:iam::222222222222:role/xacct-terraform",
                "externalId": "00000000000000000000000000000001",
              },
              "verify": {
                "cause": null,
                "checks": [
                  {
                    "expected": "an identity",
                    "id": "source-identity",
                    "kind": "positive",
                    "ms": 0,
                    "observed": "arn:aws:iam::111111111111:user/admin",
                    "status": "pass",
                    "title": "the source credentials work",
                  },
                  {
                    "expected": "a session of 3600 s",
                    "id": "assume-role",
                    "kind": "positive",
                    "ms": 0,
                    "observed": "assumed arn:aws:sts::222222222222:assumed-role/xacct-terraform/terraform",
                    "status": "pass",
                    "title": "the source may assume the role",
                  },
                  {
                    "expected": "a session in account 222222222222",
                    "id": "target-identity",
                    "kind": "positive",
                    "ms": 0,
                    "observed": "arn:aws:sts::222222222222:assumed-role/xacct-terraform/terraform",
                    "status": "pass",
                    "title": "the session is in the target account",
                  },
                  {
                    "expected": "AccessDenied",
                    "id": "no-external-id",
                    "kind": "negative",
                    "ms": 0,
                    "observed": "AccessDenied: User: arn:aws:iam::111111111111:user/admin is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/xacct-terraform because no role trust policy allows the sts:AssumeRole action",
                    "status": "pass",
                    "title": "without the external ID it is refused",
                  },
                ],
                "isMaxSessionMeasured": false,
                "longestRun": {
                  "isKnown": true,
                  "reason": "long-term keys do not expire",
                  "seconds": null,
                },
                "maxSessionSeconds": 3600,
                "source": {
                  "account": "111111111111",
                  "arn": "arn:aws:iam::111111111111:user/admin",
                  "credentialSource": "profile source",
                  "through": [],
                },
                "sts": {
                  "kind": "custom",
                  "region": "us-east-1",
                  "url": "<endpoint>",
                },
                "target": {
                  "account": "222222222222",
                  "roleArn": "arn:aws:iam::222222222222:role/xacct-terraform",
                  "sessionArn": "arn:aws:sts::222222222222:assumed-role/xacct-terraform/terraform",
                },
              },
            },
          ],
        },
        "schema": 1,
      }
    `);
  });

  test('without the source it says that nothing was proved, and what the source is to type', async () => {
    const argv = ['init', '--target-profile', 'target', '--trust', SOURCE, '--permissions', 'none', '--yes'];
    expect(await product.run(argv)).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "Plan for account 222222222222: 1 to change
        + role/xacct-terraform
            + path: /
            + description: Assumed by Terraform from another account, managed by xacct
            + maxSessionSeconds: 3600
            + Allow sts:AssumeRole for arn:aws:iam::111111111111:root when
              sts:ExternalId StringEquals 00000000000000000000000000000001
            + Allow sts:SetSourceIdentity, sts:TagSession for
              arn:aws:iam::111111111111:root
            + tags: xacct:managed=1,
              xacct:id=111111111111/222222222222/xacct-terraform
        who may assume the role then:
            arn:aws:iam::111111111111:root
      wrote ./xacct.yaml
      made 1 change in account 222222222222
      note made, not proved: the credentials of the source were not given [NOT_PROVED]
        → the source's own policies must allow it: {"Version":"2012-10-17","Statement":[{"Sid":"AssumeTarget","Effect":"Allow","Action":["sts:AssumeRole","sts:SetSourceIdentity","sts:TagSession"],"Resource":"arn:aws:iam::222222222222:role/xacct-terraform"}]}
        → its administrator does that with \`xacct accept grant.json\`, from the file that this writes: xacct init --target-profile target --trust 111111111111 --permissions none --handoff grant.json --yes
        → whoever runs Terraform proves it, with the credentials of the source, by: xacct verify --source-profile PROFILE-OF-111111111111
      ",
        "stdout": "",
      }
    `);
    expect((await product.run([...argv, '--require-proof'])).status).toBe(1);
  });
});

/** Each is refused with its own status, and neither the account nor the folder has changed. */
const REFUSED = [
  {
    title: 'a role of that name that is not ours',
    argv: [...INIT, '--role-name', 'taken'],
    status: 5,
    says: 'role taken exists in account 222222222222 and was not made by xacct: it is left as it is [NOT_OURS]',
  },
  {
    title: 'another target account than the expected one',
    argv: [...INIT, '--target-account', '333333333333'],
    status: 3,
    says: 'the target should be account 333333333333, and these credentials are arn:aws:iam::222222222222:user/admin [WRONG_ACCOUNT]',
  },
  {
    title: 'another source account than the expected one',
    argv: [...INIT, '--source-account', '333333333333'],
    status: 3,
    says: 'the source should be account 333333333333, and these credentials are arn:aws:iam::111111111111:user/admin [WRONG_ACCOUNT]',
  },
  {
    title: "the target's credentials as the source, whom to trust unsaid",
    argv: ['init', '--target-profile', 'target', '--source-profile', 'target', '--policy', 's3.json', '--yes'],
    status: 3,
    says: '[TARGET_AS_SOURCE]',
  },
  {
    title: "the target's credentials as the source, whom to trust said",
    argv: ['init', '--target-profile', 'target', '--source-profile', 'target', '--trust', SOURCE, '--policy', 's3.json', '--yes'],
    status: 3,
    says: '[TARGET_AS_SOURCE]',
  },
  {
    title: 'nobody to trust',
    argv: ['init', '--target-profile', 'target', '--policy', 's3.json', '--yes'],
    status: 2,
    says: 'who will assume the role? The source was not named [USAGE]',
  },
  {
    title: 'a principal of another partition',
    argv: [...INIT, '--trust', 'arn:aws-cn:iam::111111111111:role/ci'],
    status: 2,
    says: '[MIXED_PARTITIONS]',
  },
  {
    title: 'no terminal and no --yes',
    argv: INIT.slice(0, -1),
    status: 9,
    says: 'the plan needs a yes, and there is nobody to ask [QUESTION_WITHOUT_TERMINAL]',
  },
];

describe('init is stopped before any change by', () => {
  test.each(REFUSED)('$title', async ({ argv, status, says }) => {
    const before = await stateOf(product.sandbox, TARGET);
    const ran = await product.run(argv);
    expect({ status: ran.status, stdout: ran.stdout }, ran.stderr).toEqual({ status, stdout: '' });
    expect(ran.stderr).toContain(says);
    expect(product.writes()).toEqual([]);
    expect(await stateOf(product.sandbox, TARGET)).toEqual(before);
    expect(await product.list()).toEqual(['s3.json']);
  });

  test('a person who says no', async () => {
    await product.put(
      'xacct.yaml',
      `version: 1\npermissions: { policies: { s3: s3.json } }\ntargets: { dev: { account: "${TARGET}" } }\n`,
    );
    const answers = [{ asked: 'Make these changes in account 222222222222?', answer: false }];
    const ran = await product.run(['init', ...BOTH], { answers });
    expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 9, stdout: '' });
    expect(ran.stderr).toContain('nothing was changed [DECLINED]');
    expect(product.writes()).toEqual([]);
    expect(await product.list()).toEqual(['s3.json', 'xacct.yaml']);
  });
});
