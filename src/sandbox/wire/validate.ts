/** The constraints of an input shape, all checked at once, in AWS's words ("1 validation error detected: Value 'x' at 'roleName' …"). */
import { formatLimitFault, formatMissing, formatValidationErrors } from '#domain/limits.ts';
import { type AwsError, validationError } from '#sandbox/errors.ts';
import { wholeMatch } from './pattern.ts';
import { type ServiceModel, type ShapeModel, type WireStructure, type WireValue, shapeOf } from './service-model.ts';

/** Undefined when the input keeps every constraint. */
export const validateInput = (model: ServiceModel, shapeName: string, input: WireStructure): AwsError | undefined => {
  const checking: Checking = { model, faults: [], sentences: [] };
  checkStructure(checking, shapeOf(model, shapeName), input, '');
  const { faults, sentences } = checking;
  if (faults.length === 0) return undefined;
  return validationError((faults.length === 1 ? sentences[0] : undefined) ?? formatValidationErrors(faults));
};

interface Checking {
  readonly model: ServiceModel;
  readonly faults: string[];
  /** What IAM itself says of a fault, where there is no other. */
  readonly sentences: string[];
}

// IAM answers characters that a name or path may not have in words of its own.
// Seen in https://github.com/hashicorp/terraform-provider-aws/issues/3087 and https://github.com/shashankprasanna/torchserve-examples/issues/7.
const NAME_SENTENCE = 'It must contain only alphanumeric characters and/or the following: +=,.@_-';
const PATH_SENTENCE = 'It must begin and end with / and contain only alphanumeric characters and/or / characters.';
const IAM_SENTENCES: ReadonlyMap<string, string> = new Map([
  [String.raw`[\w+=,.@-]+`, NAME_SENTENCE],
  [String.raw`(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`, PATH_SENTENCE],
  [String.raw`((/[A-Za-z0-9\.,\+@=_-]+)*)/`, PATH_SENTENCE],
]);

const sentenceOf = ({ service }: ServiceModel, { pattern = '' }: ShapeModel, place: string): string | undefined => {
  const sentence = service === 'iam' ? IAM_SENTENCES.get(pattern) : undefined;
  return sentence && `The specified value for ${place} is invalid. ${sentence}`;
};

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const checkStructure = (checking: Checking, shape: ShapeModel, value: WireStructure, prefix: string): void => {
  for (const [member, of] of Object.entries(shape.members ?? {})) {
    const place = `${prefix}${lowerFirst(member)}`;
    const inner = value[member];
    if (inner !== undefined) check(checking, shapeOf(checking.model, of), inner, place);
    else if (shape.required?.includes(member)) checking.faults.push(formatMissing(place));
  }
};

const check = (checking: Checking, shape: ShapeModel, value: WireValue, place: string): void => {
  for (const constraint of brokenConstraints(shape, value)) {
    checking.faults.push(formatLimitFault(place, { kind: 'pattern', value: shown(value), constraint }));
    const sentence = constraint.startsWith(PATTERN) ? sentenceOf(checking.model, shape, place) : undefined;
    if (sentence !== undefined) checking.sentences.push(sentence);
  }
  if (shape.type === 'structure' && isStructure(value)) checkStructure(checking, shape, value, `${place}.`);
  if (shape.type === 'list' && Array.isArray(value)) {
    const member = shapeOf(checking.model, shape.member ?? '');
    value.forEach((item: WireValue, index) => check(checking, member, item, `${place}.${index + 1}.member`));
  }
};

const isStructure = (value: WireValue): value is WireStructure => typeof value === 'object' && !Array.isArray(value);

const PATTERN = 'Member must satisfy regular expression pattern: ';

const brokenConstraints = (shape: ShapeModel, value: WireValue): readonly string[] => {
  const { min, max, pattern } = shape;
  const broken: string[] = [];
  if (typeof value === 'number' && shape.type === 'integer') {
    if (min !== undefined && value < min) broken.push(`Member must have value greater than or equal to ${min}`);
    if (max !== undefined && value > max) broken.push(`Member must have value less than or equal to ${max}`);
    return broken;
  }
  const size = sizeOf(value);
  if (size !== undefined) {
    if (min !== undefined && size < min) broken.push(`Member must have length greater than or equal to ${min}`);
    if (max !== undefined && size > max) broken.push(`Member must have length less than or equal to ${max}`);
  }
  if (typeof value === 'string') {
    if (pattern !== undefined && !wholeMatch(pattern, value)) broken.push(`${PATTERN}${pattern}`);
    if (shape.enum !== undefined && !shape.enum.includes(value))
      broken.push(`Member must satisfy enum value set: [${shape.enum.join(', ')}]`);
  }
  return broken;
};

const sizeOf = (value: WireValue): number | undefined => {
  if (typeof value === 'string') return value.length;
  return Array.isArray(value) ? value.length : undefined;
};

/** A value as AWS prints it: a list in brackets, a structure as its members. */
const shown = (value: WireValue): string => {
  if (Array.isArray(value)) return `[${value.map((item: WireValue) => shown(item)).join(', ')}]`;
  if (typeof value === 'string') return value;
  if (!isStructure(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, inner]) => `${lowerFirst(name)}=${inner === undefined ? 'null' : shown(inner)}`,
  );
  return `{${members.join(', ')}}`;
};
