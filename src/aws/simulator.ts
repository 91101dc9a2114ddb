/** SimulatePrincipalPolicy as a port. */
import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { Simulator } from '#core/ports/simulator.ts';
import { iamCalls, listPages } from './iam-calls.ts';
import type { Side } from './side.ts';

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
      return results.filter(({ EvalDecision }) => EvalDecision !== 'allowed').map(({ EvalActionName = '' }) => EvalActionName);
    },
  };
};
