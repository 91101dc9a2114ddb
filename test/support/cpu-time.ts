/** Milliseconds of processor time that some work takes: whoever else keeps the machine busy, it is the same. Files of a worker follow one another. */
export const cpuMsOf = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};
