/** The budget of a run: a denied probe is somebody's alarm, so there are few of them, whatever goes wrong. */

/** Of probes that may be denied, in one run against one target. */
const MOST_DENIED = 8;

export interface Denials {
  /** False: nothing more may be asked that is likely to be denied. */
  spend(): boolean;
}

export const createDenials = (most = MOST_DENIED): Denials => {
  let spent = 0;
  return {
    spend: () => {
      if (spent >= most) return false;
      spent += 1;
      return true;
    },
  };
};
