/** SimulatePrincipalPolicy as a port. */
import { SimulatePrincipalPolicyCommand, type EvaluationResult } from '@aws-sdk/client-iam';
import type { DeniedAction, Simulator } from '#core/ports/simulator.ts';
import { iamCalls, listPages } from './iam-calls.ts';
import type { Side } from './side.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html */
const layerOf = ({ PermissionsBoundaryDecisionDetail, OrganizationsDecisionDetail }: EvaluationResult): DeniedAction['by'] => {
  if (PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false) return 'boundary';
  return OrganizationsDecisionDetail?.AllowedByOrganizations === false ? 'organization' : 'policies';
};

export const openSimulator = (side: Side): Simulator => {
  const { read } = iamCalls(side);
  return {
    deniedActions: async (principalArn, actions, resource) => {
      const question = { PolicySourceArn: principalArn, ActionNames: [...actions], ResourceArns: [resource] };
      const results = await listPages(async (page) => {
        const command = new SimulatePrincipalPolicyCommand({ ...question, ...page });
        const { EvaluationResults, ...rest } = await read('SimulatePrincipalPolicy', (iam, options) =>
          iam.send(command, options),
        );
        return { items: EvaluationResults, ...rest };
      });
      return results
        .filter(({ EvalDecision }) => EvalDecision !== 'allowed')
        .map((result) => ({ action: result.EvalActionName ?? '', resource, by: layerOf(result) }));
    },
  };
};
