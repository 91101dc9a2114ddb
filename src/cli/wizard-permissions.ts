/** The wizard's question about what the role may do: presets first, then a file, a policy that exists, or nothing. */
import { exampleOf, formOf, PRESETS } from '#domain/presets.ts';
import type { Preset } from '#domain/preset.ts';
import { PERMISSION_FLAGS } from '#domain/said-permissions.ts';
import { menuQuestions, type MenuItem } from './wizard-menu.ts';
import { needsText } from './wizard-question.ts';

const saying = ({ name }: Preset, argument: string) => ({
  flag: 'preset',
  value: argument === '' ? name : `${name}:${argument}`,
});

const detailOf = (preset: Preset): Pick<MenuItem, 'detail'> => {
  const { argument } = preset;
  if (argument === null) return {};
  const why = `${formOf(preset)}, for example ${exampleOf(preset)}.`;
  return {
    detail: () => ({
      message: `${argument.name}${argument.isRequired ? '' : ' (may be empty)'}:`,
      why,
      ...(argument.isRequired && {
        check: needsText(`${preset.name} needs its ${argument.name}, for example ${argument.example}`),
      }),
    }),
  };
};

/** Half a line: the label stands beside the cursor in 80 columns. */
const LABEL = 74;

const labelOf = (preset: Preset): string => {
  const label = `${preset.name}: ${preset.about}`;
  return label.length <= LABEL ? label : `${label.slice(0, label.lastIndexOf(' ', LABEL - 1))} …`;
};

const presetItem = (preset: Preset): MenuItem => ({
  value: preset.name,
  label: labelOf(preset),
  flag: 'preset',
  ...detailOf(preset),
  ...(preset.argument && { isRepeatable: true as const }),
  says: (argument) =>
    preset.name === 'admin' ? [{ flag: 'allow-admin' }, saying(preset, argument)] : [saying(preset, argument)],
});

const ITEMS: readonly MenuItem[] = [
  ...PRESETS.map(presetItem),
  {
    value: 'policy',
    label: 'a JSON policy file of yours (--policy)',
    flag: 'policy',
    isRepeatable: true,
    detail: () => ({
      message: 'The JSON file:',
      why: 'A policy document, for example ./s3.json. NAME=FILE names the policy.',
      check: needsText('a file is needed, for example ./s3.json'),
    }),
  },
  {
    value: 'policy-arn',
    label: 'a managed policy that exists, by ARN (--policy-arn)',
    flag: 'policy-arn',
    isRepeatable: true,
    detail: () => ({
      message: 'ARN of the policy:',
      why: "AWS's own or one of the target account.",
      default: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    }),
  },
  {
    value: 'none',
    label: 'nothing yet (--permissions none)',
    flag: 'permissions',
    isAlone: true,
    says: () => [{ flag: 'permissions', value: 'none' }],
  },
];

export const PERMISSION_QUESTIONS = menuQuestions({
  id: 'permissions',
  flag: 'preset',
  answeredBy: PERMISSION_FLAGS,
  message: 'What may the role do in the target account?',
  again: 'Anything else that it may do?',
  why: 'As little as Terraform needs there; xacct presets NAME shows what one allows.',
  items: ITEMS,
  done: 'no, that is all',
  first: 's3-bucket',
  rounds: 5,
});
