import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { limits } from '../limits.ts';
import { headerId } from './header-name.ts';
import { headerValue, type Scan, scanMessage } from './scan.ts';

const startLine = 'OPTIONS sip:a.example SIP/2.0\r\n';

function scan(text: string): Scan {
  const found = scanMessage(text);
  if (found instanceof Fault) throw found;
  return found;
}

/** The value of Subject in a message that has this header line. */
function subject(line: string): string | undefined {
  const text = `${startLine}${line}\r\nVia: x\r\n\r\n`;
  return headerValue(text, scan(text), headerId('Subject'));
}

describe('header lines', () => {
  it.each([
    ['plain', 'Subject: lunch', 'lunch'],
    ['no space after the colon', 'Subject:lunch', 'lunch'],
    ['any case', 'sUbJeCt: lunch', 'lunch'],
    ['compact', 's: lunch', 'lunch'],
    ['white space before the colon', 'Subject \t : lunch', 'lunch'],
    ['compact with white space before the colon', 's : lunch', 'lunch'],
    ['white space around the value', 'Subject: \t lunch \t', 'lunch'],
    ['folded before the value', 'Subject:\r\n lunch', 'lunch'],
    ['folded in the value', 'Subject: lunch\r\n at\r\n\t noon', 'lunch at noon'],
    ['a fold that looks like a header', 'Subject: lunch\r\n Via: evil', 'lunch Via: evil'],
    ['folded to nothing', 'Subject: lunch\r\n ', 'lunch'],
    ['a fold of white space only', 'Subject: lunch\r\n  \r\n now', 'lunch  now'],
    ['empty', 'Subject:', ''],
    ['colons in the value', 'Subject: a:b: c', 'a:b: c'],
    ['UTF-8 as latin1 octets', 'Subject: \xc3\xbc\xe6\x97\xa5', '\xc3\xbc\xe6\x97\xa5'],
    ['an escaped NUL', 'Subject: "\\\0"', '"\\\0"'],
  ])('%s', (_, line, value) => {
    expect(subject(line)).toBe(value);
    expect(scan(`${startLine}${line}\r\n\r\n`).flaw).toBeUndefined();
  });

  it.each([
    ['no colon', 'Subject lunch', 'header line 2 has no name with a colon'],
    ['no name', ': lunch', 'header line 2 has no name with a colon'],
    ['a name of two words', 'My Subject: lunch', 'header line 2 has no name with a colon'],
    ['a name that is folded', 'Subject\r\n : lunch', 'header line 2 has no name with a colon'],
    ['a name that is no token', 'Sub@ject: lunch', 'header line 2 has no name with a colon'],
    ['a bare LF', 'Subject: lunch\nVia: evil', 'header line 2 has a bare CR or LF'],
    ['a bare CR', 'Subject: lunch\rVia: evil', 'header line 2 has a bare CR or LF'],
    ['CR CR LF', 'Subject: lunch\r', 'header line 2 has a bare CR or LF'],
    ['LF CR', 'Subject: lunch\n\rVia: evil', 'header line 2 has a bare CR or LF'],
    ['a bare LF in a fold', 'Subject: lunch\r\n at\n noon', 'header line 2 has a bare CR or LF'],
    ['a NUL', 'Subject: lunch\0now', 'header line 2 has a NUL'],
  ])('marks %s, and reads the other lines', (_, line, flaw) => {
    const text = `${startLine}From: x\r\n${line}\r\nTo: y\r\n\r\n`;
    const found = scan(text);
    expect(found.flaw?.detail).toBe(flaw);
    expect(headerValue(text, found, headerId('From'))).toBe('x');
    expect(headerValue(text, found, headerId('To'))).toBe('y');
  });

  it('marks a start line with a bare CR, LF or NUL', () => {
    for (const bare of ['\r', '\n', '\0']) {
      expect(scan(`OPTIONS sip:a${bare}X: y SIP/2.0\r\nTo: y\r\n\r\n`).flaw).toBeDefined();
    }
  });

  it('marks white space after the start line, which folds nothing', () => {
    expect(scan(`${startLine} Via: x\r\n\r\n`).flaw?.detail).toBe('header line 1 has no name with a colon');
  });
});

describe('what has no start line or no end', () => {
  it.each([
    ['nothing', '', 'no start line'],
    ['a keep-alive', '\r\n\r\n', 'no start line'],
    ['no line end at all', 'OPTIONS sip:a.example SIP/2.0', 'no start line'],
    ['no header lines and no empty line', startLine, 'no empty line after the headers'],
    ['no empty line', `${startLine}To: x\r\n`, 'no empty line after the headers'],
    ['half an empty line', `${startLine}To: x\r\n\r`, 'no empty line after the headers'],
    [
      'a line that begins with CR',
      `${startLine}To: x\r\n\rVia: y\r\n\r\n`,
      'no empty line after the headers',
    ],
    ['a cut header line', `${startLine}To: x`, 'the last header line has no CRLF'],
    ['a cut fold', `${startLine}To: x\r\n y`, 'the last header line has no CRLF'],
  ])('%s', (_, text, detail) => {
    const fault = scanMessage(text);
    expect(fault instanceof Fault && fault.detail).toBe(detail);
  });

  it('takes empty lines before the start line (§7.5)', () => {
    const text = `\r\n\r\n${startLine}To: x\r\n\r\nbody`;
    const found = scan(text);
    expect(text.slice(found.start, found.startLineEnd)).toBe('OPTIONS sip:a.example SIP/2.0');
    expect(text.slice(found.bodyStart, found.bodyEnd)).toBe('body');
  });
});

describe('caps', () => {
  it('refuses a message over the cap, with its size', () => {
    const fault = scanMessage(`${startLine}To: x\r\n\r\n${'a'.repeat(limits.messageOctets)}`);
    expect(fault instanceof Fault && fault.kind.status).toBe(513);
    expect(fault instanceof Fault && fault.detail).toMatch(/^655\d\d octets, the cap is 65535$/);
  });

  it('marks a header line over the cap, folds included', () => {
    const half = 'x'.repeat(limits.headerOctets / 2);
    expect(scan(`${startLine}To: ${half}\r\n ${half}\r\n\r\n`).flaw?.detail).toBe(
      'header line 1 has 8199 octets',
    );
  });

  it('takes as many header lines as the cap allows, and marks one more', () => {
    const lines = (count: number): string => `${startLine}${'X: y\r\n'.repeat(count)}\r\n`;
    expect(scan(lines(limits.headerLines)).flaw).toBeUndefined();
    const flawed = scan(lines(limits.headerLines + 1000));
    expect(flawed.flaw?.detail).toBe('header line 257 is one too many');
    expect(flawed.table.length).toBe(scan(lines(limits.headerLines)).table.length);
  });
});
