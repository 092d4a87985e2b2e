/** What the variables of our settings begin with. */
export const variablePrefix = 'TANDEM_';

/**
 * Kubernetes tells each pod of the Services of its namespace in variables named after them, and `tandem-edge` would
 * be `TANDEM_EDGE_SERVICE_HOST`, `TANDEM_EDGE_PORT=tcp://…`, `TANDEM_EDGE_PORT_5060_TCP_ADDR` and the like.
 */
const serviceLinks = [
  /_SERVICE_HOST$/,
  /_SERVICE_PORT(_[A-Z0-9_]+)?$/,
  /_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/,
];
const linkAddress = /^(tcp|udp|sctp):\/\//;

/** Whether a variable is none of our settings, though it may begin like one. */
export function isForeign(variable: string, value: string): boolean {
  if (!variable.startsWith(variablePrefix)) return true;
  // The tests say there how they run, and start the programs that read settings; `tandem phone` is told its password.
  if (/^(TEST|PHONE)_/.test(variable.slice(variablePrefix.length))) return true;
  if (variable.endsWith('_PORT') && linkAddress.test(value)) return true;
  return serviceLinks.some((link) => link.test(variable));
}
