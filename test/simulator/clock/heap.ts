/** A priority queue: the least item first, and items that compare equal in the order in which they came. */
export class Heap<Item> {
  readonly #items: { readonly item: Item; readonly order: number }[] = [];
  readonly #compare: (a: Item, b: Item) => number;
  #order = 0;

  constructor(compare: (a: Item, b: Item) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0]?.item;
  }

  push(item: Item): void {
    this.#items.push({ item, order: this.#order++ });
    let at = this.#items.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): Item | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (first === undefined || last === undefined || this.#items.length === 0) return first?.item;
    this.#items[0] = last;
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#items.length && this.#before(child, least)) least = child;
      }
      if (least === at) return first.item;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    const left = this.#items[a];
    const right = this.#items[b];
    if (!left || !right) return false;
    const order = this.#compare(left.item, right.item);
    return order < 0 || (order === 0 && left.order < right.order);
  }

  #swap(a: number, b: number): void {
    const left = this.#items[a];
    const right = this.#items[b];
    if (!left || !right) return;
    this.#items[a] = right;
    this.#items[b] = left;
  }
}
