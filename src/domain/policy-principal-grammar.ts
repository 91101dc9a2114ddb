/**
 * The rules of the Principal element: who may be named, in which kind of policy.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal"; "NotPrincipal".
 */
import { isAccountId, parseArn, parseRoleArn, parseRootArn, parseSessionArn, parseUserArn } from './arn.ts';
import { stringsOf, SYNTAX_ERROR, type Complain, type GrammarKind } from './policy-fault.ts';
import { isRecord } from './record.ts';

const UNIQUE_ID = /^(?:AIDA|AROA)[A-Z0-9]{12,124}$/;
const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i;
const COGNITO = 'cognito-identity.amazonaws.com';

const isFederatedUser = (text: string): boolean => {
  const arn = parseArn(text);
  return arn?.service === 'sts' && isAccountId(arn.account) && /^federated-user\/[^*?]+$/.test(arn.resource);
};

/** No wildcard but a lone `*`; groups, instance profiles and partial ARNs are no principals. */
const isAwsPrincipal = (text: string): boolean => {
  if (text === '*' || isAccountId(text) || UNIQUE_ID.test(text)) return true;
  if (/[*?]/.test(text)) return false;
  return (
    [parseRootArn, parseUserArn, parseRoleArn, parseSessionArn].some((parse) => parse(text) !== undefined) ||
    isFederatedUser(text)
  );
};

const CHECKS: Readonly<Record<string, { readonly label: string; readonly isValid: (text: string) => boolean }>> = {
  AWS: { label: 'AWS', isValid: isAwsPrincipal },
  Service: { label: 'SERVICE', isValid: (text) => SERVICE.test(text) },
  Federated: { label: 'FEDERATED', isValid: (text) => text !== '' && !/[*?\s]/.test(text) },
};

const checkTrustPrincipal = (principal: unknown, path: string, complain: Complain): void => {
  if (principal === '*')
    return complain(
      path,
      'a bare "*" is refused in a trust policy; {"AWS": "*"} is the accepted form',
      'AssumeRolepolicy contained an invalid principal: "STAR":"*".',
    );
  if (!isRecord(principal)) return complain(path, 'must be an object such as {"AWS": "…"}', 'Principal must be a JSON object.');
  if (Object.keys(principal).length === 0) complain(path, 'is empty', 'Missing required field Principal cannot be empty!');
  for (const [kind, values] of Object.entries(principal)) {
    const check = Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined;
    if (check === undefined) {
      complain(
        `${path}.${kind}`,
        `"${kind}" is no kind of principal in a trust policy`,
        `Invalid principal in policy: "${kind.toUpperCase()}"`,
      );
      continue;
    }
    for (const item of stringsOf(values, `${path}.${kind}`, complain))
      if (!check.isValid(item.text))
        complain(item.path, `"${item.text}" is no principal`, `Invalid principal in policy: "${check.label}":"${item.text}"`);
  }
};

const checkCognito = (statement: Readonly<Record<string, unknown>>, path: string, complain: Complain): void => {
  const principal = statement['Principal'];
  if (!isRecord(principal) || !JSON.stringify(principal['Federated'] ?? '').includes(`"${COGNITO}"`)) return;
  if (
    !JSON.stringify(statement['Condition'] ?? '')
      .toLowerCase()
      .includes(`"${COGNITO}:aud"`)
  )
    complain(
      path,
      `trusts Cognito without a condition on ${COGNITO}:aud`,
      'A condition block must be present for the Cognito provider',
    );
};

export const checkPrincipals = (
  statement: Readonly<Record<string, unknown>>,
  path: string,
  kind: GrammarKind,
  complain: Complain,
): void => {
  const hasPrincipal = 'Principal' in statement;
  if (kind === 'identity') {
    for (const name of ['Principal', 'NotPrincipal'])
      if (name in statement)
        complain(`${path}.${name}`, 'only a resource policy has a principal', 'Policy document should not specify a principal.');
    return;
  }
  if ('NotPrincipal' in statement)
    complain(
      `${path}.NotPrincipal`,
      `cannot stand in ${kind === 'trust' ? 'a trust policy' : 'an RCP'}`,
      'AssumeRole policy must not contain NotPrincipal field.',
    );
  else if (!hasPrincipal)
    complain(path, 'has no Principal', kind === 'trust' ? 'Missing required field Principal' : SYNTAX_ERROR);
  if (!hasPrincipal) return;
  if (kind === 'trust') {
    checkTrustPrincipal(statement['Principal'], `${path}.Principal`, complain);
    checkCognito(statement, path, complain);
  } else if (statement['Principal'] !== '*') complain(`${path}.Principal`, 'an RCP names only "*"', SYNTAX_ERROR);
};
