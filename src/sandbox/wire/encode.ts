/** Answers and errors as AWS's Query XML, by the output shapes of the service model. */
import { type ServiceModel, type WireStructure, type WireValue, shapeOf } from './service-model.ts';

/** `<XResponse><XResult>…</XResult><ResponseMetadata>…`. An operation without output has the metadata only. */
export const encodeAnswer = (
  model: ServiceModel,
  operation: string,
  output: WireStructure | undefined,
  requestId: string,
): string => {
  const { output: shape, resultWrapper } = model.operations[operation] ?? {};
  const body = shape === undefined ? '' : encodeMembers(model, shape, output ?? {});
  const result = resultWrapper === undefined ? body : `<${resultWrapper}>${body}</${resultWrapper}>`;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return `<${operation}Response xmlns="${model.xmlNamespace}">${result}${metadata}</${operation}Response>\n`;
};

/** The error envelope; 4xx is the sender's fault. */
export const encodeError = (
  xmlNamespace: string,
  error: { readonly code: string; readonly message: string; readonly status: number },
  requestId: string,
): string =>
  `<ErrorResponse xmlns="${xmlNamespace}"><Error><Type>${error.status < 500 ? 'Sender' : 'Receiver'}</Type>` +
  `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>\n`;

const encodeMembers = (model: ServiceModel, shapeName: string, value: WireStructure): string =>
  Object.entries(shapeOf(model, shapeName).members ?? {})
    .map(([member, of]) => {
      const inner = value[member];
      return inner === undefined ? '' : `<${member}>${encode(model, of, inner)}</${member}>`;
    })
    .join('');

const encode = (model: ServiceModel, shapeName: string, value: WireValue): string => {
  const shape = shapeOf(model, shapeName);
  if (shape.type === 'timestamp') return formatTimestamp(Number(value));
  if (typeof value !== 'object')
    return shape.type === 'blob' ? Buffer.from(String(value)).toString('base64') : escapeXml(String(value));
  if (Array.isArray(value)) {
    const member = shape.member ?? '';
    return value.map((item: WireValue) => `<member>${encode(model, member, item)}</member>`).join('');
  }
  const structure = value as WireStructure;
  if (shape.type === 'structure') return encodeMembers(model, shapeName, structure);
  return Object.entries(structure)
    .map(
      ([key, inner]) =>
        `<entry><key>${escapeXml(key)}</key><value>${encode(model, shape.value ?? '', inner ?? '')}</value></entry>`,
    )
    .join('');
};

/** AWS answers in whole seconds. */
export const formatTimestamp = (epochMs: number): string => new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, 'Z');

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#xD;' };

// Characters that XML 1.0 cannot hold at all become the replacement character.
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

export const escapeXml = (text: string): string =>
  text.replace(FORBIDDEN, '\ufffd').replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character);
