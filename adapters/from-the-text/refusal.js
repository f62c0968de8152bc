// Every error that a caller may expect is a `Refusal`, and names what it speaks of; anything else is a fault (R2).

export class Refusal extends Error {
  constructor(kind, details = {}) {
    super(`${kind} ${JSON.stringify(details)}`);
    Object.assign(this, { kind, details });
  }
}
