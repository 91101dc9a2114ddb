/**
 * The ARN of a session hides the path of its role, and policies name roles with it. Where nobody said the path, the role is taken at `/`,
 * and the answer is sure only where no path that the policies speak of would give another.
 * Source: IAM User Guide, "IAM identifiers", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
import { formatRoleArn, parseSessionArn } from '#domain/arn.ts';
import type { Decision } from '#domain/cause.ts';
import { compilePolicy, type CompiledPolicy } from './compile.ts';
import { fixByCaller } from './fix.ts';
import type { OrganizationLevel, PolicySource, Scenario } from './scenario.ts';

/** No policy names it, but for those that take any path. */
const ELSEWHERE = '/some-path-that-nobody-names/';

const documentsIn = (
  source: PolicySource | readonly PolicySource[] | undefined,
  kind: 'identity' | 'trust' | 'rcp',
): readonly unknown[] => {
  if (source === undefined || source === 'unknown') return [];
  const sources = Array.isArray(source) ? (source as readonly PolicySource[]) : [source];
  return sources.filter((one) => one !== 'unknown').map((one): CompiledPolicy['document'] => compilePolicy(one, kind).document);
};

const ofLevels = (levels: readonly OrganizationLevel[] | 'unknown' | undefined): readonly PolicySource[] =>
  levels === undefined || levels === 'unknown' ? [] : levels.flatMap(({ policies }) => policies);

const textOf = ({ caller, role }: Scenario): string =>
  JSON.stringify([
    ...documentsIn(role.trustPolicy, 'trust'),
    ...documentsIn(ofLevels(role.rcps), 'rcp'),
    ...[caller.identityPolicies, caller.boundary, caller.sessionPolicy, ofLevels(caller.scps), ofLevels(role.scps)].flatMap(
      (source) => documentsIn(source, 'identity'),
    ),
  ]);

/** For a pattern a path that fits it. */
const PATH = /:role(\/(?:[^"\\]*\/)?)[^"\\/]*"/g;

const pathsIn = (text: string): readonly string[] =>
  [...text.matchAll(PATH)].map(([, path = '/']) => path.replaceAll('*', 'x').replaceAll('?', 'x'));

/** The caller with its role at each path that could make a difference; empty where the path is known. */
const otherRoles = (scenario: Scenario): readonly string[] => {
  const { caller } = scenario;
  const isRole = caller.kind === 'assumed-role' || caller.kind === 'role';
  const session = isRole && caller.roleArn === undefined ? parseSessionArn(caller.arn) : undefined;
  if (session === undefined) return [];
  const paths = new Set([ELSEWHERE, ...pathsIn(textOf(scenario))]);
  paths.delete('/');
  const { partition, account, roleName: name } = session;
  return [...paths].map((path) => formatRoleArn({ partition, account, path, name }));
};

/** The decision, with `low` confidence where the role's path would turn it. */
export const weighPath = (decision: Decision, scenario: Scenario, decide: (scenario: Scenario) => Decision): Decision => {
  const turning = otherRoles(scenario).find(
    (roleArn) => decide({ ...scenario, caller: { ...scenario.caller, roleArn } }).verdict !== decision.verdict,
  );
  if (turning === undefined) return decision;
  const doubtful: Decision = { ...decision, confidence: 'low' };
  if (decision.verdict !== 'denied') return doubtful;
  const hint = `say the path of the caller's role (caller.roleArn): the role is taken at /, and as ${turning} it would be let in`;
  return { ...doubtful, fix: fixByCaller(hint) };
};
