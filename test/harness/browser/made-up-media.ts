interface Description {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

/**
 * Stands in for RTCPeerConnection: describes a session as any SIP phone understands it, without DTLS and ICE, and carries
 * nothing. With it all that JsSIP says is real, but for what is in its bodies.
 */
export class MadeUpMedia extends EventTarget {
  readonly iceGatheringState = 'complete';
  readonly iceConnectionState = 'connected';
  signalingState = 'stable';
  localDescription: Description | undefined;
  #version = 0;

  async createOffer(): Promise<Description> {
    return { type: 'offer', sdp: this.#sdp() };
  }

  async createAnswer(): Promise<Description> {
    return { type: 'answer', sdp: this.#sdp() };
  }

  async setLocalDescription(description: Description): Promise<void> {
    this.localDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-local-offer' : 'stable';
  }

  async setRemoteDescription({ type }: Description): Promise<void> {
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable';
  }

  getSenders(): [] {
    return [];
  }

  close(): void {
    this.signalingState = 'closed';
  }

  #sdp(): string {
    const lines = [
      'v=0',
      `o=- 1 ${++this.#version} IN IP4 127.0.0.1`,
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      'm=audio 9 RTP/AVP 8',
      'a=sendrecv',
    ];
    return `${lines.join('\r\n')}\r\n`;
  }
}
