/** A loopback port for each instance, since SDKs look for metadata at the root of an endpoint. The first account's first instance has the main endpoint. */
import type { Account, Instance } from '#sandbox/model/account.ts';
import type { World } from '#sandbox/model/world.ts';
import { createInstanceMetadata, type InstanceMetadata } from './instance-metadata.ts';

export interface PlacedInstance {
  readonly account: string;
  readonly instanceId: string;
}

export interface MetadataPorts {
  instances(): readonly PlacedInstance[];
  /** Opened at the first request. Rejects where there is no such instance. */
  endpointOf(instanceId: string): Promise<string>;
  /** Of those that are open. */
  endpoints(): ReadonlyMap<string, string>;
}

/** Serves one instance's metadata at a port of its own; resolves with the endpoint. */
export type OpenPort = (metadata: InstanceMetadata) => Promise<string>;

interface Found {
  readonly account: Account;
  readonly instance: Instance;
}

const allOf = (world: World): readonly Found[] =>
  [...world.accounts.values()].flatMap((account) => [...account.instances.values()].map((instance) => ({ account, instance })));

export const firstInstance = (world: World, accountId: string | undefined): Found | undefined => {
  const account = world.accounts.get(accountId ?? '');
  const [instance] = account?.instances.values() ?? [];
  return account === undefined || instance === undefined ? undefined : { account, instance };
};

export const createMetadataPorts = (world: () => World, open: OpenPort): MetadataPorts => {
  const opening = new Map<string, Promise<string>>();
  const opened = new Map<string, string>();
  const find = (instanceId: string): Found | undefined =>
    allOf(world()).find(({ instance }) => instance.instanceId === instanceId);
  return {
    instances: () => allOf(world()).map(({ account: { id }, instance: { instanceId } }) => ({ account: id, instanceId })),
    endpoints: () => opened,
    endpointOf: async (instanceId) => {
      if (find(instanceId) === undefined) throw new Error(`the sandbox has no instance ${instanceId}`);
      const known = opening.get(instanceId) ?? open(createInstanceMetadata(world, () => find(instanceId)));
      opening.set(instanceId, known);
      opened.set(instanceId, await known);
      return known;
    },
  };
};

export interface EndpointOfInstance extends PlacedInstance {
  readonly endpoint: string;
}

/** Each with its endpoint, opened where it was not. */
export const listInstances = (
  ports: MetadataPorts,
  isWanted: (instance: PlacedInstance) => boolean = () => true,
): Promise<readonly EndpointOfInstance[]> =>
  Promise.all(ports.instances().flatMap((one) => (isWanted(one) ? [withEndpoint(ports, one)] : [])));

const withEndpoint = async (ports: MetadataPorts, one: PlacedInstance): Promise<EndpointOfInstance> => ({
  ...one,
  endpoint: await ports.endpointOf(one.instanceId),
});
