/** What is handed in from outside becomes a Scenario, or every fault of it with its place: one check for the command and the library. */
import { faultsOfForm, type ScenarioFault } from '#domain/scenario-schema.ts';
import { parseInstant } from './instants.ts';
import type { Scenario } from './scenario.ts';

const timeFaults = (value: unknown): readonly ScenarioFault[] => {
  const { time } = value as Scenario;
  if (time === undefined || parseInstant(time) !== undefined) return [];
  return [{ path: 'time', message: `"${time}" is no time in ISO 8601, such as 2026-01-31T12:00:00Z`, known: [] }];
};

export const checkScenario = (
  value: unknown,
): { readonly ok: true; readonly value: Scenario } | { readonly ok: false; readonly faults: readonly ScenarioFault[] } => {
  const ofForm = faultsOfForm(value);
  const faults = ofForm.length === 0 ? timeFaults(value) : ofForm;
  return faults.length === 0 ? { ok: true, value: value as Scenario } : { ok: false, faults };
};
