/**
 * Inside one organization the organization takes the external ID's place. An external ID answers the confused deputy, which is a third
 * party; who wants one all the same says `--external-id generate`. Where either account's organization is not known, it counts as no.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
import { parseRootArn } from '#domain/arn.ts';
import { ownershipTags } from '#domain/compile.ts';
import { ID_TAG } from '#domain/desired.ts';
import { note } from '#domain/diagnostic.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import { askedValues } from '#domain/asked-values.ts';
import type { Principal } from '#domain/principal.ts';
import type { Spec } from '#domain/spec.ts';
import type { RoleState } from './ports/account-iam.ts';
import type { AwsSide } from './ports/aws-accounts.ts';
import type { Reporter } from './ports/reporter.ts';

interface Sides {
  readonly target: Pick<AwsSide, 'organizations'>;
  readonly source: Pick<AwsSide, 'organizations'> | undefined;
}

/** The id of the organization that both accounts are in. Asks only where the answer decides something; never rejects. */
export const readSharedOrganization = async (request: SpecRequest, { target, source }: Sides): Promise<string | undefined> => {
  const { externalId, externalIdChange } = request.role;
  const isOpen = externalId.kind === 'generate' && externalId.isDefault === true && externalIdChange === undefined;
  if (!isOpen || source === undefined) return undefined;
  // One after the other: the first goes along with who the sides are, the second with what they hold, and most accounts spare the second.
  const ofTarget = await target.organizations.organizationId();
  if (ofTarget === undefined) return undefined;
  return (await source.organizations.organizationId()) === ofTarget ? ofTarget : undefined;
};

/** A user or role of the source, by its ARN: everyone in an account is no such thing, and a token is of no organization. */
const isExact = (principal: Principal, sourceAccount: string): boolean =>
  principal.kind === 'aws' && principal.account === sourceAccount && parseRootArn(principal.arn) === undefined;

const KEY = 'aws:PrincipalOrgID';

/** The organization that a role of ours already asks for in an external ID's place. */
const organizationIn = (spec: Spec, role: RoleState | undefined): string | undefined => {
  if (role === undefined || role.tags[ID_TAG] !== ownershipTags(spec)[ID_TAG]) return undefined;
  return askedValues(role.trustPolicy, KEY)[0];
};

/**
 * Of a Spec that keeps what its role asks for already: an external ID that is there stays. Where the role asks for an organization, it does
 * so again, read or not: a caller that sends no external ID must not be locked out because nobody could look. Pure.
 */
export const byOrganization = (spec: Spec, role: RoleState | undefined, shared: string | undefined): Spec => {
  const { externalId, conditions, trust, externalIdChange } = spec.role;
  if (externalId.kind !== 'generate' || externalId.isDefault !== true || externalIdChange !== undefined) return spec;
  const own = trust.some(({ kind }) => kind === 'oidc') ? undefined : organizationIn(spec, role);
  const orgId = own ?? (trust.every((principal) => isExact(principal, spec.sourceAccount)) ? shared : undefined);
  if (orgId === undefined || (conditions.orgId ?? orgId) !== orgId) return spec;
  return { ...spec, role: { ...spec.role, externalId: { kind: 'none' }, conditions: { ...conditions, orgId } } };
};

/** Says what was decided in nobody's words. */
export const tellOrganization = (before: Spec, { role }: Spec, reporter: Reporter): void => {
  const { orgId } = role.conditions;
  if (before.role.externalId.kind === 'none' || orgId === undefined) return;
  reporter.tell(
    note('ASSUMED_VALUE', `the role asks for organization ${orgId}, which both accounts are in, and for no external ID`, [
      { text: 'for an external ID all the same: --external-id generate' },
    ]),
  );
};
