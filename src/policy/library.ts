/**
 * The library, `import { decideAssumeRole } from 'xacct/policy'`: pure functions over plain data, with no AWS SDK, network or clock.
 * JSON Schemas of what goes in and comes out stand in `xacct/schemas/scenario.schema.json` and `decision.schema.json`.
 */
import type { Decision, Fix } from '#domain/cause.ts';
import { applyChange } from './apply-fix.ts';
import type { Scenario } from './scenario.ts';

/** What a scenario is after the fix of its decision: decide it again to see what it leads to. Undefined where only a person can act. */
export const applyFix = (scenario: Scenario, { change }: Fix): Scenario | undefined =>
  change === null ? undefined : applyChange(scenario, change);

export { LAYERS, REASONS } from '#domain/cause.ts';
export { compilePolicy, type CompiledPolicy } from './compile.ts';
export { decideAssumeRole } from './evaluate.ts';
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
