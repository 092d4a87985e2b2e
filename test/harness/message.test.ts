import { describe, expect, it } from 'vitest';
import { Message, split } from './message.ts';

const options = 'OPTIONS sip:a SIP/2.0\r\nv: one\r\nVia : two\r\nl: 5\r\n\r\nhello';
const response = 'SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n';

describe('a message', () => {
  it('has a start line, headers in long and compact form, and a body', () => {
    const message = new Message(options);
    expect(message.start).toBe('OPTIONS sip:a SIP/2.0');
    expect(message.headers('Via')).toEqual(['one', 'two']);
    expect(message.header('Route')).toBe('');
    expect(message.body).toBe('hello');
  });

  it('is cut out of a stream by its length, keep-alives aside', () => {
    const { messages, rest } = split(`\r\n\r\n${options}${response}SIP/2.0 4`);
    expect(messages.map(({ text }) => text)).toEqual([options, response]);
    expect(rest).toBe('SIP/2.0 4');
  });

  it('waits for the rest of its body', () => {
    const part = options.slice(0, -1);
    expect(split(part)).toEqual({ messages: [], rest: part });
  });
});
