/** The options that say what a set-up is to be, and whose credentials reach it: init and plan share them. */
import type { OptionDefinition } from './command.ts';
import { HEADINGS, under } from './headings.ts';
import { optionsOf, SESSION, SOURCE_ACCOUNT, SOURCE_PROFILE, TARGET_ACCOUNT, TARGET_PROFILE } from './options.ts';

export const SPEC_OPTIONS: readonly OptionDefinition[] = [
  ...under(HEADINGS.accounts, TARGET_PROFILE, SOURCE_PROFILE, TARGET_ACCOUNT, SOURCE_ACCOUNT, ...optionsOf('viaRole')),
  ...under(
    HEADINGS.trust,
    ...optionsOf('trust', 'untrust', 'externalId', 'rotateExternalId', 'retireExternalId'),
    ...optionsOf('grantSource', 'grantTo', 'instanceRole', 'sourceTrust', 'hubRole', 'sourcePermissionsBoundary', 'layout'),
  ),
  ...under(
    HEADINGS.permissions,
    ...optionsOf('policies', 'policyArns', 'presets', 'allowAdmin', 'permissions', 'permissionsBoundary'),
  ),
  ...under(HEADINGS.role, ...optionsOf('roleName', 'path', 'description', 'maxSessionDuration', 'tags', 'pair', 'planTrust')),
  ...under(
    HEADINGS.conditions,
    ...optionsOf('requireMfa', 'orgId', 'orgPaths', 'sourceIps', 'requiredSourceIdentities'),
    ...optionsOf('sessionNamePrefix', 'requiredSessionTags'),
  ),
  ...under(HEADINGS.session, ...SESSION),
];
