/** All of this room that talks to IAM. */
import { openAccountIam } from './account-iam.ts';
import { openIam } from './iam-client.ts';
import { openPrincipalIam } from './principal-iam.ts';
import { openSimulator } from './simulator.ts';

export const iam = { openClient: openIam, openAccountIam, openPrincipalIam, openSimulator };
