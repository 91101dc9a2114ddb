/** A power user that may make roles of its own: none of them gets further than itself, or init refuses. */
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BOTH, openProduct, TARGET, type Product } from '../support/product.ts';
import { adminOf, clientsWith, trustPolicy } from '../support/sandbox-clients.ts';

const ROLE = `arn:aws:iam::${TARGET}:role/xacct-terraform`;
const EDGE = `arn:aws:iam::${TARGET}:policy/edge`;
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const EVERYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };

let product: Product;
beforeEach(async () => {
  product = await openProduct();
});
afterEach(() => product.close());

const init = (...args: readonly string[]) =>
  product.run(['init', ...BOTH, '--preset', 'power-user', '--permissions-boundary', EDGE, '--yes', ...args]);

const makeEdge = async (document: unknown): Promise<void> => {
  const { iam } = adminOf(product.sandbox, TARGET);
  await iam.send(new CreatePolicyCommand({ PolicyName: 'edge', PolicyDocument: JSON.stringify(document) }));
};

interface Statement {
  readonly Effect: string;
}

const ofPreset = async (): Promise<{ readonly Version: string; readonly Statement: readonly Statement[] }> => {
  const { stdout } = await product.run(['presets', 'power-user', '--permissions-boundary', EDGE, '--json']);
  return JSON.parse(stdout).result.preset.policies[0].document;
};

const iamOf = (arn: string) => clientsWith(product.sandbox, product.sandbox.sessionFor(arn)).iam;

/** A role below its path with AdministratorAccess: what the boundary leaves it is all that it can do. */
const makeChild = async (): Promise<ReturnType<typeof iamOf>> => {
  const iam = iamOf(ROLE);
  const child = { RoleName: 'child', Path: '/xacct-terraform/', AssumeRolePolicyDocument: trustPolicy({ AWS: TARGET }) };
  await iam.send(new CreateRoleCommand({ ...child, PermissionsBoundary: EDGE }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'child', PolicyArn: ADMINISTRATOR }));
  return iamOf(`arn:aws:iam::${TARGET}:role/xacct-terraform/child`);
};

const undoGuard = new AttachRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyArn: ADMINISTRATOR });

test('a boundary that leaves a child role free to undo the guard is refused, and with --allow-admin it does', async () => {
  await makeEdge({ Version: '2012-10-17', Statement: [EVERYTHING] });
  const refused = await init();
  expect(refused).toMatchObject({ status: 2, stdout: '' });
  expect(refused.stderr).toContain('[ADMIN_ACCESS]');
  expect(refused.stderr).toContain('iam:AttachRolePolicy on role/xacct-terraform');
  expect(refused.stderr).toContain(`xacct presets power-user --permissions-boundary ${EDGE} --json`);
  expect(product.writes()).toEqual(['CreatePolicy']);
  expect(await product.run(['plan', ...BOTH, '--preset', 'power-user', '--permissions-boundary', EDGE])).toMatchObject({
    status: 2,
  });

  const meant = await init('--allow-admin');
  expect(meant).toMatchObject({ status: 0, stderr: expect.stringContaining('[ADMIN_ACCESS]') as unknown });
  const child = await makeChild();
  await child.send(undoGuard);
});

test('the guard in the boundary is not enough: a child role would make another without a boundary', async () => {
  const { Statement } = await ofPreset();
  const guard = Statement.filter(({ Effect }) => Effect === 'Deny');
  await makeEdge({ Version: '2012-10-17', Statement: [EVERYTHING, ...guard] });
  const refused = await init();
  expect(refused).toMatchObject({ status: 2 });
  expect(refused.stderr).toContain('iam:CreateRole on *');
  expect(refused.stderr).not.toContain('iam:AttachRolePolicy on role/xacct-terraform,');
});

test('a boundary under which a child role could become somebody else is refused', async () => {
  const { Version, Statement } = await ofPreset();
  await makeEdge({ Version, Statement: [...Statement, { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] });
  const refused = await init();
  expect(refused).toMatchObject({ status: 2, stdout: '' });
  expect(refused.stderr).toContain('it leaves them a way round the guard of power-user: sts:AssumeRole on *');
  expect(product.writes()).toEqual(['CreatePolicy']);

  const ofAws = await init('--permissions-boundary', 'arn:aws:iam::aws:policy/PowerUserAccess');
  expect(ofAws).toMatchObject({ status: 2, stderr: expect.stringContaining('sts:AssumeRole on *') as unknown });
});

test("the preset's own document is a boundary that holds: a child role with AdministratorAccess undoes nothing", async () => {
  await makeEdge(await ofPreset());
  const made = await init();
  expect(made).toMatchObject({ status: 0, stderr: expect.not.stringContaining('ADMIN_ACCESS') as unknown });
  const child = await makeChild();
  const wide = { RoleName: 'wide', Path: '/xacct-terraform/', AssumeRolePolicyDocument: trustPolicy({ AWS: TARGET }) };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [EVERYTHING] });
  const tries = [
    () => child.send(undoGuard),
    () => child.send(new PutRolePolicyCommand({ RoleName: 'xacct-terraform', PolicyName: 'all', PolicyDocument })),
    () => child.send(new CreateRoleCommand(wide)),
    () => child.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'child' })),
  ];
  for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(await product.run(['plan', '--target-profile', 'target', '--check'])).toMatchObject({ status: 0 });
});

test('a boundary that is not there, or may not be read, is not taken on trust', async () => {
  expect(await init()).toMatchObject({ status: 2, stderr: expect.stringContaining(`there is no policy ${EDGE}`) as unknown });
  await makeEdge(await ofPreset());
  const { iam } = adminOf(product.sandbox, TARGET);
  const Deny = { Effect: 'Deny', Action: 'iam:GetPolicyVersion', Resource: EDGE };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [EVERYTHING, Deny] });
  await iam.send(new CreateRoleCommand({ RoleName: 'blind', AssumeRolePolicyDocument: trustPolicy({ AWS: TARGET }) }));
  await iam.send(new PutRolePolicyCommand({ RoleName: 'blind', PolicyName: 'all', PolicyDocument }));
  const blind = await init('--via-role', `arn:aws:iam::${TARGET}:role/blind`);
  expect(blind).toMatchObject({ status: 2 });
  expect(blind.stderr).toContain('may not be read');
  expect(blind.stderr).toContain('iam:GetPolicyVersion');
});
