// Acts on their way to the server: sent one after the other, kept in this browser until the server has answered,
// tried again while there is no connection. Knows decisions only as values; knows no screen.

import { Refused, Unreachable, post } from "./api.js";

const PAUSES_MS = [500, 1000, 2000, 4000, 8000];

export class Outbox {
  /**
   * @param {string} study - id.
   * @param {string} user - whose acts: two people at one computer do not send each other's.
   * @param {object} hooks - `onChange(acts)`, `onAnswer(act, answer)`, `onRefused(act, refused)`, `onConnection(isThere)`.
   */
  constructor(study, user, hooks) {
    this.study = study;
    this.place = `jtbd.outbox.${study}.${user}`;
    this.hooks = hooks;
    this.acts = kept(this.place);
    this.isSending = false;
    this.n_failed = 0;
    this.wake = () => this.send();
    addEventListener("online", this.wake);
    if (this.acts.length) queueMicrotask(() => this.send());
  }

  /** Stop sending; what waits stays in this browser for the next visit. */
  close() {
    removeEventListener("online", this.wake);
    clearTimeout(this.timer);
    this.isClosed = true;
  }

  /** Put an act at the end of the queue and send it as soon as its turn comes. */
  add(decision, summary) {
    const act = { key: crypto.randomUUID?.() ?? String(Math.random()), decision, summary };
    this.change([...this.acts, act]);
    this.send();
    return act;
  }

  /** Take back an act that was not sent yet; false if it is under way already. */
  takeBack(key) {
    const place = this.acts.findIndex((act) => act.key === key);
    if (place < (this.isSending ? 1 : 0)) return false;
    this.change(this.acts.filter((act) => act.key !== key));
    return true;
  }

  async send() {
    clearTimeout(this.timer);
    if (this.isSending) return;
    this.isSending = true;
    while (this.acts.length && !this.isClosed) {
      const [act] = this.acts;
      try {
        const answer = await post(`/studies/${this.study}/decisions`, act.decision, { query: { offsets: "utf16" }, headers: { "Idempotency-Key": act.key } });
        this.told(true);
        this.settle(act, () => this.hooks.onAnswer(act, answer));
      } catch (fault) {
        if (fault instanceof Unreachable || (fault instanceof Refused && ([401, 429].includes(fault.status) || fault.code === "request_running"))) {
          if (fault instanceof Unreachable) this.told(false);
          this.timer = setTimeout(this.wake, PAUSES_MS[Math.min(this.n_failed++, PAUSES_MS.length - 1)]);
          break;
        }
        this.settle(act, () => this.hooks.onRefused(act, fault));
      }
    }
    this.isSending = false;
  }

  /** Take an act off the queue, in one go with what follows from it. */
  settle(act, follow) {
    this.n_failed = 0;
    this.acts = this.acts.filter((other) => other.key !== act.key);
    follow();
    this.change(this.acts);
  }

  /** Tell acts that wait of an entry's new revision, which an act of our own before them brought about. */
  follow(id, before, after) {
    this.acts = this.acts.map((act) =>
      act.decision.seen?.[id] === before ? { ...act, decision: { ...act.decision, seen: { ...act.decision.seen, [id]: after } } } : act,
    );
  }

  change(acts) {
    this.acts = acts;
    try {
      if (acts.length) localStorage.setItem(this.place, JSON.stringify(acts));
      else localStorage.removeItem(this.place);
    } catch {
      // A browser that keeps nothing still sends what it has.
    }
    this.hooks.onChange(acts);
  }

  told(isThere) {
    this.hooks.onConnection(isThere);
  }
}

function kept(place) {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "[]");
  } catch {
    return [];
  }
}
