/** IPv4 and IPv6 addresses and CIDR blocks as bytes, for IpAddress and NotIpAddress. A bare address is a block of one. */

export interface Block {
  readonly bytes: readonly number[];
  readonly bits: number;
}

const DECIMAL = /^\d{1,3}$/;
const HEXTET = /^[0-9a-fA-F]{1,4}$/;

const parseV4 = (text: string): readonly number[] | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => DECIMAL.test(part) && Number(part) < 256)) return undefined;
  return parts.map(Number);
};

const hextets = (text: string): readonly number[] | undefined => {
  if (text === '') return [];
  const bytes: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const embedded = i === parts.length - 1 && part.includes('.') ? parseV4(part) : undefined;
    if (embedded !== undefined) bytes.push(...embedded);
    else if (HEXTET.test(part)) bytes.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255);
    else return undefined;
  }
  return bytes;
};

const parseV6 = (text: string): readonly number[] | undefined => {
  const [head, tail, ...more] = text.split('::');
  if (head === undefined || more.length > 0) return undefined;
  const front = hextets(head);
  const back = tail === undefined ? [] : hextets(tail);
  if (front === undefined || back === undefined) return undefined;
  const gap = 16 - front.length - back.length;
  if (tail === undefined ? gap !== 0 : gap < 2) return undefined;
  return [...front, ...Array.from({ length: gap }, () => 0), ...back];
};

export const parseAddress = (text: string): readonly number[] | undefined => (text.includes(':') ? parseV6(text) : parseV4(text));

export const parseBlock = (text: string): Block | undefined => {
  const [address = '', bits, ...more] = text.split('/');
  const bytes = parseAddress(address);
  if (bytes === undefined || more.length > 0) return undefined;
  const width = bytes.length * 8;
  if (bits === undefined) return { bytes, bits: width };
  return DECIMAL.test(bits) && Number(bits) <= width ? { bytes, bits: Number(bits) } : undefined;
};

/** An IPv4 address is in no IPv6 block, and the reverse. */
export const isInBlock = (address: readonly number[], block: Block): boolean => {
  if (address.length !== block.bytes.length) return false;
  return block.bytes.every((byte, i) => {
    const bits = Math.min(8, Math.max(0, block.bits - i * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === ((address[i] ?? 0) & mask);
  });
};
