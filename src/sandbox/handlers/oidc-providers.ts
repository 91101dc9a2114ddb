/** OIDC identity providers: made, read, changed, deleted. STS checks tokens against them. */
import { alreadyExists, invalidInput, limitExceeded, validationError } from '#sandbox/errors.ts';
import { addOidcProvider, oidcProviderArn } from '#sandbox/model/entities.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import { mergeTags } from '#sandbox/model/tags.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { tagContext } from './context.ts';
import { findProvider, onArn } from './find.ts';
import type { Call, Handlers } from './handler.ts';
import { someTags } from './views.ts';

type ProviderOperations = Pick<
  IamOperations,
  | 'CreateOpenIDConnectProvider'
  | 'GetOpenIDConnectProvider'
  | 'ListOpenIDConnectProviders'
  | 'DeleteOpenIDConnectProvider'
  | 'AddClientIDToOpenIDConnectProvider'
  | 'RemoveClientIDFromOpenIDConnectProvider'
  | 'UpdateOpenIDConnectProviderThumbprint'
>;

/** A provider that fetches its keys over the network must be on this machine; all others are spoken for by the sandbox's own issuer. */
const URL_FORM =
  /^https:\/\/[^\s/?#:@]+(?::\d{1,5})?(?:\/[^\s?#]*)?$|^http:\/\/(?:127\.0\.0\.1|localhost)(?::\d{1,5})?(?:\/[^\s?#]*)?$/;
const THUMBPRINT = /^[0-9a-fA-F]{40}$/;

const assertThumbprints = (thumbprints: readonly string[]): void => {
  if (thumbprints.length > QUOTAS.thumbprintsPerProvider)
    throw invalidInput('Thumbprint list must contain fewer than 5 entries.');
  if (thumbprints.some((thumbprint) => !THUMBPRINT.test(thumbprint)))
    throw validationError('Thumbprint must be a 40 character hex string.');
};

const onProvider = (call: Call, action: string, arn: string) => [onArn(action, arn, call.account.oidcProviders.get(arn))];

export const oidcProviderHandlers: Handlers<ProviderOperations> = {
  CreateOpenIDConnectProvider: {
    permissions: ({ Url, Tags }, { account }) =>
      ['CreateOpenIDConnectProvider', ...((Tags?.length ?? 0) > 0 ? ['TagOpenIDConnectProvider'] : [])].map((name) => ({
        action: `iam:${name}`,
        resource: oidcProviderArn(account, Url),
        context: tagContext(Tags),
      })),
    run: ({ Url: url, ClientIDList: clientIds = [], ThumbprintList: thumbprints = [], Tags }, { account, world }) => {
      if (!URL_FORM.test(url)) throw validationError('Invalid Open ID Connect Provider URL');
      assertThumbprints(thumbprints);
      const tags = mergeTags([], Tags ?? [], 'exact');
      if (clientIds.length > QUOTAS.clientIdsPerProvider)
        throw limitExceeded(`Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${QUOTAS.clientIdsPerProvider}`);
      if (account.oidcProviders.has(oidcProviderArn(account, url)))
        throw alreadyExists(`Provider with url ${url} already exists.`);
      if (account.oidcProviders.size >= QUOTAS.oidcProvidersPerAccount)
        throw limitExceeded(`Cannot exceed quota for OpenIdConnectProvidersPerAccount: ${QUOTAS.oidcProvidersPerAccount}`);
      const provider = addOidcProvider(world, account, { url, clientIds: [...new Set(clientIds)], thumbprints, tags });
      return { OpenIDConnectProviderArn: provider.arn, Tags: someTags(tags) };
    },
  },
  GetOpenIDConnectProvider: {
    permissions: ({ OpenIDConnectProviderArn: arn }, call) => onProvider(call, 'GetOpenIDConnectProvider', arn),
    run: ({ OpenIDConnectProviderArn: arn }, call) => {
      const { url, clientIds, thumbprints, createdAt, tags } = findProvider(call, arn);
      return { Url: url, ClientIDList: clientIds, ThumbprintList: thumbprints, CreateDate: createdAt, Tags: someTags(tags) };
    },
  },
  ListOpenIDConnectProviders: {
    permissions: (_input, { account }) => [
      { action: 'iam:ListOpenIDConnectProviders', resource: `arn:${account.partition}:iam::${account.id}:oidc-provider/` },
    ],
    run: (_input, { account }) => ({ OpenIDConnectProviderList: [...account.oidcProviders.keys()].map((Arn) => ({ Arn })) }),
  },
  DeleteOpenIDConnectProvider: {
    permissions: ({ OpenIDConnectProviderArn: arn }, call) => onProvider(call, 'DeleteOpenIDConnectProvider', arn),
    // "it does not fail or return an error if you call the operation for a provider that does not exist" (API reference).
    run: ({ OpenIDConnectProviderArn: arn }, call) => {
      call.account.oidcProviders.delete(arn);
    },
  },
  AddClientIDToOpenIDConnectProvider: {
    permissions: ({ OpenIDConnectProviderArn: arn }, call) => onProvider(call, 'AddClientIDToOpenIDConnectProvider', arn),
    // Idempotent: "it does not fail or return an error if you add an existing client ID" (API reference).
    run: ({ OpenIDConnectProviderArn: arn, ClientID }, call) => {
      const provider = findProvider(call, arn);
      const clientIds = [...new Set([...provider.clientIds, ClientID])];
      if (clientIds.length > QUOTAS.clientIdsPerProvider)
        throw limitExceeded(`Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${QUOTAS.clientIdsPerProvider}`);
      provider.clientIds = clientIds;
    },
  },
  RemoveClientIDFromOpenIDConnectProvider: {
    permissions: ({ OpenIDConnectProviderArn: arn }, call) => onProvider(call, 'RemoveClientIDFromOpenIDConnectProvider', arn),
    run: ({ OpenIDConnectProviderArn: arn, ClientID }, call) => {
      const provider = findProvider(call, arn);
      provider.clientIds = provider.clientIds.filter((id) => id !== ClientID);
    },
  },
  UpdateOpenIDConnectProviderThumbprint: {
    permissions: ({ OpenIDConnectProviderArn: arn }, call) => onProvider(call, 'UpdateOpenIDConnectProviderThumbprint', arn),
    run: ({ OpenIDConnectProviderArn: arn, ThumbprintList }, call) => {
      const provider = findProvider(call, arn);
      assertThumbprints(ThumbprintList);
      provider.thumbprints = ThumbprintList;
    },
  },
};
