export { nearestClockRate, staticClockRate } from './clock-rate.ts';
export { classify, type DatagramKind } from './demux.ts';
export { DTMF_DIGITS, type DtmfOptions, type DtmfPacket, DtmfReceiver, encodeDtmf } from './dtmf.ts';
export { decodeG711, encodeG711, G711_SILENCE, type G711Law } from './g711.ts';
export {
  headerLength,
  payloadLength,
  RTP_HEADER,
  type RtpHeader,
  readMarker,
  readPayloadType,
  readSequence,
  readSsrc,
  readTimestamp,
  writeHeader,
} from './packet.ts';
export { frames, Packetiser, type Stream } from './packetiser.ts';
export { Playout, type PlayoutCounters } from './playout.ts';
export { Reception } from './reception.ts';
export { type ReportBlock, type RtcpPacket, readRtcp, readRtcpSsrc } from './rtcp.ts';
export { energyShare, generateTone, type Tone } from './tone.ts';
export { readWav, type Wav, type WavEncoding, type WavReading, writeWav } from './wav.ts';
