/** Addresses that a trust policy may ask for: such as AWS sees, and not nearly all of them. */
import { describe, expect, test } from 'vitest';
import { parseSourceIp } from '#domain/condition-fields.ts';

const said = (value: string): string => {
  const result = parseSourceIp({ value, place: '--source-ip' });
  return result.ok ? 'taken' : (result.diagnostics[0]?.message ?? '');
};

describe('an address of --source-ip', () => {
  test.each(['203.0.113.7', '203.0.113.0/24', '8.0.0.0/8', '223.255.255.255', '2001:db8::/32', '2600:1F18::1', '3fff::/20'])(
    '%s is taken',
    (value) => {
      expect(said(value)).toBe('taken');
    },
  );

  test.each([
    ['0.0.0.0/0', 'is every address there is'],
    ['::/0', 'is every address there is'],
    ['0.0.0.0/1', 'is a large part of all addresses there are'],
    ['128.0.0.0/1', 'is a large part of all addresses there are'],
    ['8.0.0.0/7', 'is a large part of all addresses there are'],
    ['::/1', 'is a large part of all addresses there are'],
    ['2000::/3', 'is a large part of all addresses there are'],
    ['1.2.3.4/008', 'has no such range'],
    ['1.2.3.4/33', 'has no such range'],
    ['10.0.0.1', 'is private'],
    ['fd00::1', 'is private'],
    ['fe80::1', 'is private'],
    ['fec0::1', 'is private'],
    ['0.1.2.3', 'is private'],
    ['224.0.0.1', 'is private'],
    ['255.255.255.255', 'is private'],
    ['::1', 'is private'],
    ['ff02::1', 'is private'],
    ['::ffff:10.0.0.1', 'is an IPv4 address in the form of IPv6'],
    ['::ffff:203.0.113.7', 'is an IPv4 address in the form of IPv6'],
    ['1.2.3', 'is not an address'],
    ['01.2.3.4', 'is not an address'],
  ])('%s %s', (value, why) => {
    expect(said(value)).toContain(why);
  });
});
