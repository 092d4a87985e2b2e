import { datagramCompliance } from './compliance.ts';
import { openDgram } from './dgram.ts';

datagramCompliance('dgram', openDgram);
