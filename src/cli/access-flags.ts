/** A role, and how it is entered, as flags. */
import { sentExternalId, type Access } from '#domain/access.ts';
import { VALUES } from '#domain/values.ts';

/** Where no file has it: all that the trust policy may ask for. */
export const accessFlags = (access: Access): readonly string[] => {
  const externalId = sentExternalId(access);
  return [
    '--role-arn',
    access.roleArn,
    ...(externalId === undefined ? [] : ['--external-id', externalId]),
    ...(access.sessionName === VALUES.sessionName.default ? [] : ['--session-name', access.sessionName]),
    ...Object.entries(access.sessionTags ?? {}).flatMap(([key, value]) => ['--session-tag', `${key}=${value}`]),
    ...(access.sourceIdentity === undefined ? [] : ['--source-identity', access.sourceIdentity]),
  ];
};
