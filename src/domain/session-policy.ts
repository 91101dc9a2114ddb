/** What a session is narrowed to when it is asked for; it gives nothing that the role does not have. */
import { parsePolicyArn } from './arn.ts';
import { at, problem } from './diagnostic.ts';
import { MAX_POLICY_ARNS, MAX_SESSION_POLICY_SIZE } from './limits.ts';
import { parsePolicyDocument } from './policy-document.ts';
import type { Reading } from './reading.ts';
import type { SessionWish } from './spec.ts';
import type { SpecInput } from './spec-input.ts';

type SessionPolicies = Pick<SessionWish, 'policy' | 'policyArns'>;

/** As it is sent: white space outside of texts is left out. */
export const sessionPolicyText = (policy: NonNullable<SessionPolicies['policy']>): string => JSON.stringify(policy);

/** Of no use to everybody who reads a session: then nobody has read the file. */
const readDocument = (reading: Reading, { sessionPolicy: file }: SpecInput): SessionPolicies['policy'] => {
  if (file?.content === undefined) return undefined;
  const parsed = parsePolicyDocument(file.content, 'identity');
  if (parsed.ok) return parsed.value;
  reading.problems.push(...parsed.diagnostics.map((diagnostic) => at(file.value, diagnostic)));
  return undefined;
};

/**
 * "The plaintext that you use for both inline and managed session policies can't exceed 2,048 characters", and ten managed ones at most:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. Its packed size, tags included, is known to STS alone.
 */
export const readSessionPolicies = (reading: Reading, input: SpecInput): SessionPolicies => {
  reading.value('sessionPolicy');
  const policy = readDocument(reading, input);
  const policyArns = [...new Set(reading.list('sessionPolicyArns'))];
  const account = input.targetAccount?.value;
  const stranger = policyArns.find((arn) => ![undefined, 'aws', account].includes(account && parsePolicyArn(arn)?.account));
  const size = policy === undefined ? 0 : sessionPolicyText(policy).length;
  if (size > MAX_SESSION_POLICY_SIZE)
    reading.problems.push(
      problem('POLICY_TOO_LONG', `the session policy has ${size} characters: STS takes ${MAX_SESSION_POLICY_SIZE}`, {
        path: input.sessionPolicy?.value ?? '--session-policy',
        hints: [{ text: 'make a managed policy of it in the target, and name that: --session-policy-arn' }],
      }),
    );
  if (policyArns.length > MAX_POLICY_ARNS)
    reading.problems.push(
      problem('INVALID_VALUE', `${policyArns.length} session policies are named: STS takes ${MAX_POLICY_ARNS}`, {
        path: input.sessionPolicyArns?.[0]?.place ?? '--session-policy-arn',
        hints: [{ text: 'put several into one policy' }],
      }),
    );
  if (stranger !== undefined)
    reading.problems.push(
      problem('INVALID_VALUE', `the session policy ${stranger} is not of the target account ${account ?? ''}`, {
        path: input.sessionPolicyArns?.find(({ value }) => value === stranger)?.place ?? '--session-policy-arn',
        hints: [{ text: 'STS takes policies of AWS and of the account of the role' }],
      }),
    );
  return { policy, policyArns };
};
