/** The wizard's last questions: the role itself, where Terraform works, and whether the source's side is made, too. */
import { ID_TAG, MANAGED_TAG } from '#domain/desired.ts';
import { parseRootArn } from '#domain/arn.ts';
import { partitionOfRegion } from '#domain/partition.ts';
import { parsePrincipal } from '#domain/principal-request.ts';
import { hasSourceRole } from '#domain/source-roles.ts';
import { definitionOf, type ValueName, VALUES } from '#domain/values.ts';
import { unlessRefused } from './wizard-known.ts';
import { menuQuestions, type MenuItem } from './wizard-menu.ts';
import { PAIR_QUESTIONS } from './wizard-pair.ts';
import { isGiven, needsText, type Talk, type WizardQuestion } from './wizard-question.ts';
import { entersByHub, LAYOUT_QUESTIONS } from './wizard-tokens.ts';

type Standing = 'free' | 'ours' | 'taken';

/** Of the role of that name in the target; unreadable counts as free, and the plan will tell. */
const standingOf = async (name: string, { known, input }: Talk): Promise<Standing> => {
  const target = await known.target(input);
  const role = await unlessRefused(target.aws.iam.readRole(name));
  if (role === undefined) return 'free';
  const source = (await known.source(input))?.account ?? input.text('source-account')?.value;
  const [owner, ...rest] = (role.tags[ID_TAG] ?? '').split('/');
  const isOfPair = rest.join('/') === `${target.account}/${name}` && (source === undefined || owner === source);
  return role.tags[MANAGED_TAG] === '1' && isOfPair ? 'ours' : 'taken';
};

/** xacct-terraform, or the first of -2, -3 … that nobody else has. */
const usualName = async (talk: Talk, count = 1): Promise<{ readonly name: string; readonly standing: Standing }> => {
  const name = count === 1 ? VALUES.roleName.default : `${VALUES.roleName.default}-${count}`;
  const standing = await standingOf(name, talk);
  return standing === 'taken' && count < 9 ? usualName(talk, count + 1) : { name, standing };
};

const ROLE_NAME: WizardQuestion = {
  id: 'role-name',
  flag: 'role-name',
  ask: async (talk) => {
    const { name, standing } = await usualName(talk);
    const there =
      standing === 'ours'
        ? `${name} is there, made by xacct: it is brought up to date.`
        : 'The same name in every target makes its ARN easy to know.';
    return {
      message: 'Name of the role:',
      why:
        name === VALUES.roleName.default
          ? there
          : `${VALUES.roleName.default} is there, and not made by this set-up: it is left alone.`,
      default: name,
      check: async (answer) =>
        /^[\w+=,.@-]{1,64}$/.test(answer) && (await standingOf(answer, talk)) === 'taken'
          ? `a role ${answer} is there, and not made by this set-up: choose another name`
          : undefined,
    };
  },
};

const REGION: WizardQuestion = {
  id: 'region',
  flag: 'region',
  ask: async ({ known, input }) => {
    const { partition } = await known.target(input);
    return {
      message: 'Region of the provider:',
      why: 'Where Terraform will work; roles are the same in every region.',
      default: await known.region(input),
      check: (answer) => {
        const other = partitionOfRegion(answer)?.id ?? partition;
        return other === partition ? undefined : `${answer} is of partition ${other}, and the target of ${partition}`;
      },
    };
  },
};

const setting = (name: ValueName, label: string, message: string, usual: string): MenuItem => {
  const { flag, about } = definitionOf(name);
  return {
    value: flag,
    label: `${label} (--${flag})`,
    flag,
    detail: () => ({ message, why: `${about.charAt(0).toUpperCase()}${about.slice(1)}.`, default: usual }),
  };
};

const POWER_USER = 'arn:aws:iam::aws:policy/PowerUserAccess';

/** By a role that is made there. */
const isEnteredFromSource = (talk: Talk): boolean =>
  entersByHub(talk) || hasSourceRole({ trust: talk.input.list('trust'), sourceTrust: talk.input.list('source-trust') });

const SETTINGS = menuQuestions({
  id: 'setting',
  answeredBy: [],
  message: 'Change another setting of the role?',
  again: 'And another one?',
  why: 'Path /, sessions of one hour at most, no boundary.',
  items: [
    setting('path', 'its path', 'Path of the role and its policies:', '/terraform/'),
    setting('maxSessionDuration', 'how long a session may last', "The role's longest session:", '4h'),
    setting('description', 'its description', 'Description:', VALUES.description.default),
    setting('permissionsBoundary', 'a permissions boundary', 'ARN of the boundary:', POWER_USER),
    {
      ...setting(
        'sourcePermissionsBoundary',
        'a boundary for the role in the source',
        'ARN of the boundary in the source:',
        POWER_USER,
      ),
      isOffered: isEnteredFromSource,
    },
    { ...setting('tags', 'a tag', 'Tag as KEY=VALUE:', 'team=platform'), isRepeatable: true },
    {
      ...setting('trust', 'one more who may assume it', 'Who else?', ''),
      isRepeatable: true,
      detail: () => ({
        message: 'Who else may assume it?',
        why: 'An account id, the ARN of a role or user, sso:SET, ec2:ROLE, github:OWNER/REPO:environment=NAME, gitlab:…, tfc:…, irsa:…',
        check: needsText('somebody is needed: an ARN, an account id, or one of the words'),
      }),
    },
    { value: 'pair', label: 'two roles, one that only plans (--pair)', flag: 'pair', says: () => [{ flag: 'pair' }] },
  ],
  done: 'no',
  rounds: 5,
});

/** Whom a policy of the source can let in: neither a permission set's role nor a token has policies of the source's own. */
const grantable = ({ input }: Talk): readonly ('self' | 'other')[] =>
  (input.list('trust') ?? []).flatMap((given) => {
    const parsed = parsePrincipal(given);
    if (!parsed.ok || !['self', 'arn', 'session'].includes(parsed.value.kind)) return [];
    return [parsed.value.kind === 'self' ? 'self' : 'other'] as const;
  });

const GRANT: WizardQuestion = {
  id: 'grant-source',
  flag: 'grant-source',
  isNeeded: async (talk) => grantable(talk).length > 0 && (await talk.known.source(talk.input)) !== undefined,
  ask: (talk) => ({
    message: 'Let the caller use the role by a policy in the source, too?',
    why: 'Both accounts must allow it. An administrator of the source is allowed already; others need the policy.',
    // Who is the caller and may write policies is an administrator, mostly: nothing is needed there.
    default: grantable(talk).includes('other') ? 'yes' : 'no',
    choices: [
      { value: 'no', label: 'no, it is allowed already or another will do it' },
      { value: 'yes', label: 'yes, put it on the caller with the source credentials' },
    ],
  }),
  says: (answer) => (answer === 'yes' ? [{ flag: 'grant-source' }] : []),
};

/** One user or role by its ARN: a hand-off is one step for one principal. */
const handable = ({ input }: Talk): boolean => {
  const [only, ...others] = (input.list('trust') ?? []).map((given) => parsePrincipal(given));
  if (others.length > 0 || only?.ok !== true) return false;
  return only.value.kind === 'session' || (only.value.kind === 'arn' && parseRootArn(only.value.arn) === undefined);
};

const HANDOFF: WizardQuestion = {
  id: 'handoff',
  flag: 'handoff',
  isNeeded: async (talk) =>
    handable(talk) &&
    !isGiven(talk.typed, 'pair') &&
    !talk.input.isSet('pair') &&
    (await talk.known.source(talk.input)) === undefined,
  ask: () => ({
    message: "Write down what the source's administrator is to do?",
    why: 'The source must allow it as well. They run xacct accept FILE, which shows it, asks, and does only that. It holds no secret.',
    default: 'no',
    choices: [
      { value: 'no', label: 'no, the source allows it already' },
      { value: 'yes', label: 'yes, into grant.json' },
    ],
  }),
  says: (answer) => (answer === 'yes' ? [{ flag: 'handoff', value: 'grant.json' }] : []),
};

export const ROLE_QUESTIONS: readonly WizardQuestion[] = [
  ROLE_NAME,
  REGION,
  ...SETTINGS,
  ...LAYOUT_QUESTIONS,
  ...PAIR_QUESTIONS,
  GRANT,
  HANDOFF,
];
