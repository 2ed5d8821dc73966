// What: where a scan's order stood at a moment of the last minutes.
// Idea: now and then a place is noted; what is asked for is the last note before that moment, so that going back to it
//   leaves nothing out.
// Trap: notes are few and old ones are dropped: a moment before all of them gets the oldest.

export interface Place {
  /** From 0. */
  readonly pass: number;
  readonly cursor: number;
}

export interface Trail {
  note(nowMs: number, pass: number, cursor: number): void;
  /** No later than where it stood then. */
  at(ms: number): Place;
  /** From here on the order goes another way. */
  restart(place: Place): void;
}

const noteEveryMs = 50;
/** Two minutes of notes. */
const notesMax = 2_400;

export function trail(start: Place): Trail {
  let notes: { readonly ms: number; readonly place: Place }[] = [
    { ms: Number.NEGATIVE_INFINITY, place: start },
  ];
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    note(nowMs, pass, cursor) {
      if (nowMs - lastMs < noteEveryMs) return;
      lastMs = nowMs;
      notes.push({ ms: nowMs, place: { pass, cursor } });
      if (notes.length > 2 * notesMax) notes = notes.slice(-notesMax);
    },
    at(ms) {
      let found = notes[0]?.place ?? start;
      for (let index = notes.length - 1; index >= 0; index -= 1) {
        const note = notes[index];
        if (note === undefined || note.ms > ms) continue;
        found = note.place;
        break;
      }
      return found;
    },
    restart({ pass, cursor }) {
      notes = [{ ms: Number.NEGATIVE_INFINITY, place: { pass, cursor } }];
    },
  };
}
