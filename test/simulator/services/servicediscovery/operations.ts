import type { GetOperationRequest, ListOperationsRequest, OperationFilter } from "@aws-sdk/client-servicediscovery";
import { AwsError, type Call } from "../../operation.ts";
import { page } from "../common/page.ts";
import { ALPHANUMERIC, text } from "../common/random.ts";
import { invalidInput, type OperationRow, operationTable } from "./rows.ts";

export interface NewOperation {
  readonly type: OperationRow["type"];
  readonly targets: Readonly<Record<string, string>>;
  readonly subject: string;
  readonly creatorRequestId?: string | undefined;
  /** Name of its duration. */
  readonly takes: string;
  /** Its effect, at the end; what it throws becomes the operation's error. */
  readonly effect: () => void;
}

/** Why an operation ended with FAIL: API_Operation, ErrorCode. */
export class OperationFailure extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Starts what Cloud Map does over time: SUBMITTED, then PENDING, then SUCCESS or FAIL (API_Operation). Another one of
 * the same subject meanwhile is refused (API_CreatePrivateDnsNamespace, DuplicateRequest); a repeat with the same
 * CreatorRequestId is answered with the operation there is, "without the risk of running the operation twice".
 */
export function submit(call: Call, wanted: NewOperation): string {
  const table = operationTable(call);
  const { world } = call;
  const { type, targets, subject, creatorRequestId } = wanted;
  const earlier = table.all().filter((operation) => operation.subject === subject);
  const repeated = earlier.find(
    (operation) => creatorRequestId !== undefined && operation.creatorRequestId === creatorRequestId,
  );
  if (repeated) return repeated.id;
  const running = earlier.find(({ status }) => status === "SUBMITTED" || status === "PENDING");
  if (running) {
    throw new AwsError(
      "DuplicateRequest",
      `Another operation of type ${running.type} and id ${running.id} is in progress`,
      400,
      { DuplicateOperationId: running.id },
    );
  }
  const now = world.clock.now();
  const id = `${text(world, 32, ALPHANUMERIC)}-${text(world, 8, ALPHANUMERIC)}`;
  table.put(id, {
    id,
    type,
    targets,
    subject,
    creatorRequestId,
    created: now,
    updated: now,
    status: "SUBMITTED",
    errorCode: undefined,
    errorMessage: undefined,
  });
  const become = (status: OperationRow["status"], failure?: OperationFailure) =>
    table.change(id, (row) => {
      row.status = status;
      row.updated = world.clock.now();
      row.errorCode = failure?.code;
      row.errorMessage = failure?.message;
    });
  const takes = world.duration(wanted.takes);
  world.clock.after(Math.min(1_000, takes / 4), () => become("PENDING"));
  world.clock.after(takes, () => {
    try {
      wanted.effect();
      become("SUCCESS");
    } catch (failure) {
      if (!(failure instanceof OperationFailure)) throw failure;
      become("FAIL", failure);
    }
  });
  return id;
}

const describe = (row: OperationRow) => ({
  Id: row.id,
  Type: row.type,
  Status: row.status,
  Targets: { ...row.targets },
  CreateDate: new Date(row.created),
  UpdateDate: new Date(row.updated),
  ...(row.errorCode !== undefined && { ErrorCode: row.errorCode, ErrorMessage: row.errorMessage }),
});

/** API_GetOperation. */
export function getOperation(call: Call, input: GetOperationRequest): object {
  const row = operationTable(call).shown(input.OperationId ?? "");
  if (!row) throw new AwsError("OperationNotFound", `Failed to find operation with id: ${input.OperationId}.`);
  return { Operation: describe(row) };
}

/** API_ListOperations: 100 a page. */
export function listOperations(call: Call, input: ListOperationsRequest): object {
  const matching = operationTable(call)
    .shownAll()
    .filter((row) => (input.Filters ?? []).every((filter) => passes(row, filter)));
  const { items, next } = page(
    matching,
    (row) => row.id,
    input.NextToken,
    input.MaxResults ?? 100,
    () => invalidInput("The specified NextToken is invalid."),
  );
  return { Operations: items.map(({ id, status }) => ({ Id: id, Status: status })), NextToken: next };
}

function passes(row: OperationRow, { Name, Values = [] }: OperationFilter): boolean {
  switch (Name) {
    case "NAMESPACE_ID":
      return Values.includes(row.targets.NAMESPACE ?? "");
    case "SERVICE_ID":
      return Values.includes(row.targets.SERVICE ?? "");
    case "STATUS":
      return Values.includes(row.status);
    case "TYPE":
      return Values.includes(row.type);
    case "UPDATE_DATE": {
      const [from = "0", to = "0"] = Values;
      return row.updated >= Number(from) && row.updated <= Number(to);
    }
    default:
      throw invalidInput(`Unknown filter name: ${Name}`);
  }
}
