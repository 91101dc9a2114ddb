/** IAM's own judgement of what a principal may do. Reads only. */
export interface Simulator {
  /**
   * SimulatePrincipalPolicy: which of the actions the principal may not do on the resource. Throws XacctError, AWS_REFUSED where whoever asks
   * may not ask.
   */
  deniedActions(principalArn: string, actions: readonly string[], resource: string): Promise<readonly string[]>;
}
