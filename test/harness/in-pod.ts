import { type Program, sources } from './tandem-process.ts';

/**
 * The sources, in a process that sees its service account where pods do, which no other process does. `SERVICE_ACCOUNT`
 * says where it is.
 */
export const inPod: Program = {
  ...sources,
  node: [
    'unshare',
    ...['--mount', 'sh', '-c'],
    'mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io && ' +
      'cp -r "$SERVICE_ACCOUNT" /run/secrets/kubernetes.io/serviceaccount && exec "$@"',
    'sh',
    ...sources.node,
  ],
};
