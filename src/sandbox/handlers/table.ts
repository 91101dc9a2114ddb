/** Every operation that the sandbox serves, with its handler; a missing one does not compile. */
import type { ServiceModel } from '#sandbox/wire/service-model.ts';
import { IAM_MODEL } from '#sandbox/wire/generated/iam-model.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { ORGANIZATIONS_MODEL } from '#sandbox/wire/organizations-model.ts';
import { STS_MODEL } from '#sandbox/wire/generated/sts-model.ts';
import type { WireStructure } from '#sandbox/wire/service-model.ts';
import { accessKeyHandlers } from './access-keys.ts';
import { accountSettingHandlers } from './account-settings.ts';
import { accountReportHandlers } from './account-report.ts';
import { attachmentHandlers } from './attachments.ts';
import { boundaryHandlers } from './boundaries.ts';
import { credentialReportHandlers } from './credential-report.ts';
import { groupHandlers } from './groups.ts';
import type { Handler, Handlers } from './handler.ts';
import { inlinePolicyHandlers } from './inline-policies.ts';
import { instanceProfileHandlers } from './instance-profiles.ts';
import { mfaDeviceHandlers } from './mfa-devices.ts';
import { oidcProviderHandlers } from './oidc-providers.ts';
import { organizationsHandlers } from './organizations.ts';
import { policyHandlers } from './policies.ts';
import { policyVersionHandlers } from './policy-versions.ts';
import { roleHandlers } from './roles.ts';
import { serviceLinkedRoleHandlers } from './service-linked-roles.ts';
import { signInHandlers } from './sign-in.ts';
import { simulationHandlers } from './simulation.ts';
import { stsHandlers } from './sts.ts';
import { tagHandlers } from './tags.ts';
import { userHandlers } from './users.ts';
import { assumeRoleWithWebIdentity, type UnsignedHandler } from './web-identity.ts';

const iamHandlers: Handlers<IamOperations> = {
  ...roleHandlers,
  ...policyHandlers,
  ...policyVersionHandlers,
  ...attachmentHandlers,
  ...inlinePolicyHandlers,
  ...boundaryHandlers,
  ...tagHandlers,
  ...userHandlers,
  ...accessKeyHandlers,
  ...instanceProfileHandlers,
  ...groupHandlers,
  ...oidcProviderHandlers,
  ...signInHandlers,
  ...serviceLinkedRoleHandlers,
  ...simulationHandlers,
  ...mfaDeviceHandlers,
  ...accountSettingHandlers,
  ...credentialReportHandlers,
  ...accountReportHandlers,
};

export type WireHandler = Handler<WireStructure, WireStructure | void>;

export interface Service {
  readonly model: ServiceModel;
  handler(operation: string): WireHandler | undefined;
  /** Of an operation that needs no signature. */
  unsigned(operation: string): UnsignedHandler | undefined;
}

/** Decoding and validation by the same model that the types are generated from make the wire's structure the handler's input. */
const serviceOf = (model: ServiceModel, handlers: object, unsigned: Readonly<Record<string, UnsignedHandler>> = {}): Service => {
  const table = new Map(Object.entries(handlers) as [string, WireHandler][]);
  const open = new Map(Object.entries(unsigned));
  return { model, handler: (operation) => table.get(operation), unsigned: (operation) => open.get(operation) };
};

const SERVICES: readonly Service[] = [
  serviceOf(IAM_MODEL, iamHandlers),
  serviceOf(STS_MODEL, stsHandlers, { AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity as unknown as UnsignedHandler }),
  serviceOf(ORGANIZATIONS_MODEL, organizationsHandlers),
];

export const isOwnService = (name: string): boolean => SERVICES.some(({ model }) => model.service === name);

interface Target {
  readonly service: Service | undefined;
  readonly action: string;
  readonly isServed: boolean;
}

/** By `X-Amz-Target`, as services with a JSON protocol name their operations. */
export const findTarget = (target: string): Target => {
  const [prefix, action = ''] = target.split('.');
  const service = SERVICES.find(({ model }) => model.targetPrefix !== undefined && model.targetPrefix === prefix);
  return { service, action, isServed: service?.handler(action) !== undefined };
};

/** By the API version that a Query request names; without one, by the service of its signature. */
export const findService = (version: string | undefined, signedFor: string | undefined): Service | undefined =>
  SERVICES.find(({ model }) => (version === undefined ? model.service === signedFor : model.version === version));

/** Whether an operation changes anything: read from its name, as IAM names them. */
export const isWrite = (service: string, operation: string): boolean =>
  service === 'iam' && !/^(?:Get|List|Simulate)/.test(operation);
