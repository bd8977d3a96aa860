/** One row of SHOW GRANTS TO ROLE. https://docs.snowflake.com/en/sql-reference/sql/show-grants */
export interface Grant {
  /** As SELECT. */
  readonly privilege: string;
  /** Type of the object, as TABLE. */
  readonly grantedOn: string;
  readonly name: string;
  /** Name of the role that has it. */
  readonly grantee: string;
  /** Whether the role may grant it on. */
  readonly grantOption: boolean;
}

/**
 * Privileges that let a role look and no more, by object type; `*` is any type.
 * https://docs.snowflake.com/en/user-guide/security-access-control-privileges
 *
 * Not among them on purpose: USAGE of PROCEDURE (it may write with its owner's rights, and SELECT can call it), of STAGE
 * (COPY INTO unloads to it), of INTEGRATION and of SEQUENCE; OPERATE of WAREHOUSE (suspends it, aborts others' work).
 */
const reading: Readonly<Record<string, readonly string[]>> = {
  USAGE: [
    "DATABASE",
    "SCHEMA",
    "WAREHOUSE",
    "FUNCTION",
    "FILE_FORMAT",
    "CORTEX_SEARCH_SERVICE",
    "MODEL",
    "ROLE",
    "DATABASE_ROLE",
    "APPLICATION_ROLE",
    "COMPUTE_POOL",
  ],
  SELECT: [
    "TABLE",
    "VIEW",
    "MATERIALIZED_VIEW",
    "EXTERNAL_TABLE",
    "DYNAMIC_TABLE",
    "ICEBERG_TABLE",
    "EVENT_TABLE",
    "HYBRID_TABLE",
    "SEMANTIC_VIEW",
    "STREAM",
  ],
  REFERENCES: [
    "TABLE",
    "VIEW",
    "MATERIALIZED_VIEW",
    "EXTERNAL_TABLE",
    "DYNAMIC_TABLE",
    "ICEBERG_TABLE",
    "SEMANTIC_VIEW",
  ],
  READ: ["STAGE", "GIT_REPOSITORY"],
  MONITOR: ["*"],
  "USE AI FUNCTIONS": ["ACCOUNT"],
};

/** Privileges by which data or rights change: they are never accepted. */
const writing =
  /^(INSERT|UPDATE|DELETE|TRUNCATE|WRITE|OWNERSHIP|ALL|ALL PRIVILEGES|MODIFY|MANAGE GRANTS|EVOLVE SCHEMA|APPLY|REBUILD|CREATE\b.*|EXECUTE\b.*|MANAGE\b.*|APPLY\b.*|ADD\b.*|MODIFY\b.*)$/;

/** Roles that Snowflake made to administer: they may write whatever their grants show. */
const administrators = ["ACCOUNTADMIN", "SYSADMIN", "SECURITYADMIN", "USERADMIN", "ORGADMIN", "GLOBALORGADMIN"];

/** One form for both spellings: "materialized view" → "MATERIALIZED_VIEW". */
const typeName = (text: string): string => text.trim().toUpperCase().replaceAll(" ", "_");

/**
 * Grants beyond the known reading ones that a team accepts, as `OPERATE ON WAREHOUSE`.
 *
 * @param text entries with commas between
 * @throws Error that names the entry which is none, or by which data could change
 */
export function acceptedGrants(text: string): ReadonlySet<string> {
  const entries = text.split(",").map((entry) => entry.trim());
  return new Set(entries.filter((entry) => entry !== "").map(acceptedGrant));
}

function acceptedGrant(entry: string): string {
  const [, privilege = "", type = ""] = /^([A-Za-z ]+?) ON ([A-Za-z_ ]+)$/i.exec(entry) ?? [];
  if (privilege === "") throw new Error(`SNOWFLAKE_ACCEPTED_GRANTS: "${entry}" is not of the form PRIVILEGE ON TYPE`);
  if (writing.test(privilege.toUpperCase()))
    throw new Error(`SNOWFLAKE_ACCEPTED_GRANTS: ${entry} lets a role write, which is never accepted`);
  return `${privilege.toUpperCase()} ON ${typeName(type)}`;
}

/** Whether the grant lets its role read and nothing else. */
export function onlyReads(grant: Grant, accepted: ReadonlySet<string>): boolean {
  const privilege = grant.privilege.trim().toUpperCase();
  const type = typeName(grant.grantedOn);
  if (isRole(type) && administrators.includes(grant.name.toUpperCase())) return false;
  if (grant.grantOption) return false;
  const types = reading[privilege];
  return types?.includes("*") === true || types?.includes(type) === true || accepted.has(`${privilege} ON ${type}`);
}

/** Whether a role of this name is one that administers. */
export function administers(role: string): boolean {
  return administrators.includes(role.toUpperCase());
}

const isRole = (type: string): boolean => type === "ROLE";

/** "INSERT ON TABLE SALES.PUBLIC.ORDERS (to ANALYST)": as messages name a grant. */
export function describeGrant(grant: Grant): string {
  const option = grant.grantOption ? " WITH GRANT OPTION" : "";
  return `${grant.privilege} ON ${grant.grantedOn} ${grant.name}${option} (to ${grant.grantee})`;
}
