/**
 * The rules of a policy document's statements: which elements, of which types. Principals stand in policy-principal-grammar.ts.
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language"; texts of `detail` are AWS's own MalformedPolicyDocument messages.
 */
import { parseOperatorName } from './condition-operator.ts';
import { stringsOf, SYNTAX_ERROR, type Complain, type GrammarKind } from './policy-fault.ts';
import { checkPrincipals } from './policy-principal-grammar.ts';
import { isRecord } from './record.ts';

const ELEMENTS = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

const TRUST_ACTIONS = [
  'sts:assumerole',
  'sts:assumerolewithsaml',
  'sts:assumerolewithwebidentity',
  'sts:tagsession',
  'sts:setsourceidentity',
  'sts:setcontext',
];

const ACTION = /^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/;
const SID = /^[A-Za-z0-9]*$/;
const RESOURCE = /^arn:([^:]+):([^:]*)(:|$)/;
const PARTITION = /^(?:\*|aws[a-z-]*)$/;

/** A pattern without regular expressions: the fixed part before the first wildcard decides, which is enough for six known names. */
const couldBeTrustAction = (action: string): boolean => {
  const head = action.toLowerCase().split(/[*?]/, 1)[0] ?? '';
  const isWild = head.length < action.length;
  return TRUST_ACTIONS.some((known) => (isWild ? known.startsWith(head) && head.startsWith('sts:') : known === head));
};

const checkAction = (text: string, path: string, kind: GrammarKind, isAllowed: boolean, complain: Complain): void => {
  if (text !== '*' && !ACTION.test(text)) {
    const colons = text.split(':').length - 1;
    const aws =
      colons > 1
        ? 'Actions/Condition can contain only one colon.'
        : 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
    complain(path, `"${text}" is not an action: it must read service:Action`, kind === 'trust' ? SYNTAX_ERROR : aws);
  } else if (kind === 'trust' && isAllowed && !couldBeTrustAction(text)) {
    complain(path, `"${text}" cannot stand in a trust policy`, 'AssumeRole policy may only specify STS AssumeRole actions.');
  }
};

const checkActions = (
  statement: Readonly<Record<string, unknown>>,
  path: string,
  kind: GrammarKind,
  complain: Complain,
): void => {
  const { Action, NotAction } = statement as { Action?: unknown; NotAction?: unknown };
  if (Action !== undefined && NotAction !== undefined) complain(path, 'has both Action and NotAction', SYNTAX_ERROR);
  if (NotAction !== undefined && kind === 'rcp') complain(`${path}.NotAction`, 'cannot stand in an RCP', SYNTAX_ERROR);
  if (Action === undefined && NotAction === undefined)
    complain(
      path,
      'has no Action',
      kind === 'trust' ? 'Missing required field Action' : 'Policy statement must contain actions.',
    );
  for (const [name, value] of Object.entries({ Action, NotAction }))
    if (value !== undefined)
      for (const item of stringsOf(value, `${path}.${name}`, complain))
        checkAction(item.text, item.path, kind, name === 'Action', complain);
};

const checkResource = (text: string, path: string, complain: Complain): void => {
  if (text === '*') return;
  const [, partition = '', service = ''] = RESOURCE.exec(text) ?? [];
  if (partition === '') complain(path, `"${text}" is neither an ARN nor "*"`, `Resource ${text} must be in ARN format or "*".`);
  else if (!PARTITION.test(partition))
    complain(path, `"${partition}" is no partition`, `Partition "${partition}" is not valid for resource "${text}".`);
  else if (/[*?]/.test(service) && text !== `arn:${partition}:*`)
    complain(
      path,
      `"${text}" has a wildcard for its service`,
      'Resource vendor must be fully qualified and cannot contain regexes.',
    );
};

const checkResources = (
  statement: Readonly<Record<string, unknown>>,
  path: string,
  kind: GrammarKind,
  complain: Complain,
): void => {
  const { Resource, NotResource } = statement as { Resource?: unknown; NotResource?: unknown };
  if (kind === 'trust') {
    for (const [name, value] of Object.entries({ Resource, NotResource }))
      if (value !== undefined)
        complain(
          `${path}.${name}`,
          'a trust policy names no resource: it is attached to its role',
          'Has prohibited field Resource',
        );
    return;
  }
  if (Resource !== undefined && NotResource !== undefined) complain(path, 'has both Resource and NotResource', SYNTAX_ERROR);
  if (Resource === undefined && NotResource === undefined)
    complain(path, 'has no Resource', 'Policy statement must contain resources.');
  for (const [name, value] of Object.entries({ Resource, NotResource }))
    if (value !== undefined)
      for (const item of stringsOf(value, `${path}.${name}`, complain)) checkResource(item.text, item.path, complain);
};

const isConditionValue = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

const checkCondition = (condition: unknown, path: string, complain: Complain): void => {
  if (!isRecord(condition)) return complain(path, 'must be an object of operators', SYNTAX_ERROR);
  for (const [operator, keys] of Object.entries(condition)) {
    const operatorPath = `${path}.${operator}`;
    if (parseOperatorName(operator) === undefined) complain(operatorPath, `"${operator}" is no condition operator`, SYNTAX_ERROR);
    if (!isRecord(keys)) complain(operatorPath, 'must be an object of condition keys', SYNTAX_ERROR);
    else
      for (const [key, value] of Object.entries(keys)) {
        const items = Array.isArray(value) ? (value as readonly unknown[]) : [value];
        if (!items.every(isConditionValue))
          complain(`${operatorPath}.${key}`, 'must be text, a number, a boolean or a list of them', SYNTAX_ERROR);
      }
  }
};

const checkHead = (statement: Readonly<Record<string, unknown>>, path: string, kind: GrammarKind, complain: Complain): void => {
  for (const key of Object.keys(statement))
    if (!ELEMENTS.includes(key)) complain(`${path}.${key}`, `"${key}" is no element of a statement`, SYNTAX_ERROR);
  const { Sid, Effect } = statement as { Sid?: unknown; Effect?: unknown };
  if (Sid !== undefined && typeof Sid !== 'string') complain(`${path}.Sid`, 'must be text', SYNTAX_ERROR);
  else if (Sid !== undefined && kind === 'identity' && !SID.test(Sid))
    complain(`${path}.Sid`, `"${Sid}" may hold only letters and digits`, 'Statement IDs (SID) must be alpha-numeric.');
  if (Effect === undefined) complain(path, 'has no Effect', kind === 'trust' ? 'Missing required field Effect' : SYNTAX_ERROR);
  else if (Effect !== 'Allow' && Effect !== 'Deny')
    complain(
      `${path}.Effect`,
      `must be "Allow" or "Deny", not ${JSON.stringify(Effect)}`,
      kind === 'trust' ? `Invalid effect: ${typeof Effect === 'string' ? Effect : JSON.stringify(Effect)}` : SYNTAX_ERROR,
    );
};

export const checkStatement = (statement: unknown, path: string, kind: GrammarKind, complain: Complain): void => {
  if (!isRecord(statement)) return complain(path, 'must be an object', SYNTAX_ERROR);
  checkHead(statement, path, kind, complain);
  checkPrincipals(statement, path, kind, complain);
  checkActions(statement, path, kind, complain);
  checkResources(statement, path, kind, complain);
  if ('Condition' in statement) checkCondition(statement['Condition'], `${path}.Condition`, complain);
};

/** Non-empty Sids must be unique within their document. */
export const checkSids = (statements: readonly unknown[], kind: GrammarKind, complain: Complain): void => {
  const seen = new Set<unknown>();
  for (const [i, statement] of statements.entries()) {
    const sid = isRecord(statement) ? statement['Sid'] : undefined;
    if (typeof sid !== 'string' || sid === '') continue;
    if (seen.has(sid))
      complain(
        `Statement[${i}].Sid`,
        `"${sid}" stands twice`,
        kind === 'trust'
          ? 'The Statement Ids in the policy are not unique'
          : 'Statement IDs (SID) in a single policy must be unique.',
      );
    seen.add(sid);
  }
};
