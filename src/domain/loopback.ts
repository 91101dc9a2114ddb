/** Whether a URL's host is this machine, so that what is sent there does not leave it. */

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/i;

/** `hostname` as URL has it: without the port, IPv6 in brackets. */
export const isLoopbackHost = (hostname: string): boolean => LOOPBACK.test(hostname);
