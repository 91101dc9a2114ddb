/** All that stands against a call, not only what is blamed: a way of calling otherwise is judged by what it brings on as well. */
import type { PolicyKind } from '#domain/cause.ts';
import { ownLayers } from './authorise.ts';
import { applyingDenies, findAllow, type ActionRequest, type Layers, type PolicySet } from './layers.ts';

export interface Obstacle {
  readonly kind: PolicyKind;
  readonly action: string;
  readonly isDeny: boolean;
  /** The same for the same obstacle to another call. */
  readonly key: string;
}

const denies = (set: PolicySet, place: number, request: ActionRequest): readonly Obstacle[] =>
  applyingDenies(set, request).map(({ policyIndex, statement }) => ({
    kind: set.kind,
    action: request.action,
    isDeny: true,
    key: `${place} ${request.action} ${policyIndex} ${statement.ref.index}`,
  }));

/** The layers that have to allow the action; for an account's own role those that the trust policy leaves to ask. */
const layersToAsk = (layers: Layers, request: ActionRequest, isSameAccount: boolean): readonly PolicySet[] => {
  const trusted = layers.trust === null ? undefined : findAllow(layers.trust, request);
  const grant = (trusted?.certain ?? trusted?.possible)?.grant ?? 'account';
  const trust = layers.trust === null ? [] : [layers.trust];
  return [...layers.rcps, ...layers.scps, ...trust, ...ownLayers(layers, grant, isSameAccount)];
};

/** What may refuse, by a fact that nobody stated, counts as what does. */
export const obstaclesTo = (layers: Layers, request: ActionRequest, isSameAccount: boolean): readonly Obstacle[] => {
  const asked = layersToAsk(layers, request, isSameAccount);
  return layers.all.flatMap((set, place) => {
    const isMissing = asked.includes(set) && !set.isUnreadable && findAllow(set, request).certain === undefined;
    const { action } = request;
    const missing: Obstacle = { kind: set.kind, action, isDeny: false, key: `${place} ${action}` };
    return isMissing ? [...denies(set, place, request), missing] : denies(set, place, request);
  });
};
