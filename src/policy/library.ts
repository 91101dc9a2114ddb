/**
 * The library, `import { decideAssumeRole } from 'xacct/policy'`: pure functions over plain data, with no AWS SDK, network or clock.
 * JSON Schemas of what goes in and comes out stand in `xacct/schemas/scenario.schema.json` and `decision.schema.json`.
 */
import type { Decision, Fix } from '#domain/cause.ts';
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { applyChange } from './apply-fix.ts';
import { checkScenario } from './check-scenario.ts';
import * as evaluator from './evaluate.ts';
import type { Scenario } from './scenario.ts';

/**
 * May the caller assume the role, and if not, exactly why? A value that is no scenario is thrown back as the command throws it back:
 * an error with `code` INVALID_VALUE and `diagnostics`, each with its `path` in the scenario, such as `caller.arn`.
 */
export const decideAssumeRole = (scenario: Scenario): Decision => {
  const checked = checkScenario(scenario);
  if (checked.ok) return evaluator.decideAssumeRole(checked.value);
  throw XacctError.of(
    checked.faults.map(({ path, message, known }) =>
      problem('INVALID_VALUE', path === '' ? message : `${path}: ${message}`, {
        path,
        hints: known.length === 0 ? [] : [{ text: `known here: ${known.join(', ')}` }],
      }),
    ),
  );
};

/** What a scenario is after the fix of its decision: decide it again to see what it leads to. Undefined where only a person can act. */
export const applyFix = (scenario: Scenario, { change }: Fix): Scenario | undefined =>
  change === null ? undefined : applyChange(scenario, change);

export { LAYERS, REASONS } from '#domain/cause.ts';
export { compilePolicy, type CompiledPolicy } from './compile.ts';
export type {
  Actor,
  Change,
  Confidence,
  FailedElement,
  Layer,
  LayerAnswer,
  PolicyKind,
  PolicyRef,
  Reason,
  StatementRef,
  Verdict,
} from '#domain/cause.ts';
export type { PolicyDocument, Statement } from '#domain/policy-document.ts';
export type {
  AssumeRoleRequest,
  Caller,
  CallerKind,
  Claims,
  ClaimValue,
  OrganizationLevel,
  PolicySource,
  TargetRole,
  Unreadable,
} from './scenario.ts';
export type { Decision, Fix, Scenario };
