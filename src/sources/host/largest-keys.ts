/**
 * The largest of many numbers, in a heap whose smallest stands first: what cannot be among them costs one comparison.
 */
export class LargestKeys {
  readonly #keys: Float64Array;
  #size = 0;

  constructor(most: number) {
    this.#keys = new Float64Array(most);
  }

  offer(key: number): void {
    const keys = this.#keys;
    if (this.#size < keys.length) this.#rise(key, this.#size++);
    else if (keys.length > 0 && key > (keys[0] as number)) this.#sink(key);
  }

  descending(): number[] {
    return Array.from(this.#keys.subarray(0, this.#size).toSorted()).reverse();
  }

  #rise(key: number, from: number): void {
    const keys = this.#keys;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if ((keys[above] as number) <= key) break;
      keys[at] = keys[above] as number;
      at = above;
    }
    keys[at] = key;
  }

  /** In place of the smallest. */
  #sink(key: number): void {
    const keys = this.#keys;
    let at = 0;
    for (let below = 1; below < this.#size; below = 2 * at + 1) {
      const smaller = below + 1 < this.#size && (keys[below + 1] as number) < (keys[below] as number);
      const least = smaller ? below + 1 : below;
      if ((keys[least] as number) >= key) break;
      keys[at] = keys[least] as number;
      at = least;
    }
    keys[at] = key;
  }
}
