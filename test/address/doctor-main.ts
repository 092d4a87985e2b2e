import { createServer } from 'node:http';
import { hostPort } from '@tandem/platform';
import { nodesOf, sipAddresses } from '../../services/cli/src/doctor/address/address-checks.ts';
import { viewByHttp } from '../../services/cli/src/doctor/address/cluster-view.ts';
import { examineAddresses } from '../../services/cli/src/doctor/doctor.ts';
import { reportLine } from '../../services/cli/src/doctor/report.ts';
import { parseProxyAddress } from '../../services/cli/src/phone/proxy-address.ts';

/** A doctor that is asked again and again: `node doctor-main.ts HOST PORT VIEW`, then `GET /TARGET`, or `GET /`. */
const [, , host = '', port = '', view = ''] = process.argv;

async function examine(target: string): Promise<string[]> {
  const cluster = viewByHttp(hostPort.parse(view));
  const named = parseProxyAddress(target);
  const lines: string[] = [];
  const results = examineAddresses(named ? [named] : sipAddresses(await nodesOf(cluster)), cluster);
  for await (const result of results) if (result.status !== 'ok') lines.push(reportLine(result));
  return lines;
}

createServer((request, response) => {
  examine((request.url ?? '').slice(1)).then(
    (lines) => response.end(JSON.stringify(lines)),
    (error: unknown) => response.end(JSON.stringify([String(error)])),
  );
}).listen(Number(port), host, () => process.stdout.write('ready\n'));
