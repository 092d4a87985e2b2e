/** Hard caps on what is read from the wire. A message over a cap is refused, whatever it contains. */
export const limits = {
  /** Octets of a whole message; over it 513. A UDP datagram cannot be larger. */
  messageOctets: 65_535,
  /** Octets of one header line with its folded continuations. */
  headerOctets: 8_192,
  /** Header lines in a message. */
  headerLines: 256,
  /** Elements of one header over all its lines, such as stacked Via values. */
  headerElements: 128,
  /** Parameters of one URI or header value. */
  parameters: 64,
  /** Octets of a URI. */
  uriOctets: 2_048,
  /** Places that one name leads to, as DNS has it: each may be tried in turn. */
  targets: 16,
} as const;
