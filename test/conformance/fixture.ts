import type { AnyKind, PropsOf } from "../../src/kinds/kind.ts";
import type { KindName, Kinds } from "../../src/kinds/registry.ts";
import type { Given } from "./given.ts";

/** One way in which a kind is used: the suite runs over each of them. Every prop of the kind must be spoken of. */
export interface Fixture<Props extends object> {
  /** Tells it from the kind's other fixtures: "gateway", "interface". */
  readonly about?: string;
  /** Makes what must be there first, through other kinds, and says what to create. */
  given(given: Given): Promise<{ readonly name: string; readonly props: Props }>;
  readonly props: { readonly [Prop in keyof Props]-?: PropCase<Props, Prop> };
  /** Reads that AWS answers for one resource a call only, so that looks at several cannot share them. */
  readonly readsSingly?: readonly string[];
  /** Changes behind the operator's back that are more than another value of a prop: additions by others. */
  readonly drift?: Readonly<Record<string, Drift<Props>>>;
  /** Puts something of somebody else in the way of its deletion and says what blockers must name. */
  readonly obstruct?: (given: Given, id: string, props: Props) => Promise<string | readonly string[]>;
}

export type PropCase<Props, Prop extends keyof Props> =
  /** Changes in place, to this value; `also` are props that change with it. */
  | { readonly to: Value<Props, Props[Prop]>; readonly also?: Partial<Props> }
  /** Create-only: this value makes a replacement. */
  | { readonly replaces: Value<Props, Props[Prop]>; readonly also?: Partial<Props> }
  /** Changes with another prop, whose case names it in `also`. */
  | { readonly changesWith: keyof Props }
  /** Not changed in this fixture (another one does): says why. */
  | { readonly fixed: string }
  /** There is no second value to change it to, in any fixture: says why. */
  | { readonly only: string };

type Value<Props, T> = T | ((given: Given, props: Props) => Promise<T>);

export interface Drift<Props> {
  readonly shows: keyof Props;
  act(given: Given, id: string): Promise<unknown>;
}

/** Fixtures of some kinds; a kind of the registry without one does not compile, and fails the suite. */
export type Fixtures<Names extends KindName> = { readonly [T in Names]: readonly Fixture<PropsOf<Kinds[T]>>[] };

// biome-ignore lint/suspicious/noExplicitAny: the suite treats all kinds alike
export type AnyFixture = Fixture<any>;

export interface Subject {
  readonly label: string;
  readonly kind: AnyKind;
  readonly fixture: AnyFixture;
}

/** The value that a case changes its prop to, with all that changes with it. */
export async function changedProps(
  given: Given,
  props: Readonly<Record<string, unknown>>,
  prop: string,
  fixture: AnyFixture,
): Promise<Record<string, unknown>> {
  const change = fixture.props[prop] as { readonly to?: unknown; readonly replaces?: unknown; readonly also?: object };
  const to = change.to ?? change.replaces;
  return { ...props, [prop]: typeof to === "function" ? await to(given, props) : to, ...change.also };
}
