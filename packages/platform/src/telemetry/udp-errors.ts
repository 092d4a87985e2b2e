import { readFileSync } from 'node:fs';

/**
 * Datagrams that the kernel threw away because a receive buffer was full, over all sockets of this network namespace
 * and both address families; undefined where there is no /proc.
 */
export function readReceiveBufferErrors(): number | undefined {
  const ipv4 = parseSnmp(read('/proc/net/snmp'));
  const ipv6 = parseSnmp6(read('/proc/net/snmp6'));
  return ipv4 === undefined && ipv6 === undefined ? undefined : (ipv4 ?? 0) + (ipv6 ?? 0);
}

/** A line of names and a line of values, both behind `Udp:`. */
export function parseSnmp(text: string): number | undefined {
  const [names, values] = text
    .split('\n')
    .filter((line) => line.startsWith('Udp: '))
    .map((line) => line.split(' '));
  return number(values?.[names?.indexOf('RcvbufErrors') ?? -1]);
}

/** A name and a value on each line. */
export function parseSnmp6(text: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith('Udp6RcvbufErrors'));
  return number(line?.trim().split(/\s+/)[1]);
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : undefined;
}

/** The files of /proc are made when they are read: no disk is waited for. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
