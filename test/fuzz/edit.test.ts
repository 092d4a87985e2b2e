import { Edit, Fault, type HeaderName, parseMessage } from '@tandem/sip';
import { expect, it } from 'vitest';
import { type Generated, generate, type Line, write, writeLine } from './generate.ts';
import { Random } from './random.ts';

/** An edit, and what it does to the lines of a message when they are seen as lines. */
interface Change {
  readonly edit: (edit: Edit) => void;
  readonly model: (model: Model) => void;
}

/** The message as a list of lines: what stands before each of them, and the line itself unless it was taken out. */
class Model {
  startLine: string;
  body: string;
  readonly lines: { readonly name: string; before: string; text: string }[];
  end = '';

  constructor({ startLine, lines, body }: Generated) {
    this.startLine = startLine;
    this.body = body;
    this.lines = lines.map((line) => ({ name: line.name, before: '', text: writeLine(line) }));
  }

  named(name: string): { before: string; text: string }[] {
    return this.lines.filter((line) => line.name === name);
  }

  toString(): string {
    const lines = this.lines.map(({ before, text }) => before + text).join('');
    return `${this.startLine}\r\n${lines}${this.end}\r\n${this.body}`;
  }
}

const names = [
  'Via',
  'From',
  'To',
  'Max-Forwards',
  'Contact',
  'Route',
  'Record-Route',
  'Subject',
  'Path',
] as const;

/** Changes that do not overlap: one for each name at the most, and the ones that go between lines. */
function changes(random: Random, generated: Generated): Change[] {
  const some: Change[] = names
    .filter(() => random.once(2))
    .map((name) => random.pick([set, remove, removeFirst, replaceFirst])(generated, name));
  some.push(...random.times(random.below(4), (index) => prepend(random.pick(names), `new ${index}`)));
  some.push(...random.times(random.below(3), (index) => append(`X-New-${index}`, '')));
  if (random.once(3)) some.push(removeUnknown('X-ODD', 'X-Odd'));
  if (random.once(3) && generated.uri !== undefined)
    some.push(requestUri(generated.startLine, generated.uri));
  if (random.once(3)) some.push(body(generated, random.pick(['', 'v=0\r\n', '\0\r\n\r\n'])));
  return some;
}

function first({ lines }: Generated, name: string): Line | undefined {
  return lines.find((line) => line.name === name);
}

function prepend(name: HeaderName, value: string): Change {
  return {
    edit: (edit) => edit.prepend(name, value),
    model: (model) => {
      const line = model.named(name)[0] ?? model.lines[0]!;
      line.before += `${name}: ${value}\r\n`;
    },
  };
}

function append(name: string, value: string): Change {
  return {
    edit: (edit) => edit.append(name, value),
    model: (model) => {
      model.end += `${name}: ${value}\r\n`;
    },
  };
}

function set(generated: Generated, name: HeaderName): Change {
  const line = first(generated, name);
  return {
    edit: (edit) => edit.set(name, 'set'),
    model: (model) => {
      if (!line) return append(name, 'set').model(model);
      take(model, name, writeLine({ ...line, elements: ['set'] }));
    },
  };
}

function remove(_: Generated, name: HeaderName): Change {
  return { edit: (edit) => edit.remove(name), model: (model) => take(model, name, '') };
}

function removeUnknown(spelled: string, name: string): Change {
  return { edit: (edit) => edit.remove(spelled), model: (model) => take(model, name, '') };
}

/** Takes out the lines of a name and leaves one text in the place of the first. */
function take(model: Model, name: string, instead: string): void {
  model.named(name).forEach((line, index) => {
    line.text = index === 0 ? instead : '';
  });
}

function removeFirst(generated: Generated, name: HeaderName): Change {
  const line = first(generated, name);
  const rest = line?.elements.slice(1) ?? [];
  return {
    edit: (edit) => edit.removeFirst(name),
    model: (model) => {
      if (line) model.named(name)[0]!.text = rest.length === 0 ? '' : writeLine({ ...line, elements: rest });
    },
  };
}

function replaceFirst(generated: Generated, name: HeaderName): Change {
  const line = first(generated, name);
  return {
    edit: (edit) => edit.replaceFirst(name, 'first'),
    model: (model) => {
      if (!line) return prepend(name, 'first').model(model);
      model.named(name)[0]!.text = writeLine({ ...line, elements: ['first', ...line.elements.slice(1)] });
    },
  };
}

function requestUri(startLine: string, uri: string): Change {
  return {
    edit: (edit) => edit.requestUri('sip:new@x.example'),
    model: (model) => {
      model.startLine = startLine.replace(uri, () => 'sip:new@x.example');
    },
  };
}

function body(generated: Generated, text: string): Change {
  const line = first(generated, 'Content-Length');
  return {
    edit: (edit) => edit.body(text),
    model: (model) => {
      model.body = text;
      if (!line) return append('Content-Length', String(text.length)).model(model);
      take(model, 'Content-Length', writeLine({ ...line, elements: [String(text.length)] }));
    },
  };
}

it('changes what it is told to, and not one octet more', () => {
  for (let iteration = 0; iteration < 5000; iteration++) {
    const random = Random.of(2, iteration);
    const generated = generate(random);
    const message = parseMessage(write(generated));
    if (message instanceof Fault) throw message;
    const edit = new Edit(message);
    const model = new Model(generated);
    for (const change of changes(random, generated)) {
      change.edit(edit);
      change.model(model);
    }
    if (!message.has('Content-Length') && !model.end.includes('Content-Length')) {
      append('Content-Length', String(generated.body.length)).model(model);
    }
    expect(edit.write(), `iteration ${iteration}`).toBe(String(model));
  }
});
