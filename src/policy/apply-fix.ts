/** Carries a fix out on the scenario it came from: so that what it promises can be decided before anybody changes anything. */
import type { Change, PolicyKind } from '#domain/cause.ts';
import { statementsOf, type PolicyDocument, type Statement } from '#domain/policy-document.ts';
import { compilePolicy } from './compile.ts';
import { levelNames } from './level-names.ts';
import type { RequestChange } from './request-proposals.ts';
import type { OrganizationLevel, PolicySource, Scenario, Unreadable } from './scenario.ts';

/** The document with one statement more, or with the statement at `index` exchanged. */
export const amend = (document: PolicyDocument | null, statement: Statement, index?: number): PolicyDocument => {
  if (document === null) return { Version: '2012-10-17', Statement: [statement] };
  const statements = statementsOf(document);
  return { ...document, Statement: index === undefined ? [...statements, statement] : statements.with(index, statement) };
};

type Fields = Readonly<Record<string, unknown>>;

const withField = (owner: Fields | undefined, name: string, value: unknown): Fields => {
  if (value !== undefined) return { ...owner, [name]: value };
  const { [name]: _, ...rest } = owner ?? {};
  return rest;
};

/** A path has the scenario's part, its field, and the rest is a key that may itself hold dots. */
const setPath = (scenario: Scenario, path: string, value: unknown): Scenario => {
  if (path === 'time') return { ...scenario, time: String(value) };
  const [part = '', field = '', ...rest] = path.split('.');
  const owner = (scenario as unknown as Readonly<Record<string, Fields>>)[part];
  const changed = rest.length === 0 ? value : withField(owner?.[field] as Fields | undefined, rest.join('.'), value);
  return { ...scenario, [part]: withField(owner, field, changed) };
};

/** The scenario asked otherwise. */
export const changeRequest = (scenario: Scenario, { set, unset }: RequestChange): Scenario => {
  let changed = scenario;
  for (const [path, value] of Object.entries(set)) changed = setPath(changed, path, value);
  for (const path of unset) changed = setPath(changed, path, undefined);
  return changed;
};

const listOfSources = (source: PolicySource | readonly PolicySource[] | undefined): readonly PolicySource[] => {
  if (source === undefined) return [];
  return Array.isArray(source) ? (source as readonly PolicySource[]) : [source];
};

type Edit = (sources: readonly PolicySource[]) => readonly PolicySource[];

const editor =
  (kind: PolicyKind, statement: Statement, place?: { readonly policy: number; readonly statement: number }): Edit =>
  (sources) => {
    if (place === undefined && kind !== 'trust' && kind !== 'boundary') return [...sources, amend(null, statement)];
    const at = place?.policy ?? 0;
    const source = sources[at];
    const document = source === undefined ? null : compilePolicy(source, kind).document;
    return sources.with(at, amend(document, statement, place?.statement));
  };

const editLevels = (
  levels: readonly OrganizationLevel[] | Unreadable | undefined,
  level: string | undefined,
  edit: Edit,
): readonly OrganizationLevel[] | Unreadable | undefined => {
  if (levels === undefined || levels === 'unknown') return levels;
  const names = levelNames(levels);
  return levels.map((it, i) => (names[i] === level ? { ...it, policies: edit(it.policies) } : it));
};

const editPolicies = (scenario: Scenario, kind: PolicyKind, level: string | undefined, edit: Edit): Scenario => {
  const { caller, role } = scenario;
  const own = (name: string, sources: unknown): Scenario => ({ ...scenario, caller: { ...caller, [name]: sources } });
  const ofRole = (name: string, sources: unknown): Scenario => ({ ...scenario, role: { ...role, [name]: sources } });
  switch (kind) {
    case 'trust':
      return ofRole('trustPolicy', edit([role.trustPolicy])[0]);
    case 'identity':
      return own('identityPolicies', edit(listOfSources(caller.identityPolicies)));
    case 'boundary':
      return own('boundary', edit(listOfSources(caller.boundary))[0]);
    case 'session-policy':
      return own('sessionPolicy', edit(listOfSources(caller.sessionPolicy)));
    case 'rcp':
      return ofRole('rcps', editLevels(role.rcps, level, edit));
    case 'scp':
      if (caller.scps === undefined) return ofRole('scps', editLevels(role.scps, level, edit));
      return own('scps', editLevels(caller.scps, level, edit));
  }
};

/** The scenario as it would be after the change. */
export const applyChange = (scenario: Scenario, change: Change): Scenario => {
  switch (change.kind) {
    case 'change-request':
      return changeRequest(scenario, change);
    case 'add-statement':
      return editPolicies(scenario, change.to, change.level, editor(change.to, change.statement));
    case 'replace-statement': {
      const { kind, index, level } = change.policy;
      return editPolicies(scenario, kind, level, editor(kind, change.statement, { policy: index, statement: change.index }));
    }
  }
};
