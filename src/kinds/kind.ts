import type { Aws } from "../aws/aws.ts";

/** CloudFormation's name for a resource type: the registry key, and its name in status, plans and logs. */
export type ResourceType = `AWS::${string}::${string}`;

export type Tags = Readonly<Record<string, string>>;

/**
 * One AWS resource type. A kind holds no state and never waits, retries or logs: the engine does. Errors of AWS pass
 * through it untouched (aws/errors.ts classifies them); it catches one only to turn "not found" into `undefined` on a
 * read. Every read goes through a batched reader (aws/batch.ts) where AWS can describe several at once.
 */
export interface Kind<Props extends object, Outputs extends object> {
  readonly type: ResourceType;
  /** How a repeated create is recognised: by a client token, by its natural key, or by neither (then intent + tags). */
  readonly identity: "token" | "naturalKey" | "tags";
  /** Props that AWS cannot change in place; a difference in one plans a replacement. */
  readonly createOnly: readonly (keyof Props & string)[];
  /** Map-like props of which only the keys that the desired state names are compared (attributes with AWS's defaults). */
  readonly partial?: readonly (keyof Props & string)[];
  /** Set where the old one must go before its replacement can exist, as for a listener's port. */
  readonly deleteFirst?: true;
  /** Set where it holds what cannot be made again: deletionPolicy applies, and no replacement unless allowed by name. */
  readonly data?: true;
  /**
   * Props whose equal values can look different (a major version, a policy's JSON, storage that grew by itself): whether
   * what is live is what is desired. All others are compared by value.
   */
  readonly same?: { readonly [K in keyof Props & string]?: (desired: Props, live: Live<Props>) => boolean };
  /** How long AWS usually takes, for "waits for" messages and the pace of looking again. */
  readonly timing: Timing;
  /**
   * All live resources that have the target's natural key, or, without one, the target's owner tags. More than one is
   * a duplicate that the engine must see; whose each is, the engine reads from `tags`.
   */
  find(aws: Aws, target: Target<Props>): Promise<readonly Found[]>;
  /** The live resource, or undefined when it is gone. Never writes. A failed read throws: it is never "gone". */
  observe(aws: Aws, id: string): Promise<Observed<Props, Outputs> | undefined>;
  /** Asks AWS for it, tags included, and returns its id, which the engine records before it does anything else. */
  create(aws: Aws, target: Target<Props>): Promise<string>;
  /** Sends what `changed` names. Absent when every prop is createOnly. Safe to repeat. */
  update?(aws: Aws, id: string, change: Change<Props>): Promise<void>;
  /** Asks AWS to remove it. Takes the id alone, so that it works after the spec is gone. Safe to repeat. */
  delete(aws: Aws, id: string, how: Deletion): Promise<void>;
  /** Adds or overwrites these tags. Absent where AWS has no tags on this type: then its parent's owner is its owner. */
  tag?(aws: Aws, id: string, tags: Tags): Promise<void>;
  /** What keeps AWS from deleting it, each as "type id (hint)": asked only after AWS refused with a dependency error. */
  blockers?(aws: Aws, id: string): Promise<readonly string[]>;
}

/** What a node should be, every reference resolved. */
export interface Target<Props> {
  /** Physical name, the same on every pass. */
  readonly name: string;
  /** Nonce of the recorded intent (a UUID): the client token where AWS takes one. */
  readonly token: string;
  /** Owner tags, the Name tag and the user's own. */
  readonly tags: Tags;
  readonly props: Props;
}

export interface Found {
  readonly id: string;
  /** Undefined where the type has no tags. */
  readonly tags?: Tags | undefined;
}

export interface Change<Props> {
  readonly props: Props;
  readonly live: Live<Props>;
  readonly changed: readonly (keyof Props & string)[];
}

export interface Deletion {
  /** Take a last snapshot under this name first (kinds whose AWS API has one; others ignore it). */
  readonly finalSnapshot?: string | undefined;
}

export interface Timing {
  /** Seconds between two looks while it is progressing or deleting: short against how long it takes. */
  readonly pollSeconds: number;
  /** How long creation usually takes, in words: "2 to 4 minutes". */
  readonly usually: string;
}

/**
 * Live state in the shape of the desired state, so that one generic diff serves every kind. A prop that is absent from
 * `live` is not compared (write-only values, fields that another controller owns).
 */
export type Observed<Props, Outputs> = {
  readonly live: Live<Props>;
  /** Set when AWS knows it by another id from now on (an operation that has become a resource): the engine records it. */
  readonly id?: string | undefined;
  /** All tags, where the describe call brings them or they can be read in batches; otherwise undefined. */
  readonly tags?: Tags | undefined;
  /**
   * Values that AWS tried and gave up on (a rolled back revision): the engine does not send the same ones again. Also
   * set when it is ready: what was before serves on.
   */
  readonly refused?: Refusal<Live<Props>> | undefined;
} & (
  | { readonly phase: "ready"; readonly outputs: Outputs }
  /** `outputs` while it is being modified but can already be used by what exists. */
  | { readonly phase: "progressing"; readonly message: string; readonly outputs?: Outputs | undefined }
  /** AWS gave up on it, or on the last change. `message` says why and what to do. */
  | {
      readonly phase: "failed";
      readonly message: string;
      readonly outputs?: Outputs | undefined;
      /** Nothing can be done with it but to delete it and create it again. */
      readonly recreate?: true | undefined;
    }
  | { readonly phase: "deleting"; readonly message: string }
);

export type Live<Props> = { readonly [K in keyof Props]?: Props[K] | undefined };

/** Values that AWS tried and gave up on. */
export interface Refusal<Values = Readonly<Record<string, unknown>>> {
  readonly values: Values;
  /** In AWS's words, for people: why tasks of the release stopped. */
  readonly because: string;
}

/** Any kind, for code that treats all alike. */
// biome-ignore lint/suspicious/noExplicitAny: the one place where props and outputs of a kind are forgotten
export type AnyKind = Kind<any, any>;
export type PropsOf<K> = K extends Kind<infer P, infer _O> ? P : never;
export type OutputsOf<K> = K extends Kind<infer _P, infer O> ? O : never;
