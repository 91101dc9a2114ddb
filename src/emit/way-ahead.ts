/** The way that Terraform has still to go into a target. */
import { entriesOf, type RoleEntry, type WebIdentity } from '#domain/access.ts';
import type { TerraformTarget } from './terraform-model.ts';

/** The roles that Terraform has yet to enter. */
export const aheadOf = ({ access, isEntered = false }: TerraformTarget): readonly RoleEntry[] =>
  entriesOf(access).slice(isEntered ? 1 : 0);

/** The token that enters the first of them. */
export const tokenOf = ({ access, isEntered = false }: TerraformTarget): WebIdentity | undefined =>
  isEntered ? undefined : access.webIdentity;
