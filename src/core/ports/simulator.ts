/** IAM's own judgement of what a principal may do. Reads only. */

/** What a principal may not do, and what stands against it: `policies` are its own. */
export interface DeniedAction {
  readonly action: string;
  readonly resource: string;
  readonly by: 'policies' | 'boundary' | 'organization';
}

export interface Simulator {
  /**
   * SimulatePrincipalPolicy: which of the actions the principal may not do on the resource. Throws XacctError, AWS_REFUSED where whoever asks
   * may not ask.
   */
  deniedActions(principalArn: string, actions: readonly string[], resource: string): Promise<readonly DeniedAction[]>;
}
