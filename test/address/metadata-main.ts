import { createServer } from 'node:http';
import {
  amazon,
  azure,
  ec2Like,
  google,
  type Metadata,
} from '../../packages/platform/src/advertise/cloud/fixture.ts';

const clouds: Readonly<Record<string, (four: string) => Metadata>> = {
  amazon: (four) => amazon({ four }),
  google: (four) => google({ four }),
  azure: (four) => azure({ four }),
  openstack: ec2Like,
};

/** A metadata service of a cloud: `node metadata-main.ts CLOUD ADDRESS`. */
const [, , cloud = '', four = ''] = process.argv;
const metadata = clouds[cloud]!(four);
createServer((request, response) => {
  const { status, body } = metadata(request);
  response.writeHead(status).end(body);
}).listen(80, '169.254.169.254', () => process.stdout.write('ready\n'));
