import { AwsError } from "../../operation.ts";

/** Errors of EFS carry their code as a member too: EFS API Reference 2015-02-01, "Errors" of each action. */
export const refusal = (
  code: string,
  message: string,
  status: number,
  extra: Readonly<Record<string, unknown>> = {},
): AwsError => new AwsError(code, message, status, { ErrorCode: code, ...extra });

export const badRequest = (message: string): AwsError => refusal("BadRequest", message, 400);

export const noFileSystem = (id: string): AwsError =>
  refusal("FileSystemNotFound", `File system '${id}' does not exist.`, 404);
export const noMountTarget = (id: string): AwsError =>
  refusal("MountTargetNotFound", `Mount target '${id}' does not exist.`, 404);
export const noAccessPoint = (id: string): AwsError =>
  refusal("AccessPointNotFound", `Access point '${id}' does not exist.`, 404);

export const wrongState = (id: string, state: string): AwsError =>
  refusal("IncorrectFileSystemLifeCycleState", `File system '${id}' is in the state '${state}'.`, 409);

/** An id, or the id at the end of an ARN: both are taken wherever an id is. */
export const idOf = (text: string | undefined): string => (text ?? "").split("/").at(-1) ?? "";
