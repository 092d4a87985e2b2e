import { fresh } from '../../wire/request.ts';
import type { Agent } from './agent.ts';
import type { Leg } from './leg.ts';

/** A call that is up, with both of its sides. */
export class Conversation {
  readonly caller: Leg;
  readonly callee: Leg;

  private constructor(caller: Leg, callee: Leg) {
    this.caller = caller;
    this.callee = callee;
    caller.audio.expects = callee.audio.mark;
    callee.audio.expects = caller.audio.mark;
  }

  /** Throws `Refused` or `Unanswered` when the call does not come about. */
  static async begin(caller: Agent, callee: Agent): Promise<Conversation> {
    const callId = fresh();
    const answered = callee.called(callId);
    const leg = await caller.call(callee.uri, callId);
    return new Conversation(leg, await answered);
  }

  get callId(): string {
    return this.caller.callId;
  }

  get legs(): readonly [Leg, Leg] {
    return [this.caller, this.callee];
  }

  /** Lets one side change the session, and returns the final status. */
  async renew(side: 'caller' | 'callee'): Promise<number> {
    return this[side].renew();
  }

  /** Lets one side hang up, and returns the final status of the BYE; throws when the other does not hear of it. */
  async end(side: 'caller' | 'callee'): Promise<number> {
    const status = await this[side].hangUp();
    const other = side === 'caller' ? 'callee' : 'caller';
    if (this[other].isUp) throw new Error(`${status}, but the ${other} heard nothing`);
    return status;
  }
}
