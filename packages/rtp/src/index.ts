export { nearestClockRate, staticClockRate } from './clock-rate.ts';
export { classify, type DatagramKind } from './demux.ts';
export { type DtmfOptions, type DtmfPacket, DtmfReceiver, dtmfDigits, encodeDtmf } from './dtmf.ts';
export { decodeG711, encodeG711, type G711Law, g711Silence } from './g711.ts';
export {
  headerLength,
  payloadLength,
  type RtpHeader,
  readMarker,
  readPayloadType,
  readSequence,
  readSsrc,
  readTimestamp,
  rtpHeaderSize,
  writeHeader,
} from './packet.ts';
export { frames, Packetiser, type Stream } from './packetiser.ts';
export { Playout, type PlayoutCounters } from './playout.ts';
export { Reception } from './reception.ts';
export { type ReportBlock, type RtcpPacket, readRtcp, readRtcpSsrc } from './rtcp.ts';
export { energyShare, generateTone, type Tone } from './tone.ts';
export { readWav, type Wav, type WavEncoding, type WavReading, writeWav } from './wav.ts';
