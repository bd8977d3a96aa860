import { describe, expect, test } from "vitest";
import { acceptedGrants, describeGrant, type Grant, onlyReads } from "./grants.ts";

const grant = (privilege: string, grantedOn: string, name = "DB.S.X", grantOption = false): Grant => ({
  privilege,
  grantedOn,
  name,
  grantee: "READER",
  grantOption,
});
const none = acceptedGrants("");

test.each([
  ["USAGE", "WAREHOUSE"],
  ["USAGE", "DATABASE"],
  ["USAGE", "SCHEMA"],
  ["SELECT", "TABLE"],
  ["SELECT", "MATERIALIZED VIEW"],
  ["select", "materialized_view"],
  ["REFERENCES", "SEMANTIC_VIEW"],
  ["READ", "STAGE"],
  ["MONITOR", "WAREHOUSE"],
  ["USAGE", "CORTEX_SEARCH_SERVICE"],
  ["USAGE", "DATABASE_ROLE"],
])("%s on %s only reads", (privilege, type) => {
  expect(onlyReads(grant(privilege, type), none)).toBe(true);
});

test.each([
  ["INSERT", "TABLE"],
  ["UPDATE", "TABLE"],
  ["DELETE", "TABLE"],
  ["TRUNCATE", "TABLE"],
  ["OWNERSHIP", "TABLE"],
  ["OWNERSHIP", "DATABASE"],
  ["ALL", "SCHEMA"],
  ["MODIFY", "DATABASE"],
  ["EVOLVE SCHEMA", "TABLE"],
  ["CREATE TABLE", "SCHEMA"],
  ["CREATE DATABASE", "ACCOUNT"],
  ["MANAGE GRANTS", "ACCOUNT"],
  ["EXECUTE TASK", "ACCOUNT"],
  ["WRITE", "STAGE"],
  ["USAGE", "STAGE"],
  ["USAGE", "PROCEDURE"],
  ["USAGE", "INTEGRATION"],
  ["USAGE", "SEQUENCE"],
  ["OPERATE", "WAREHOUSE"],
  ["SELECT", "SOMETHING NEW"],
  ["SOMETHING NEW", "TABLE"],
  ["constructor", "TABLE"],
])("%s on %s is more than reading", (privilege, type) => {
  expect(onlyReads(grant(privilege, type), none)).toBe(false);
});

test("what a role may grant on is more than reading", () => {
  expect(onlyReads(grant("SELECT", "TABLE", "T", true), none)).toBe(false);
});

test("a role that inherits an administrator is refused whatever that role's grants show", () => {
  for (const name of ["ACCOUNTADMIN", "SYSADMIN", "SECURITYADMIN", "USERADMIN", "ORGADMIN"]) {
    expect(onlyReads(grant("USAGE", "ROLE", name), none)).toBe(false);
  }
  expect(onlyReads(grant("USAGE", "ROLE", "ANALYST"), none)).toBe(true);
});

describe("accepted grants", () => {
  test("add to what is known to read", () => {
    const accepted = acceptedGrants(" operate on warehouse, USAGE ON Image Repository ");
    expect(onlyReads(grant("OPERATE", "WAREHOUSE"), accepted)).toBe(true);
    expect(onlyReads(grant("USAGE", "IMAGE_REPOSITORY"), accepted)).toBe(true);
    expect(onlyReads(grant("OPERATE", "TASK"), accepted)).toBe(false);
  });

  test.each([
    "INSERT ON TABLE",
    "ownership on view",
    "ALL ON SCHEMA",
    "CREATE TABLE ON SCHEMA",
    "MANAGE GRANTS ON ACCOUNT",
  ])("never let a role write: %s", (text) => {
    expect(() => acceptedGrants(text)).toThrow(`${text} lets a role write`);
  });

  test("that are none are told", () => {
    expect(() => acceptedGrants("OPERATE WAREHOUSE")).toThrow(
      '"OPERATE WAREHOUSE" is not of the form PRIVILEGE ON TYPE',
    );
  });
});

test("a grant is named so that it can be revoked", () => {
  expect(describeGrant(grant("INSERT", "TABLE", "DB.S.T", true))).toBe(
    "INSERT ON TABLE DB.S.T WITH GRANT OPTION (to READER)",
  );
});
