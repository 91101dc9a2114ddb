/** Query parameters into the members that the input shape declares, by the service model alone. Constraints are validate.ts's. */
import { malformedInput } from '#sandbox/errors.ts';
import type { FormNode } from './form.ts';
import { type ServiceModel, type WireStructure, type WireValue, shapeOf } from './service-model.ts';

/** Parameters that the shape does not declare are ignored, as AWS ignores them. */
export const decodeInput = (model: ServiceModel, shapeName: string, form: FormNode): WireStructure => {
  const input: Record<string, WireValue | undefined> = {};
  for (const [member, of] of Object.entries(shapeOf(model, shapeName).members ?? {})) {
    const node = form.children.get(member);
    if (node !== undefined) input[member] = decode(model, of, node);
  }
  return input;
};

const decode = (model: ServiceModel, shapeName: string, node: FormNode): WireValue | undefined => {
  const shape = shapeOf(model, shapeName);
  switch (shape.type) {
    case 'structure':
      return node.children.size === 0 ? undefined : decodeInput(model, shapeName, node);
    case 'list':
      return decodeList(model, shape.member ?? '', node);
    case 'integer':
      return decodeInteger(node.value ?? '');
    case 'boolean':
      return decodeBoolean(node.value ?? '');
    case 'timestamp':
      return decodeTimestamp(node.value ?? '');
    default:
      return node.value;
  }
};

/** `X.member.1`, `X.member.2`, …; `X=` alone is the empty list. Order is by number, gaps close up. */
const decodeList = (model: ServiceModel, member: string, node: FormNode): readonly WireValue[] => {
  const numbered = [...(node.children.get('member')?.children ?? [])]
    .filter(([index]) => /^\d{1,9}$/.test(index))
    .toSorted(([one], [other]) => Number(one) - Number(other));
  return numbered.flatMap(([, child]) => decode(model, member, child) ?? []);
};

const decodeInteger = (text: string): number => {
  if (!/^-?\d{1,15}$/.test(text)) throw malformedInput(`'${text}' can not be converted to an Integer`);
  return Number(text);
};

const decodeBoolean = (text: string): boolean => {
  const lower = text.toLowerCase();
  if (lower !== 'true' && lower !== 'false') throw malformedInput(`'${text}' can not be converted to a Boolean`);
  return lower === 'true';
};

const decodeTimestamp = (text: string): number => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw malformedInput(`'${text}' can not be converted to a Timestamp`);
  return ms;
};
