/** OIDC identity providers of an account. AWS trusts the issuer's certificate by its own root store: no thumbprint is sent. */
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  ListOpenIDConnectProvidersCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
} from '@aws-sdk/client-iam';
import type { AccountIam } from '#core/ports/account-iam.ts';
import { unlessAbsent, type IamCalls } from './iam-calls.ts';
import { tagList, tagsOf } from './tags.ts';

type Providers = Pick<
  AccountIam,
  'listProviders' | 'readProvider' | 'createProvider' | 'deleteProvider' | 'addClientId' | 'removeClientId'
>;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html */
export const openProviders = ({ read, write }: IamCalls): Providers => ({
  readProvider: async (arn) => {
    const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn });
    const found = await unlessAbsent(read('GetOpenIDConnectProvider', (iam, options) => iam.send(command, options)));
    return found && { arn, clientIds: found.ClientIDList ?? [], tags: tagsOf(found.Tags) };
  },
  listProviders: async () => {
    const answer = await read('ListOpenIDConnectProviders', (iam, options) =>
      iam.send(new ListOpenIDConnectProvidersCommand({}), options),
    );
    return (answer.OpenIDConnectProviderList ?? []).flatMap(({ Arn }) => Arn ?? []);
  },
  createProvider: async ({ url, clientIds, tags }) => {
    const command = new CreateOpenIDConnectProviderCommand({
      Url: url,
      ClientIDList: [...clientIds],
      ...(Object.keys(tags).length > 0 && { Tags: tagList(tags) }),
    });
    await write('CreateOpenIDConnectProvider', (iam) => iam.send(command));
  },
  deleteProvider: async (arn) => {
    const command = new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn });
    await unlessAbsent(write('DeleteOpenIDConnectProvider', (iam) => iam.send(command)));
  },
  addClientId: async (arn, clientId) => {
    const command = new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, ClientID: clientId });
    await write('AddClientIDToOpenIDConnectProvider', (iam) => iam.send(command));
  },
  removeClientId: async (arn, clientId) => {
    const command = new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, ClientID: clientId });
    await unlessAbsent(write('RemoveClientIDFromOpenIDConnectProvider', (iam) => iam.send(command)));
  },
});
